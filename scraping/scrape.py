"""Sources → photos on disk, each with its record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from scraping.folder import FolderRun, folder_files, is_settled
from scraping.found import Found
from scraping.known import Known
from scraping.photo import Photo
from scraping.session import Session
from scraping.sources import FolderSource, Source
from scraping.store import Store
from scraping.web import WebRun

__all__ = ["OnPhoto", "pending", "scrape"]

OnPhoto = Callable[[Photo, int, int], None]
"""Called with each row as it is made, how many are made, and how many there will be."""


def scrape(
    source: Source,
    content: Path,
    known: Iterable[Photo] = (),
    *,
    session: Session | None = None,
    on_photo: OnPhoto | None = None,
) -> list[Photo]:
    """Take the photos of `source` into the folder `content`; return a row for each photo found.

    `known` are the rows of earlier runs (of every source: they tell duplicates too): photos that
    are settled in them are not asked for again; those on disk come back as "unchanged", refused
    ones as they were. A photo that fails is a row with its reason, never an exception. Raises
    `SourceError`, `PageError` (the first page cannot be read) or `StoreError`.
    """
    store = Store(content)
    earlier = Known(known, source.name, store.has)
    rows: list[Photo] = []
    with ExitStack() as stack:
        total, made = _run(source, store, earlier, session or stack.enter_context(Session()))
        for row in made:
            rows.append(row)
            if on_photo is not None:
                on_photo(row, len(rows), total)
    return rows


def pending(
    source: Source,
    known: Iterable[Photo],
    *,
    content: Path | None = None,
    session: Session | None = None,
) -> list[Found]:
    """Return the photos of `source` that `scrape` would ask for; no picture is fetched.

    With `content` a photo whose file is gone from there counts as unsettled; without, the rows are
    trusted. Reads pages and robots.txt only (of a folder: names, sizes and times). Photos beyond
    the limit are left out. Raises as `scrape` does.
    """
    earlier = Known(known, source.name, lambda file: _is_there(content, file))
    if isinstance(source, FolderSource):
        return _pending_files(source, earlier)
    with ExitStack() as stack:
        found = source.discover(session or stack.enter_context(Session())).photos
    settled = [earlier.settled(photo.key) for photo in found]
    if _is_full(source.limit, settled):
        return []
    return [photo for photo, row in zip(found, settled, strict=True) if row is None]


def _run(
    source: Source, store: Store, known: Known, session: Session
) -> tuple[int, Iterator[Photo]]:
    """How many rows there will be, and the rows."""
    if isinstance(source, FolderSource):
        files = folder_files(source)
        return len(files), FolderRun(source, store, known).rows(files)
    discovery = source.discover(session)
    total = len(discovery.photos) + len(discovery.failures)
    return total, WebRun(source, session, store, known).rows(discovery)


def _pending_files(source: FolderSource, known: Known) -> list[Found]:
    files = folder_files(source)
    settled = [is_settled(source, path, known) for path in files]
    if _is_full(source.limit, settled):
        return []
    return [
        Found((path.resolve().as_uri(),), "file", title=path.stem)
        for path, row in zip(files, settled, strict=True)
        if row is None
    ]


def _is_full(limit: int | None, rows: Iterable[Photo | None]) -> bool:
    have = sum(row is not None and row.status in ("taken", "unchanged") for row in rows)
    return limit is not None and have >= limit


def _is_there(content: Path | None, file: str) -> bool:
    return bool(file) and (content is None or (content.parent / file).is_file())
