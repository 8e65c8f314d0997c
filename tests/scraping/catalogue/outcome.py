"""What a scrape left behind, and the promise that holds whatever came in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from images import load
from scraping import Photo, is_reason

__all__ = ["GOOD", "Outcome", "check_promise"]

GOOD = "good.test"
"""The host beside every hostile one: its photo is always taken."""


@dataclass(frozen=True)
class Outcome:
    """The rows of one scrape and the folder it filled."""

    every: list[Photo]
    content: Path

    @property
    def rows(self) -> list[Photo]:
        """The rows but those of the good host."""
        return [row for row in self.every if f"//{GOOD}" not in row.image_url]

    @property
    def row(self) -> Photo:
        """The only one of `rows`."""
        (row,) = self.rows
        return row

    @property
    def words(self) -> list[str]:
        """The reason words of `rows`, in order."""
        return [row.status for row in self.rows]

    @property
    def files(self) -> list[str]:
        """The names in the content folder."""
        return sorted(path.name for path in self.content.iterdir())

    def data(self, row: Photo) -> bytes:
        """The bytes that were kept for `row`."""
        return (self.content.parent / row.file).read_bytes()


def check_promise(outcome: Outcome) -> None:
    """Every row has a word of the list and a sentence; files are whole, named by their content,
    and belong to a row; the good host's photo was taken.
    """
    rows = outcome.every
    assert all(is_reason(row.status) for row in rows), [row.status for row in rows]
    assert all(row.detail for row in rows if row.status != "taken")
    kept = {row.file for row in rows if row.present}
    assert {f"{outcome.content.name}/{name}" for name in outcome.files} == kept
    for row in rows:
        assert bool(row.file) == row.present
        assert not row.file or hashlib.sha256(outcome.data(row)).hexdigest() == row.sha256
        assert not row.file or Path(row.file).stem == row.sha256
        assert not row.file or load(outcome.content.parent / row.file).pixels.size
    assert all(row.present for row in rows if f"//{GOOD}" in row.image_url)
