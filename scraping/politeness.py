"""When a host may be asked again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scraping.errors import FetchError

__all__ = ["POLITE_DELAY", "HostSchedule", "retry_after_seconds"]

POLITE_DELAY = 1.0
"""Seconds between two requests to one host, at least."""


class HostSchedule:
    """The next allowed time of every host, and its failures in a row.

    A host is asked one request at a time, `delay` seconds apart. A wait longer than `longest` is
    not waited for: the request is `deferred`. After `patience` failures in a row a host is taken
    to be down. `clock` and `sleep` are injected, so that tests need no time.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        *,
        longest: float = 120.0,
        patience: int = 5,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._longest = longest
        self._patience = patience
        self._next: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def wait(self, host: str, delay: float, url: str) -> None:
        """Sleep until `host` may be asked for `url`, and keep it for `delay` seconds after that.

        Raises `FetchError`: "deferred" or "host_down".
        """
        if self._failures.get(host, 0) >= self._patience:
            raise FetchError(
                "host_down",
                f"{url}: {host} failed {self._patience} times in a row and is left alone; "
                "run again later",
            )
        left = self._next.get(host, -math.inf) - self._clock()
        if left > self._longest:
            raise FetchError(
                "deferred",
                f"{url}: {host} asks to wait another {left:,.0f} seconds; run again after that",
            )
        if left > 0:
            self._sleep(left)
        self._next[host] = self._clock() + delay

    def hold(self, host: str, seconds: float) -> None:
        """Ask nothing of `host` for `seconds`."""
        self._next[host] = max(self._next.get(host, -math.inf), self._clock() + seconds)

    def failed(self, host: str) -> None:
        """Count a request that `host` did not answer."""
        self._failures[host] = self._failures.get(host, 0) + 1

    def answered(self, host: str) -> None:
        """Forget the failures of `host`."""
        self._failures.pop(host, None)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or a date; None where it is missing or says nothing."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _until(value, now)
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), 1e9)


def _until(value: str, now: datetime) -> float:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return math.nan
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return (aware - now).total_seconds()
