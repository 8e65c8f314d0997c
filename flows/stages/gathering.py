"""Scrape: photos of every source into content/, and a row for each into photos.csv."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.stages.progress import Progress, silent
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Photo, Source

__all__ = ["scrape_sources"]

_SAVE_SECONDS = 2.0


def scrape_sources(
    workspace: Workspace,
    sources: Sequence[Source],
    progress: Progress = silent,
) -> list[Photo]:
    """Scrape `sources` in turn; returns the rows of this visit, which photos.csv has by then.

    The file is brought up to date every two seconds, so that a killed run forgets little.
    Raises `ScrapeError` when a source cannot be used at all; what came before it is kept.
    """
    from scraping import scrape

    found: list[Photo] = []
    for source in sources:
        clerk = _Clerk(workspace, progress, len(found))
        try:
            scrape(source, workspace.content, workspace.photos(), on_photo=clerk)
        finally:
            clerk.save()
        found += clerk.rows
    return found


class _Clerk:
    """Takes the rows of one source as they come, and files them now and then."""

    def __init__(self, workspace: Workspace, progress: Progress, before: int) -> None:
        self.rows: list[Photo] = []
        self._workspace = workspace
        self._progress = progress
        self._before = before
        self._saved = 0
        self._saved_at = time.monotonic()

    def __call__(self, photo: Photo, made: int, total: int) -> None:
        self.rows.append(photo)
        if time.monotonic() - self._saved_at >= _SAVE_SECONDS:
            self.save()
        note = f"{photo.status} {photo.image_url or photo.source_id}"
        self._progress("scrape", self._before + made, self._before + total, note)

    def save(self) -> None:
        """Bring photos.csv up to date."""
        if len(self.rows) > self._saved:
            self._workspace.save_photos(self.rows[self._saved :])
            self._saved = len(self.rows)
        self._saved_at = time.monotonic()
