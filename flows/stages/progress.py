"""How a stage says how far it is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "silent"]


class Progress(Protocol):
    """Called with the stage's word, how much is done of how much in all, and what it is at."""

    def __call__(self, stage: str, done: float, total: int, note: str) -> None:
        """`done` may be a fraction while a picture is being painted."""
        ...


def silent(stage: str, done: float, total: int, note: str) -> None:
    """The progress of a stage that nobody watches."""
