"""`atelier scrape`: photos into a workspace, without painting them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from scraping import FolderSource, Photo, WebSource

__all__ = ["scrape"]

_DATA = Path("data")


def scrape(
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="Web pages, or folders.")],
    workspace: WorkspaceFolder = _DATA,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Photos of each source.")] = 50,
    max_pages: Annotated[int, typer.Option(metavar="N", min=1, help="Pages of each source.")] = 5,
    delay: Annotated[
        float, typer.Option(metavar="S", min=0, help="Seconds between requests to one host.")
    ] = 1.0,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Allow these addresses on this machine or network."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Fetch the photos of web pages into the workspace, and say why others were left out."""
    from flows.cli.console import console
    from flows.progress import console_progress
    from flows.stages import scrape_sources
    from flows.workspace import Workspace

    sources = [_source(url, limit, max_pages, delay, allow_private) for url in urls]
    place = Workspace(workspace).create()
    with console_progress(console(stderr=True)) as progress:
        photos = scrape_sources(place, sources, progress)
    _report(photos, place.photos_csv, as_json)
    return _status(photos)


def _source(
    url: str, limit: int, max_pages: int, delay: float, allow_private: bool
) -> WebSource | FolderSource:
    from scraping import FolderSource, WebSource

    if "://" not in url and Path(url).is_dir():
        return FolderSource(Path(url).absolute(), limit=limit)
    return WebSource(url, limit, max_pages, delay, allow_private)


def _report(photos: Sequence[Photo], csv: Path, as_json: bool) -> None:
    from flows.cli.console import emit_json, place, say
    from flows.cli.summary import not_taken

    if as_json:
        emit_json([photo.as_row() for photo in photos])
        return
    counts = Counter(photo.status for photo in photos)
    say(", ".join(f"{count} {status}" for status, count in counts.most_common()) or "no photos")
    not_taken((p.status, p.image_url, p.detail) for p in photos if not p.present)
    say(f"  photos    {place(csv)}")


def _status(photos: Sequence[Photo]) -> int:
    from flows.cli.exits import BROKEN, DONE, PARTIAL
    from flows.record import is_trouble

    if not any(is_trouble(photo.status) for photo in photos):
        return DONE
    return PARTIAL if any(photo.present for photo in photos) else BROKEN
