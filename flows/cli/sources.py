"""`atelier scrape`: photos into a workspace, without painting them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from flows.report import RunReport
    from flows.stages import Visit
    from flows.workspace import Workspace
    from scraping import Session, Source

__all__ = ["scrape"]

_DATA = "data"
_HINT = (
    "Sites see no address to write to in what asks them; "
    "give one with --contact, or in the environment as ATELIER_CONTACT."
)


def scrape(
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE…", help="Web pages, folders, or collections such as openverse:harbour."
        ),
    ],
    workspace: WorkspaceFolder = _DATA,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Photos of each source.")] = 50,
    max_pages: Annotated[int, typer.Option(metavar="N", min=1, help="Pages of each source.")] = 5,
    depth: Annotated[
        int, typer.Option(metavar="N", min=0, help="Links to follow within a site, page by page.")
    ] = 0,
    next_selector: Annotated[
        str,
        typer.Option("--next", metavar="SELECTOR", help="CSS selector of the next page's link."),
    ] = "",
    sitemap: Annotated[
        bool, typer.Option("--sitemap", help="Read the pages that a site's sitemap names.")
    ] = False,
    style_sheets: Annotated[
        bool, typer.Option("--style-sheets", help="Look for pictures in style sheets as well.")
    ] = False,
    delay: Annotated[
        float, typer.Option(metavar="S", min=0, help="Seconds between requests to one host.")
    ] = 1.0,
    contact: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            envvar="ATELIER_CONTACT",
            help="A mail or web address of yours, for the sites that are asked.",
        ),
    ] = "",
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Allow these addresses on this machine or network."),
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask whether photos that are there have changed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be taken; fetch no picture.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Fetch the photos of web pages into the workspace, and say why others were left out."""
    from flows.stages import Visit
    from flows.workspace import Workspace

    if dry_run and refresh:
        raise typer.BadParameter("--dry-run asks for no picture; leave out --refresh")
    page = {
        "max_pages": max_pages,
        "delay": delay,
        "allow_private": allow_private,
        "depth": depth,
        "next_selector": next_selector,
        "sitemap": sitemap,
        "style_sheets": style_sheets,
    }
    sources = [_source(place, limit, page) for place in places]
    with _session(contact) as session:
        if dry_run:
            return _look(Workspace.at(workspace).pull(), sources, session, as_json)
        made = Workspace.at(workspace).create()
        visit = Visit(made, sources, session, refresh=refresh)
        return _fetch(visit, made, as_json, nameless=not session.policy.contact)


def _source(place: str, limit: int, page: dict[str, Any]) -> Source:
    from scraping import FolderSource, WebSource

    if "://" in place:
        return WebSource(place, limit, **page)
    if Path(place).is_dir():
        return FolderSource(Path(place).absolute(), limit=limit)
    from scraping.collections import COLLECTIONS, collection_source

    name, colon, query = place.partition(":")
    if name in COLLECTIONS or (colon and name.isidentifier()):
        return collection_source(name, query, limit)
    raise typer.BadParameter(
        f"{place!r} is no web address (http://…), no folder and no collection such as "
        f"{next(iter(COLLECTIONS))}:harbour"
    )


def _session(contact: str) -> Session:
    from scraping import Policy, Session

    if not (contact.isascii() and contact.isprintable() and len(contact) <= 200):
        raise typer.BadParameter(
            "--contact takes one line of at most 200 plain characters, such as a mail address"
        )
    return Session(Policy(contact=contact))


def _look(place: Workspace, sources: Sequence[Source], session: Session, as_json: bool) -> int:
    """The dry run."""
    from flows.cli.console import complain, emit_json
    from flows.cli.exits import BROKEN, DONE, PARTIAL
    from flows.cli.scraped import show_preview
    from flows.preview import preview

    found = preview(place, sources, session)
    if as_json:
        emit_json([asdict(prospect) for prospect in found.prospects])
        for sentence in found.failures:
            complain(sentence)
    else:
        show_preview(found)
    if not found.failures:
        return DONE
    return PARTIAL if found.prospects or found.settled else BROKEN


def _fetch(visit: Visit, place: Workspace, as_json: bool, nameless: bool) -> int:
    from flows.cli.console import complain, console, emit_json
    from flows.cli.exits import BROKEN, DONE, PARTIAL
    from flows.progress import console_progress
    from flows.record import visiting

    with console_progress(console(stderr=True)) as progress:
        report = visiting(visit, place, progress)
    if as_json:
        emit_json([photo.as_row() for photo in visit.photos])
        for sentence in visit.sentences:
            complain(sentence)
    else:
        _show(report, visit, place.address(place.photos_csv))
        if nameless and visit.photos and any(map(_is_public, visit.sources)):
            console(stderr=True).print(_HINT, style="dim")
    return {"complete": DONE, "partial": PARTIAL, "failed": BROKEN}[report.outcome]


def _show(report: RunReport, visit: Visit, csv: Path | str) -> None:
    from flows.cli.console import complain, place, say
    from flows.cli.scraped import show_failed, show_scrape

    if not visit.photos and visit.failures:
        for sentence in visit.sentences:
            complain(sentence)
        return
    say(f"{report.name}{'' if visit.photos else ': no photos found'}", "bold")
    show_scrape(report)
    show_failed(report)
    say(f"  table     {place(csv)}")


def _is_public(source: Source) -> bool:
    return source.scope is not None and not source.scope.private
