"""Asking an API: one call after the other, within its limits, for JSON objects only."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import quote, urlencode

from scraping.address import Scope
from scraping.collections.record import Json, reach
from scraping.errors import FetchError
from scraping.session import Fetched, Session

__all__ = ["DAY", "Desk", "Ledger"]

DAY = 86_400.0
"""Seconds."""

_GONE = frozenset({"http_404", "http_410"})
_UNREADABLE = "page_failed"


class Ledger:
    """The calls made to each API within the last day, as far as this process made them.

    Safe for several threads; `clock` gives seconds and is injected for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, name: str, allowed: int) -> bool:
        """Write down a call to `name` and return True, or return False where `allowed` are used."""
        with self._lock:
            calls = self._calls.setdefault(name, deque())
            now = self._clock()
            while calls and now - calls[0] >= DAY:
                calls.popleft()
            if len(calls) >= allowed:
                return False
            calls.append(now)
            return True


class Desk:
    """Asks the API called `name` through `session`; `calls` counts what was asked.

    `daily` is how many calls a day the API grants, None where it names no number.
    """

    def __init__(
        self, session: Session, scope: Scope, name: str, ledger: Ledger, daily: int | None = None
    ) -> None:
        self.calls = 0
        self._session = session
        self._scope = scope
        self._name = name
        self._ledger = ledger
        self._daily = daily

    def ask(self, url: str, query: dict[str, str | int] | None = None) -> Json:
        """Return the JSON object at `url` with `query`.

        Raises `FetchError`: as the session does; "deferred" where the day's calls are used up;
        "page_failed" for an answer that is no JSON object.
        """
        asked = f"{url}?{urlencode(query, quote_via=quote)}" if query else url
        if self._daily is not None and not self._ledger.take(self._name, self._daily):
            raise FetchError(
                "deferred",
                f"{asked}: the {self._daily} calls a day that {self._name} grants are used up; "
                "run again tomorrow",
            )
        self.calls += 1
        return _object(self._session.fetch(asked, self._scope, cap=self._session.policy.page_bytes))

    def ask_for_record(self, url: str, query: dict[str, str | int] | None = None) -> Json | None:
        """Return what `ask` does, or None for one record that is gone or unreadable.

        Raises `FetchError` for what would befall the next record too.
        """
        try:
            return self.ask(url, query)
        except FetchError as error:
            if error.reason in _GONE or error.reason == _UNREADABLE:
                return None
            raise

    def listed(self, answer: Json, *path: str) -> list[object]:
        """Return the list at `path` of an answer.

        Raises `FetchError`, "page_failed", where it is missing: the API is not what it was.
        """
        found = reach(answer, *path)
        if not isinstance(found, list):
            where = ".".join(path)
            raise _unreadable(f"{self._name}: the answer has no list {where!r}")
        return found


def _object(fetched: Fetched) -> Json:
    if fetched.media_type in ("text/html", "application/xhtml+xml"):
        raise _unreadable(f"{fetched.url}: answers with a page where JSON was expected")
    try:
        value = json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"{fetched.url}: the JSON of the answer is broken") from error
    if not isinstance(value, dict):
        raise _unreadable(f"{fetched.url}: the answer is no JSON object")
    return value


def _unreadable(sentence: str) -> FetchError:
    error = FetchError(_UNREADABLE, sentence)
    error.attempts = 1
    return error
