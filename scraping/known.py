"""What earlier runs know about photos, and what this one learns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from scraping.near import NearIndex
from scraping.photo import Photo
from scraping.reasons import PRESENT, may_change
from scraping.thumbnails import Thumbnail

__all__ = ["Known"]


class Known:
    """The rows of earlier runs and of this one, of every source.

    `has(file)` tells whether a content file is there; `thumbnail(row, path)` shows a row's picture
    small (see `NearIndex`), and without it nothing is taken for a near duplicate.
    """

    def __init__(
        self,
        rows: Iterable[Photo],
        has: Callable[[str], bool],
        thumbnail: Callable[[Photo, Path | None], Thumbnail | None] = lambda row, path: None,
    ) -> None:
        self._has = has
        self._rows: dict[tuple[str, str], Photo] = {}
        self._by_hash: dict[str, list[Photo]] = {}
        self._near = NearIndex(thumbnail)
        for row in rows:
            self._rows[row.source, row.source_id] = row
        for row in self._rows.values():
            if row.present:
                self._remember(row)

    def row(self, source: str, source_id: str) -> Photo | None:
        """Return the row of a photo, settled or not."""
        return self._rows.get((source, source_id))

    def settled(self, source: str, source_id: str) -> Photo | None:
        """Return the row of a photo about which nothing new can be learned by asking again.

        Settled are photos that lie in the content folder, and refusals that stay. A `truncated`
        photo is settled where its bytes came whole (they have a hash): the file itself is cut.
        """
        row = self._rows.get((source, source_id))
        if row is None:
            return None
        if row.status in PRESENT:
            return row if self._has(row.file) else None
        if row.status == "truncated":
            return row if row.sha256 else None
        return None if may_change(row.status) else row

    def judged(self, row: Photo, path: Path | None, *, takes_near: bool) -> Photo:
        """Return `row`, whose picture lies at `path`, as taken, unchanged or a (near) duplicate.

        With `takes_near` a picture that looks like another is taken all the same, and the row says
        so. A photo is never compared with what it was itself before.
        """
        before = self._rows.get((row.source, row.source_id))
        same = self._same(row.sha256)
        if same is not None and _is_same(same, row):
            row = _said(row, "unchanged", "the same bytes as before")
        elif same is not None:
            row = _said(row, "duplicate", f"the same bytes as {same.image_url}")
        else:
            row = self._taken(row, path, takes_near)
        if before is not None and before.sha256 != row.sha256:
            self._forget(before)
        self._rows[row.source, row.source_id] = row
        if row.present:
            self._remember(row)
        return row

    def _taken(self, row: Photo, path: Path | None, takes_near: bool) -> Photo:
        like = self._near.like(row, path)
        if like is None:
            return replace(row, status="taken")
        if takes_near:
            return _said(row, "taken", f"looks like {like.image_url}")
        sentence = f"looks like {like.image_url}, which is kept"
        return replace(_said(row, "near_duplicate", sentence), file="")

    def _same(self, sha256: str) -> Photo | None:
        """The first row with these bytes, whose file is there."""
        rows = self._by_hash.get(sha256)
        return rows[0] if rows and self._has(rows[0].file) else None

    def _remember(self, row: Photo) -> None:
        rows = self._by_hash.setdefault(row.sha256, [])
        place = next((at for at, other in enumerate(rows) if _is_same(other, row)), None)
        if place is not None:
            rows[place] = row
            return
        rows.append(row)
        if len(rows) == 1:
            self._near.add(row)

    def _forget(self, before: Photo) -> None:
        """Its photo is another now: nothing is a duplicate of what it was."""
        rows = self._by_hash.get(before.sha256, [])
        rows[:] = [row for row in rows if not _is_same(row, before)]
        self._near.forget(before)
        if rows:
            self._near.add(rows[0])


def _is_same(one: Photo, other: Photo) -> bool:
    return (one.source, one.source_id) == (other.source, other.source_id)


def _said(row: Photo, status: str, sentence: str) -> Photo:
    return replace(row, status=status, detail="; ".join(filter(None, (sentence, row.detail))))
