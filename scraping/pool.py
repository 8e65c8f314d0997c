"""Worker threads that take whichever host is due: who waits occupies none of them."""

from __future__ import annotations

import heapq
import math
import threading
from collections.abc import Callable
from typing import Any, Generic

from scraping.schedule import Rank, Schedule
from scraping.turns import Steps, Stop, T, Turn

__all__ = ["Pool"]

_LEAVING_SECONDS = 5.0


class _Job(Generic[T]):
    """Work on its way through the pool; `turn` is what it waits for."""

    def __init__(self, pool: Pool, steps: Steps[T], done: Callable[[T], None], rank: Rank) -> None:
        self.rank = rank
        self.steps = steps
        self.done = done
        self.turn = Turn("", host=False)
        self._pool = pool

    def called(self, due: float) -> None:
        self._pool.call(due, self)


class Pool:
    """`workers` threads over a `schedule`.

    Work that waits for its host lies in a heap of due times; a thread takes the first that is due.
    What work raises, other than by being stopped, goes to `failed`, called in a worker's thread.
    """

    def __init__(
        self,
        schedule: Schedule,
        stop: Stop,
        failed: Callable[[BaseException], None],
        workers: int = 32,
    ) -> None:
        self._schedule = schedule
        self._stop = stop
        self._failed = failed
        self._workers = workers
        self._threads: list[threading.Thread] = []
        self._due: list[tuple[float, Rank, _Job[Any]]] = []
        self._waiting: dict[Rank, _Job[Any]] = {}
        self._active = 0
        self._watched = False
        self._watch = threading.Condition(schedule.lock)
        self._idle = threading.Condition(schedule.lock)

    def submit(self, steps: Steps[T], done: Callable[[T], None]) -> None:
        """Do `steps`, then call `done` in a worker's thread with what they return.

        The first turn is queued for before this returns, so that work for one host is done in the
        order it was submitted.
        """
        job = _Job(self, steps, done, self._schedule.rank(1))
        self._go_on(job)
        if len(self._threads) < self._workers and not self._stop.is_set():
            name = f"atelier-scrape-{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def call(self, due: float, job: _Job[Any]) -> None:
        """Note that `job` can go on from `due` on; the schedule's lock is held."""
        earliest = self._due[0][0] if self._due else math.inf
        heapq.heappush(self._due, (due, job.rank, job))
        if self._watched and due < earliest:
            self._watch.notify()
        elif not self._watched:
            self._idle.notify()

    def close(self) -> None:
        """End the threads; work that waits is dropped, work in progress ends at its next turn."""
        self._stop.set()
        with self._schedule.lock:
            waiting, self._waiting, self._due = list(self._waiting.values()), {}, []
            for job in waiting:
                if job.turn.key:
                    self._schedule.leave(job.turn, job)
            self._watch.notify_all()
            self._idle.notify_all()
        for job in waiting:
            job.steps.close()
        for thread in self._threads:
            thread.join(_LEAVING_SECONDS)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._go_on(job)
            finally:
                with self._schedule.lock:
                    self._active -= 1
                    if self._schedule.told:
                        self._schedule.wake()

    def _next(self) -> _Job[Any] | None:
        """Wait for the first job whose turn is due, and take the turn."""
        with self._schedule.lock:
            while not self._stop.is_set():
                job = self._taken()
                if job is not None:
                    self._active += 1
                    if self._due and not self._watched:
                        self._idle.notify()
                    return job
                self._pause()
            return None

    def _taken(self) -> _Job[Any] | None:
        while self._due and self._due[0][0] <= self._schedule.clock():
            _, rank, job = heapq.heappop(self._due)
            if rank not in self._waiting:
                continue
            left = self._schedule.take(job.turn, job) if job.turn.key else 0.0
            if left <= 0:
                del self._waiting[rank]
                return job
            if left < math.inf:
                heapq.heappush(self._due, (self._schedule.clock() + left, rank, job))
        return None

    def _pause(self) -> None:
        """One idle thread watches the clock for all; the others wait to be told."""
        if self._watched or not self._due:
            self._schedule.pause(self._idle, math.inf)
            return
        self._watched = True
        try:
            left = self._due[0][0] - self._schedule.clock()
            self._schedule.pause(self._watch, math.inf if self._must_wait() else left)
        finally:
            self._watched = False

    def _must_wait(self) -> bool:
        """Told time stands still while somebody works."""
        return self._schedule.told and self._active > 0

    def _go_on(self, job: _Job[Any]) -> None:
        try:
            job.turn = next(job.steps)
            self._queue(job)
        except StopIteration as end:
            job.done(end.value)
        except BaseException as error:  # noqa: BLE001 - whatever it is ends the run, in its thread
            if not self._stop.is_set():
                self._failed(error)

    def _queue(self, job: _Job[Any]) -> None:
        with self._schedule.lock:
            if not self._stop.is_set():
                self._waiting[job.rank] = job
                if job.turn.key:
                    self._schedule.queue(job.turn, job)
                else:
                    self.call(-math.inf, job)
                return
        job.steps.close()
