"""Progress on the console: a bar and the time left for every stage; without a terminal, lines.

The stages report to a callable, `Progress`; which one is decided by whoever starts a run, with
`reporting`, because a flow's parameters are plain data and its tasks may run anywhere.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

from flows.stages.progress import Progress, silent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

__all__ = [
    "LineProgress",
    "Pace",
    "console_progress",
    "current",
    "duration",
    "reporting",
    "shifted",
]

LINE_SECONDS = 10.0


_current: ContextVar[Progress] = ContextVar("progress", default=silent)


def current() -> Progress:
    """Return the progress of the run this code is part of; `silent` where nobody set one."""
    return _current.get()


@contextlib.contextmanager
def reporting(progress: Progress) -> Iterator[Progress]:
    """Make `progress` the `current` one until the block ends."""
    token = _current.set(progress)
    try:
        yield progress
    finally:
        _current.reset(token)


def duration(seconds: float) -> str:
    """Return a time as people say it: "3 s", "2 min 05 s", "1 h 20 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


class Pace:
    """How fast one stage goes, and so when it ends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._first: float | None = None

    def elapsed(self) -> float:
        """Return the seconds since the stage began."""
        return self._clock() - self._began

    def left(self, done: float, total: int) -> float | None:
        """Return the seconds left at the pace so far; None while there is nothing to judge by."""
        if self._first is None:
            self._first = done
        gained = done - self._first
        return self.elapsed() * (total - done) / gained if gained > 0 else None

    def words(self, done: float, total: int) -> str:
        """Return "about 40 s left", "took 12 s", or "" while it cannot be known."""
        if done >= total:
            return f"took {duration(self.elapsed())}" if self.elapsed() >= 1 else ""
        left = self.left(done, total)
        return "" if left is None else f"about {duration(left)} left"


class LineProgress:
    """Progress as plain lines: the start and the end of each stage, and a line now and then."""

    def __init__(
        self,
        write: Callable[[str], None],
        every: float = LINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write, self._every, self._clock = write, every, clock
        self._paces: dict[str, Pace] = {}
        self._written: dict[str, float] = {}
        self._finished: set[tuple[str, int]] = set()
        self._lock = threading.Lock()

    def __call__(self, stage: str, done: float, total: int, note: str) -> None:
        """Write a line when `every` seconds have passed, and always at the end of a stage."""
        with self._lock:
            now, ended = self._clock(), done >= total
            pace = self._paces.setdefault(stage, Pace(self._clock))
            words = pace.words(done, total)
            recent = now - self._written.get(stage, float("-inf")) < self._every
            if (recent and not ended) or (stage, total) in self._finished:
                return
            if ended:
                self._finished.add((stage, total))
            self._written[stage] = now
            self._write(_line(stage, done, total, words, "" if ended else note))


class _BarProgress:
    """Progress as bars that stay: one a stage."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, tuple[TaskID, Pace]] = {}
        self._lock = threading.Lock()

    def __call__(self, stage: str, done: float, total: int, note: str) -> None:
        from rich.markup import escape

        with self._lock:
            if stage not in self._tasks:
                self._tasks[stage] = (
                    self._bars.add_task(stage, count="", left="", note=""),
                    Pace(),
                )
            task, pace = self._tasks[stage]
            ended = done >= total
            self._bars.update(
                task,
                total=total or 1,
                completed=done if total else 1,
                count=f"{int(done)}/{int(total)}",
                left=pace.words(done, total),
                note="" if ended else escape(note),
            )


@contextlib.contextmanager
def console_progress(console: Console) -> Iterator[Progress]:
    """Yield a progress for `console`: bars on a terminal, plain lines elsewhere."""
    if not console.is_terminal:
        yield LineProgress(lambda line: console.out(line, highlight=False))
        return
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    bars = Bars(
        TextColumn("  {task.description}", table_column=Column(min_width=12)),
        BarColumn(bar_width=28, complete_style="cyan", finished_style="green"),
        TextColumn("{task.fields[count]}", justify="right", table_column=Column(min_width=6)),
        TextColumn("[dim]{task.fields[left]}", table_column=Column(min_width=16)),
        TextColumn(
            "[dim]{task.fields[note]}",
            table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
        ),
        console=console,
        refresh_per_second=5,
        expand=True,
    )
    with bars:
        yield _BarProgress(bars)


def _line(stage: str, done: float, total: int, words: str, note: str) -> str:
    parts = [f"{stage:<11} {int(done)}/{int(total)}", words, note]
    return "  ".join(part for part in parts if part)


def shifted(progress: Progress, before: int, overall: int | None = None) -> Progress:
    """Return a progress for one part of a stage: `before` things came before, of `overall` in all.

    Without `overall` nobody knows yet how many come after this part.
    """

    def report(stage: str, done: float, total: int, note: str) -> None:
        progress(stage, before + done, overall or before + total, note)

    return report
