"""Whose turn it is at every host, and from when."""

from __future__ import annotations

import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable
from typing import Protocol

from scraping.errors import FetchError
from scraping.turns import Steps, Stop, Stopped, T, Turn

__all__ = ["Rank", "Schedule", "Waiter"]

Rank = tuple[int, int]
"""Lower goes first: (0, n) for a waiting thread, (1, n) for work of a pool, n by arrival."""


class Waiter(Protocol):
    """Somebody who waits for a turn."""

    rank: Rank

    def called(self, due: float) -> None:
        """Take note that the turn can be taken from `due` on; the schedule's lock is held."""


class _Slot:
    """What one at a time may use: whether somebody does, who waits, and the next time it may be
    had: `next` by our own delay, `held` because the host failed or asked for it.
    """

    def __init__(self) -> None:
        self.busy = False
        self.next = -math.inf
        self.held = -math.inf
        self.failures = 0
        self.waiting: list[tuple[Rank, Waiter]] = []


class Schedule:
    """One request in flight per host, and its delay before the next, for any number of threads.

    A turn is queued for, taken when it is due, and released with the time from which the next may
    be had. A wait longer than `longest` is not waited for: the request is `deferred`. After
    `patience` failures in a row a host is taken to be down. With a `sleep` of one's own, time is
    told: it is called with what is left whenever no request is in flight.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        *,
        longest: float = 120.0,
        patience: int = 5,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self._sleep = None if sleep is time.sleep else sleep
        self._longest = longest
        self._patience = patience
        self._slots: dict[str, _Slot] = {}
        self._in_flight = 0
        self._conditions: set[threading.Condition] = set()
        self._count = itertools.count()

    @property
    def told(self) -> bool:
        """Whether time is told by a `sleep` of one's own and passes only in it."""
        return self._sleep is not None

    def rank(self, kind: int) -> Rank:
        """Return the next place in the queue: before all others of its kind that come later."""
        return kind, next(self._count)

    def drive(self, steps: Steps[T], stop: Stop) -> T:
        """Run `steps` in this thread, waiting for each turn. Raises what they raise, `Stopped`."""
        try:
            while True:
                self._wait(next(steps), stop)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # what a Steps[T] returns is a T
        finally:
            steps.close()

    def admit(self, host: str, url: str) -> None:
        """Raise `FetchError` where `host`, whose turn was taken, is not asked now.

        Reasons: "host_down", "deferred".
        """
        slot = self._slots[host]
        if slot.failures >= self._patience:
            raise FetchError(
                "host_down",
                f"{url}: {host} failed {self._patience} times in a row and is left alone; "
                "run again later",
            )
        left = slot.held - self.clock()
        if left > 0:
            raise FetchError(
                "deferred",
                f"{url}: {host} asks to wait another {left:,.0f} seconds; run again after that",
            )

    def hold(self, host: str, seconds: float) -> None:
        """Ask nothing of `host` for `seconds`."""
        with self.lock:
            slot = self._slot(host)
            slot.held = max(slot.held, self.clock() + seconds)

    def failed(self, host: str) -> None:
        """Count a request that `host` did not answer."""
        with self.lock:
            self._slot(host).failures += 1

    def answered(self, host: str) -> None:
        """Forget the failures of `host`."""
        with self.lock:
            self._slot(host).failures = 0

    def queue(self, turn: Turn, waiter: Waiter) -> None:
        """Let `waiter` wait for `turn`; it is called when nobody is before it."""
        with self.lock:
            slot = self._slot(turn.key)
            heapq.heappush(slot.waiting, (waiter.rank, waiter))
            self._call(slot)

    def leave(self, turn: Turn, waiter: Waiter) -> None:
        """Let `waiter` wait no longer."""
        with self.lock:
            slot = self._slot(turn.key)
            slot.waiting = [pair for pair in slot.waiting if pair[1] is not waiter]
            heapq.heapify(slot.waiting)
            self._call(slot)

    def take(self, turn: Turn, waiter: Waiter) -> float:
        """Take `turn` if it is `waiter`'s: 0 where it was taken, else how many seconds it has to
        wait at least; infinity means until it is called.
        """
        with self.lock:
            slot = self._slot(turn.key)
            if slot.busy or not slot.waiting or slot.waiting[0][1] is not waiter:
                return math.inf
            left = self._due(slot) - self.clock()
            if left > 0:
                return left
            heapq.heappop(slot.waiting)
            slot.busy = True
            self._in_flight += turn.host
            return 0.0

    def release(self, turn: Turn, following: float = -math.inf) -> None:
        """Give `turn` back; the next may be had from the time `following` on."""
        with self.lock:
            slot = self._slot(turn.key)
            slot.busy = False
            slot.next = max(slot.next, following)
            self._in_flight -= turn.host
            self._call(slot)
            if self._sleep is not None:
                self.wake()

    def pause(self, condition: threading.Condition, seconds: float) -> None:
        """Wait on `condition`, whose lock is the schedule's and held, for `seconds` at most;
        infinity means until it is notified.
        """
        if self._sleep is not None and not self._in_flight and seconds < math.inf:
            self._sleep(seconds)
            return
        self._conditions.add(condition)
        bounded = self._sleep is None and seconds < threading.TIMEOUT_MAX
        try:
            condition.wait(seconds if bounded else None)
        finally:
            self._conditions.discard(condition)

    def wake(self) -> None:
        """Let everybody who waits look again."""
        with self.lock:
            for condition in self._conditions:
                condition.notify_all()

    def _wait(self, turn: Turn, stop: Stop) -> None:
        if not turn.key:
            return
        with self.lock:
            waiter = _Thread(self.rank(0), self.lock)
            self.queue(turn, waiter)
            try:
                while (left := self.take(turn, waiter)) > 0:
                    if stop.is_set():
                        raise Stopped
                    self.pause(waiter.condition, left)
            except BaseException:
                self.leave(turn, waiter)
                raise

    def _slot(self, key: str) -> _Slot:
        return self._slots.setdefault(key, _Slot())

    def _due(self, slot: _Slot) -> float:
        """From when the turn can be taken: at once where `admit` will refuse it anyway."""
        now = self.clock()
        if slot.failures >= self._patience or slot.held - now > self._longest:
            return now
        return max(slot.next, slot.held)

    def _call(self, slot: _Slot) -> None:
        if slot.waiting and not slot.busy:
            slot.waiting[0][1].called(self._due(slot))


class _Thread:
    """A thread that waits for its turn."""

    def __init__(self, rank: Rank, lock: threading.RLock) -> None:
        self.rank = rank
        self.condition = threading.Condition(lock)

    def called(self, due: float) -> None:
        self.condition.notify()
