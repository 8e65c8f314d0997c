"""The lane of the device: who is painted now, and who waits, as everybody may know it.

Gradio's queue lets one painting run at a time; this is the board that says so to those who wait.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

__all__ = ["Lane", "Turn"]


@dataclass(frozen=True)
class Turn:
    """Where one stands: `before` are those before one; the first of them is `share` done."""

    before: int
    share: float = 0.0
    seconds_left: float = 0.0
    what: str = "picture"


class Lane:
    """The tickets in the lane, in their order; the first one may be under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tickets: list[str] = []
        self._running = ""
        self._turn = Turn(0)

    def join(self, ticket: str) -> None:
        """Take a place at the end."""
        with self._lock:
            self._tickets.append(ticket)

    def begin(self, ticket: str, what: str = "picture") -> None:
        """It is this one's turn."""
        with self._lock:
            if ticket not in self._tickets:
                self._tickets.append(ticket)
            self._running = ticket
            self._turn = Turn(0, what=what)

    def tell(self, share: float, seconds_left: float) -> None:
        """How far the one is whose turn it is."""
        with self._lock:
            self._turn = Turn(0, share, seconds_left, self._turn.what)

    def leave(self, ticket: str) -> None:
        """Leave the lane, wherever one stands in it."""
        with self._lock:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
            if self._running == ticket:
                self._running = ""

    def turn(self, ticket: str) -> Turn | None:
        """Where the ticket stands; None where it does not wait."""
        with self._lock:
            if ticket not in self._tickets or ticket == self._running:
                return None
            others = [other for other in self._tickets if other != self._running]
            before = others.index(ticket) + bool(self._running)
            now = self._turn if self._running else Turn(0)
            return Turn(before, now.share, now.seconds_left, now.what)
