"""What earlier runs know about a source's photos."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from scraping.photo import Photo
from scraping.reasons import PRESENT, may_change

__all__ = ["Known"]


class Known:
    """The rows of earlier runs; `has(file)` tells whether a content file is there."""

    def __init__(self, rows: Iterable[Photo], source: str, has: Callable[[str], bool]) -> None:
        self._has = has
        self._rows: dict[str, Photo] = {}
        self._by_hash: dict[str, Photo] = {}
        for row in rows:
            if row.source == source:
                self._rows[row.source_id] = row
            if row.status in PRESENT and has(row.file):
                self._by_hash.setdefault(row.sha256, row)

    def row(self, source_id: str) -> Photo | None:
        """Return the row of a photo of this source, settled or not."""
        return self._rows.get(source_id)

    def settled(self, source_id: str) -> Photo | None:
        """Return the row of a photo about which nothing new can be learned by asking again.

        Settled are photos that lie in the content folder, and refusals that stay. A `truncated`
        photo is settled where its bytes came whole (they have a hash): the file itself is cut.
        """
        row = self._rows.get(source_id)
        if row is None:
            return None
        if row.status in PRESENT:
            return row if self._has(row.file) else None
        if row.status == "truncated":
            return row if row.sha256 else None
        return None if may_change(row.status) else row

    def judged(self, row: Photo) -> Photo:
        """Return `row`, whose picture was just kept, as taken, unchanged or a duplicate."""
        same = self._by_hash.setdefault(row.sha256, row)
        if same is row:
            return replace(row, status="taken")
        if (same.source, same.source_id) == (row.source, row.source_id):
            return replace(row, status="unchanged", detail="the same bytes as before")
        return replace(row, status="duplicate", detail=f"the same bytes as {same.image_url}")
