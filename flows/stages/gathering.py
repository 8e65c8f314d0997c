"""Scrape: photos of every source into content/, and a row for each into photos.csv."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.photos import identity
from flows.printable import printable
from flows.scraped import HostCounts, by_host, is_news, is_trouble
from flows.stages.progress import Progress, silent
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Photo, ScrapeError, Session, Source

__all__ = ["Visit", "is_passing", "scrape_sources"]

_SAVE_SECONDS, _DUTY = 2.0, 4.0
"""Between two savings of photos.csv: seconds, and times what the last took, if that is more."""

_LATER = frozenset({"deferred", "page_failed", "limit"})
"""Reason words that another run may get past, but not another attempt some seconds later."""


def scrape_sources(
    workspace: Workspace,
    sources: Sequence[Source],
    progress: Progress = silent,
) -> list[Photo]:
    """Scrape `sources` side by side; returns the rows of this visit, which photos.csv has by then.

    Raises the `ScrapeError` of the first source that cannot be used at all; what the others
    brought is kept.
    """
    visit = Visit(workspace, sources)
    visit.go(progress)
    for error in visit.failures.values():
        raise error
    return visit.photos


def is_passing(error: object) -> bool:
    """Tell whether a source that failed with `error` may be had some seconds later."""
    from scraping import may_change

    reason = getattr(error, "reason", "")
    return may_change(reason) and reason not in _LATER


class Visit:
    """One visit to all sources of a run, in as many attempts as are made with `go`.

    `sources` are what is visited (two of one name are one), `photos` the rows made so far.
    `failures` maps the names of the sources that could not be had to their errors, in the order of
    the sources; they stop no other source. Every attempt goes by the same `session`, so that what
    a host has asked for holds in the next; `refresh` asks again, conditionally, for photos that
    are there.
    """

    def __init__(
        self,
        workspace: Workspace,
        sources: Sequence[Source],
        session: Session | None = None,
        *,
        refresh: bool = False,
    ) -> None:
        self.photos: list[Photo] = []
        self.failures: dict[str, ScrapeError] = {}
        self.refresh = refresh
        self._workspace = workspace
        self._session = session
        self.sources = _one_a_name(sources)
        self._waiting = self.sources
        self._before = {identity(row): row for row in workspace.photos()} if sources else {}

    @property
    def title(self) -> str:
        """The source's name, or how many there are."""
        names = self.names
        return names[0] if len(names) == 1 else f"{len(names)} sources"

    @property
    def names(self) -> list[str]:
        """The sources' names."""
        return [source.name for source in self.sources]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is wrong with the sources that failed, each sentence once."""
        return tuple(dict.fromkeys(str(error) for error in self.failures.values()))

    @property
    def trouble(self) -> tuple[str, ...]:
        """A sentence for whatever failed and may work another time, source or photo."""
        missing = (row for row in self.photos if is_trouble(row.status))
        return self.sentences + tuple(row.detail or row.image_url for row in missing)

    @property
    def hosts(self) -> list[HostCounts]:
        """The rows counted by host, troubled hosts first."""
        return by_host(self.photos, {name: str(error) for name, error in self.failures.items()})

    @property
    def news(self) -> int:
        """How many rows say something that no earlier run knew."""
        return sum(is_news(row, self._before.get(identity(row))) for row in self.photos)

    def go(self, progress: Progress = silent) -> None:
        """Scrape every source; in a further attempt those whose failure may have passed.

        photos.csv is brought up to date every two seconds, a long one less often, so that a killed
        run forgets little.
        """
        from scraping import ScrapeError, scrape_all

        waiting, clerk = self._waiting, _Clerk(self._workspace, progress, len(self.photos))
        failed: dict[str, ScrapeError] = {}
        try:
            scrape_all(
                waiting,
                self._workspace.content,
                self._workspace.photos(),
                session=self._session,
                on_photo=clerk,
                on_error=lambda source, error: failed.update({source.name: error}),
                refresh=self.refresh,
                where=self._workspace.mirror.brought if self._workspace.mirror else None,
            )
        except ScrapeError as error:  # the content folder is at fault, which concerns all of them
            failed = {source.name: failed.get(source.name, error) for source in waiting}
        finally:
            clerk.save()
            self.photos += clerk.rows
        self._judge(waiting, failed)

    def _judge(self, tried: Sequence[Source], failed: dict[str, ScrapeError]) -> None:
        """Keep what is wrong now, and what to try again."""
        again = {source.name for source in tried}
        kept = {name: error for name, error in self.failures.items() if name not in again}
        found = {**kept, **failed}
        self.failures = {name: found[name] for name in self.names if name in found}
        self._waiting = [source for source in tried if is_passing(failed.get(source.name))]


class _Clerk:
    """Takes the rows as they come, and files them now and then."""

    def __init__(self, workspace: Workspace, progress: Progress, before: int) -> None:
        self.rows: list[Photo] = []
        self._workspace = workspace
        self._progress = progress
        self._before = before
        self._saved = 0
        self._save_at = time.monotonic() + _SAVE_SECONDS

    def __call__(self, photo: Photo, made: int, total: int) -> None:
        self.rows.append(photo)
        if time.monotonic() >= self._save_at:
            self.save()
        note = printable(f"{photo.status} {photo.image_url or photo.source_id}")
        self._progress("scrape", self._before + made, self._before + total, note)

    def save(self) -> None:
        """Bring photos.csv up to date."""
        began = time.monotonic()
        if len(self.rows) > self._saved:
            self._workspace.save_photos(self.rows[self._saved :])
            self._saved = len(self.rows)
        now = time.monotonic()
        self._save_at = now + max(_SAVE_SECONDS, _DUTY * (now - began))


def _one_a_name(sources: Sequence[Source]) -> list[Source]:
    named: dict[str, Source] = {}
    for source in sources:
        named.setdefault(source.name, source)
    return list(named.values())
