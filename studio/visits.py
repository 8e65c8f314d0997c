"""Everybody's own things: the pictures of a visit, in a folder that goes when the visit ends."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from studio.order import Order, Photo, Style
from studio.painting import Painted

if TYPE_CHECKING:
    from stylize.result import Outcome, Statistics

__all__ = ["MOST_RESULTS", "Made", "Visit", "Visits"]

MOST_RESULTS = 24
"""Pictures of a visit that are kept for its history; older ones go."""


@dataclass(frozen=True)
class Made:
    """A picture of a visit, with its files: the photo beside it, and the PNG to take home.

    Its pixels are in the files alone: a history of large pictures would fill the memory. `shape` is
    (height, width); `stopped` the step at which it was stopped, 0 where it was finished.
    """

    order: Order
    outcome: Outcome
    statistics: Statistics
    shape: tuple[int, int]
    stopped: int
    before: Path
    picture: Path
    thumbnail: Path

    def painted(self) -> Painted:
        """The painting as it was, its pixels in the 256 levels of its files."""
        from images import Limits, load
        from stylize import Result

        any_shape = Limits(min_side=1, max_aspect=float("inf"), max_bytes=sys.maxsize)
        photo, picture = (load(path, any_shape).pixels for path in (self.before, self.picture))
        result = Result(picture, self.outcome, self.statistics)
        return Painted(self.order, photo, result, self.stopped)


@dataclass
class Visit:
    """One person's page. `folder` has a name that nobody can guess."""

    folder: Path
    styles: list[Style] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    shown: int = -1
    chosen: list[str] = field(default_factory=list)
    """The SHA-256 of the styles that are chosen, in the order of their shares."""
    photos: dict[str, Photo] = field(default_factory=dict)
    """Photos that came back from the history, by the path of the copy that the page shows."""
    uploads: set[Path] = field(default_factory=set)
    """Files that came in by this page, which lie outside its folder."""
    offered: dict[str, list[str]] = field(default_factory=dict)
    """The keys of what each gallery of the page shows: the collection may have grown since."""
    ticket: str = ""
    repaint_ticket: str = ""
    waiting: Order | None = None
    painting: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    stop_repainting: threading.Event = field(default_factory=threading.Event)

    def file(self, ending: str) -> Path:
        """A new name in the visit's folder."""
        return self.folder / f"{secrets.token_hex(8)}{ending}"

    def offer(self, gallery: str, index: int) -> str:
        """The key of what a gallery of the page shows at `index`; nothing where it shows none."""
        keys = self.offered.get(gallery, [])
        return keys[index] if 0 <= index < len(keys) else ""

    def write(self, data: bytes, ending: str) -> Path:
        """Put `data` into the visit's folder."""
        path = self.file(ending)
        path.write_bytes(data)
        return path

    def end(self) -> None:
        """Nobody waits any more for what is painted here."""
        self.stop.set()
        self.stop_repainting.set()
        self.waiting = None

    def keep(self, made: Made) -> None:
        """Put a picture into the history, the newest last, and show it."""
        self.made.append(made)
        for old in self.made[:-MOST_RESULTS]:
            for path in (old.before, old.picture, old.thumbnail):
                path.unlink(missing_ok=True)
        self.made = self.made[-MOST_RESULTS:]
        self.shown = len(self.made) - 1

    @property
    def current(self) -> Made | None:
        """The picture that the page shows."""
        return self.made[self.shown] if 0 <= self.shown < len(self.made) else None


class Visits:
    """All visits by the page's own key, below one temporary folder.

    A visit that was left ends `grace` seconds later, so that a page which lost its connection for
    a moment, as phones do, finds its pictures again.
    """

    def __init__(self, grace: float = 60.0) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="atelier-studio-")).resolve()
        self._grace = grace
        self._lock = threading.Lock()
        self._visits: dict[str, Visit] = {}
        self._leaving: dict[str, threading.Timer] = {}
        self.shelf = self.root / "shelf"
        self.shelf.mkdir()

    def of(self, key: str | None) -> Visit:
        """The visit of a page; a new one where it is not known."""
        with self._lock:
            timer = self._leaving.pop(key or "", None)
            if timer:
                timer.cancel()
            visit = self._visits.get(key or "")
            if visit is None:
                folder = self.root / secrets.token_hex(16)
                folder.mkdir()
                visit = self._visits[key or ""] = Visit(folder)
            return visit

    def known(self, key: str | None) -> Visit | None:
        """The visit of a page, where there is one."""
        with self._lock:
            return self._visits.get(key or "")

    def leave(self, key: str | None) -> None:
        """The page was closed: stop what it has painted, and remove its pictures in a while."""
        with self._lock:
            if (key or "") not in self._visits or (key or "") in self._leaving:
                return
            timer = threading.Timer(self._grace, self._end, (key or "",))
            timer.daemon = True
            self._leaving[key or ""] = timer
        timer.start()

    def close(self) -> None:
        """End all visits."""
        with self._lock:
            for timer in self._leaving.values():
                timer.cancel()
            visits, self._visits = list(self._visits.values()), {}
        for visit in visits:
            visit.end()
        shutil.rmtree(self.root, ignore_errors=True)

    @contextlib.contextmanager
    def open(self) -> Iterator[Visits]:
        """Inside, the folder is there; afterwards nothing is left of it."""
        try:
            yield self
        finally:
            self.close()

    def _end(self, key: str) -> None:
        with self._lock:
            self._leaving.pop(key, None)
            visit = self._visits.pop(key, None)
            others = set().union(*(other.uploads for other in self._visits.values()))
        if visit is None:
            return
        visit.end()
        shutil.rmtree(visit.folder, ignore_errors=True)
        for path in visit.uploads - others:
            shutil.rmtree(path.parent, ignore_errors=True)
