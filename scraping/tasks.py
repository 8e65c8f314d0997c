"""What is to be done for one photo, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scraping.photo import Photo
from scraping.store import Kept
from scraping.turns import Steps

__all__ = ["Outcome", "Task"]


@dataclass(frozen=True)
class Outcome:
    """The row of a photo; with `kept` its picture lies in the store, to be judged."""

    row: Photo
    kept: Kept | None = None


@dataclass(frozen=True)
class Task:
    """A photo that was found.

    `row` is what is known of it without asking, else `start` begins to ask. Beyond the source's
    limit nothing is asked, and the row is `beyond`.
    """

    row: Photo | None
    beyond: Photo
    start: Callable[[], Steps[Outcome]]
