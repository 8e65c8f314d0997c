"""Sources → photos on disk, each with its record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from scraping.errors import ScrapeError
from scraping.folder import folder_files, is_settled
from scraping.found import Found
from scraping.known import Known
from scraping.photo import Photo
from scraping.run import Run
from scraping.session import Session
from scraping.sources import FolderSource, Source
from scraping.store import Store
from scraping.thumbnails import Thumbnails

__all__ = ["OnError", "OnPhoto", "pending", "scrape", "scrape_all"]

OnPhoto = Callable[[Photo, int, int], None]
"""Called with each row as it is made, how many are made, and how many there will be."""

OnError = Callable[[Source, ScrapeError], None]
"""Called with a source about which nothing can be known, and why."""


def scrape(
    source: Source,
    content: Path,
    known: Iterable[Photo] = (),
    *,
    session: Session | None = None,
    on_photo: OnPhoto | None = None,
    refresh: bool = False,
    workers: int = 32,
) -> list[Photo]:
    """Take the photos of `source` into the folder `content`; return a row for each photo found.

    `known` are the rows of earlier runs (of every source: they tell duplicates too): photos that
    are settled in them are not asked for again; those on disk come back as "unchanged", refused
    ones as they were. With `refresh` those on disk are asked for again too, conditionally. A photo
    that fails is a row with its reason, never an exception. `workers` threads fetch from as many
    hosts at once. Raises `SourceError`, `PageError` (the first page cannot be read) or
    `StoreError`.
    """
    return scrape_all(
        [source],
        content,
        known,
        session=session,
        on_photo=on_photo,
        refresh=refresh,
        workers=workers,
    )


def scrape_all(
    sources: Sequence[Source],
    content: Path,
    known: Iterable[Photo] = (),
    *,
    session: Session | None = None,
    on_photo: OnPhoto | None = None,
    on_error: OnError | None = None,
    refresh: bool = False,
    workers: int = 32,
    where: Callable[[str], Path] | None = None,
) -> list[Photo]:
    """`scrape` for several sources at once; returns the rows of the first, then of the second, …

    Duplicates are judged in that order, whatever arrives first. `on_photo` and `on_error` are
    called in this thread; how many rows there will be grows until every source is discovered. A
    source about which nothing can be known does not disturb the others: it goes to `on_error`, or,
    without, the first such error is raised at the end. Raises `StoreError` at once. `where(file)`
    brings a content file that is needed to tell near duplicates, for folders that lie elsewhere.
    """
    rows: list[Photo] = []
    errors: list[ScrapeError] = []
    with ExitStack() as stack:
        if session is None and any(source.scope is not None for source in sources):
            session = stack.enter_context(Session())
        store = stack.enter_context(Store(content, permits=session.permits if session else None))
        judge = Known(known, store.has, Thumbnails(where or store.path))
        run = stack.enter_context(
            Run(sources, store, judge, session, refresh=refresh, workers=workers)
        )
        for row in run.rows(on_error or (lambda source, error: errors.append(error))):
            rows.append(row)
            if on_photo is not None:
                on_photo(row, len(rows), run.total)
    if errors:
        raise errors[0]
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
    earlier = Known(known, lambda file: _is_there(content, file))
    if isinstance(source, FolderSource):
        return _pending_files(source, earlier)
    with ExitStack() as stack:
        found = source.discover(session or stack.enter_context(Session())).photos
    settled = [earlier.settled(source.name, photo.key) for photo in found]
    if _is_full(source.limit, settled):
        return []
    return [photo for photo, row in zip(found, settled, strict=True) if row is None]


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
