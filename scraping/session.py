"""The one door to the web: every rule about asking is kept here and in the files it composes."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType

from scraping.address import AddressGuard, Resolver, Scope, system_resolver
from scraping.asking import Asker
from scraping.permits import Permits
from scraping.policy import AGENT, Policy
from scraping.question import Fetched, Question, condition
from scraping.schedule import Schedule
from scraping.transport import PinnedAdapter
from scraping.turns import Steps, Stop

__all__ = ["AGENT", "Fetched", "Policy", "Session"]


class Session:
    """Fetches addresses under a `Policy`; keeps robots.txt, delays and addresses while it lives.

    For any number of threads: a host never sees two requests of one session at a time. Clock,
    sleep, wall clock and resolver are injected for tests; `verify` is the path of a bundle of
    certificate authorities to trust instead of certifi's.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        resolve: Resolver = system_resolver,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        verify: str | None = None,
    ) -> None:
        self.policy = policy or Policy()
        self.permits = Permits()
        self.schedule = Schedule(
            clock, sleep, longest=self.policy.longest_wait, patience=self.policy.patience
        )
        guard = AddressGuard(resolve)
        self._adapter = PinnedAdapter(guard.addresses, verify)
        self._asker = Asker(self.policy, guard, self.schedule, self._adapter, now)
        self._stop = Stop()

    def fetch(
        self,
        url: str,
        scope: Scope,
        *,
        cap: int | None = None,
        etag: str = "",
        last_modified: str = "",
    ) -> Fetched:
        """Fetch `url`, following redirects and retrying what may pass; waits for the host's turn.

        `cap` bounds the decoded body in bytes (a picture's by default). With `etag` or
        `last_modified`, as an earlier answer gave them, an answer that is the same still is not
        sent again: `FetchError("unchanged")`. Raises `FetchError`, whose reason is a word of
        `scraping.REASONS`.
        """
        steps = self.steps(url, scope, cap=cap, etag=etag, last_modified=last_modified)
        with self.permits.set_aside():
            return self.schedule.drive(steps, self._stop)

    def check(self, url: str, scope: Scope) -> None:
        """Raise the `FetchError` that keeps `url` from being asked for, if it is known beforehand.

        Its address is checked, and the robots.txt of its site read; the address is not asked.
        """
        question = Question(url, scope, self.policy.max_bytes)
        with self.permits.set_aside():
            self.schedule.drive(self._asker.permitted(question, self._stop), self._stop)

    def steps(
        self,
        url: str,
        scope: Scope,
        *,
        cap: int | None = None,
        etag: str = "",
        last_modified: str = "",
    ) -> Steps[Fetched]:
        """Do what `fetch` does, yielding the turns it needs instead of waiting for them."""
        conditions = condition(etag, last_modified)
        most = self.policy.max_bytes if cap is None else cap
        question = Question(url, scope, most, conditions)
        return self._asker.answer(question, self._stop)

    def until(self, stop: Stop) -> Session:
        """Return this session, with whatever is asked through it ending when `stop` is set."""
        bound = copy.copy(self)
        bound._stop = stop
        return bound

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
