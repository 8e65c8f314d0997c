"""The one door to the web: every rule about asking is kept here and in the files it composes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from importlib import metadata
from types import TracebackType
from urllib.parse import urljoin

import requests

from scraping.address import AddressGuard, Resolver, Scope, system_resolver
from scraping.answers import check_status, header_values, refusal
from scraping.errors import FetchError
from scraping.optout import opted_out
from scraping.politeness import HostSchedule
from scraping.robots import ROBOTS_BYTES, Robots
from scraping.transport import Deadline, PinnedAdapter, read_body

__all__ = ["AGENT", "Fetched", "Policy", "Session"]

AGENT = "Atelier"
"""The product token that robots.txt and X-Robots-Tag can name."""


def _version() -> str:
    try:
        return metadata.version("atelier")
    except metadata.PackageNotFoundError:
        return "0"


@dataclass(frozen=True)
class Policy:
    """The numbers of asking: seconds, bytes and counts.

    `total_timeout` bounds one request from connection to last byte, however its bytes drip in;
    `max_bytes` counts a picture's decoded bytes, `page_bytes` a page's. `attempts` include the
    first. `longest_wait` is how long a host's Retry-After is waited for, `longest_delay` the
    largest Crawl-delay that is followed.
    """

    contact: str = "https://example.org/atelier"
    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    total_timeout: float = 60.0
    max_bytes: int = 25_000_000
    page_bytes: int = 5_000_000
    attempts: int = 3
    backoff: float = 1.0
    max_hops: int = 5
    longest_wait: float = 120.0
    longest_delay: float = 60.0
    patience: int = 5

    @property
    def user_agent(self) -> str:
        """Who asks: product, version and where to complain."""
        return f"{AGENT}/{_version()} (+{self.contact})"


@dataclass(frozen=True)
class Fetched:
    """A whole answer: `url` after redirects, `headers` in lower case, decoded `body`."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    attempts: int = field(default=1, compare=False)

    @property
    def media_type(self) -> str:
        """The announced type without its parameters, in lower case; "" where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Session:
    """Fetches addresses under a `Policy`; keeps robots.txt, delays and addresses while it lives.

    Clock, sleep, wall clock and resolver are injected for tests. Not for use by two threads.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        resolve: Resolver = system_resolver,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.policy = policy or Policy()
        self._clock = clock
        self._now = now
        self._guard = AddressGuard(resolve)
        self._schedule = HostSchedule(
            clock, sleep, longest=self.policy.longest_wait, patience=self.policy.patience
        )
        self._robots: dict[Scope, Robots] = {}
        self._adapter = PinnedAdapter(self._guard.addresses)
        self._http = self._new_http()

    def fetch(self, url: str, scope: Scope, *, cap: int | None = None) -> Fetched:
        """Fetch `url`, following redirects and retrying what may pass.

        `cap` bounds the decoded body in bytes (a picture's by default). Raises `FetchError`, whose
        reason is a word of `scraping.REASONS`.
        """
        return self._retried(url, scope, cap or self.policy.max_bytes)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _new_http(self) -> requests.Session:
        http = requests.Session()
        http.trust_env = False
        http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        http.headers.update(
            {"User-Agent": self.policy.user_agent, "Accept-Encoding": "gzip, deflate"}
        )
        http.mount("http://", self._adapter)
        http.mount("https://", self._adapter)
        return http

    def _retried(self, url: str, scope: Scope, cap: int, *, robots: bool = False) -> Fetched:
        for attempt in range(1, self.policy.attempts + 1):
            try:
                got = self._follow(url, scope, cap, robots=robots)
                return Fetched(got.url, got.headers, got.body, attempt)
            except FetchError as error:
                error.attempts = attempt
                if not error.transient or attempt == self.policy.attempts:
                    raise
        raise AssertionError("a policy has at least one attempt")

    def _follow(self, url: str, scope: Scope, cap: int, *, robots: bool) -> Fetched:
        target = url
        for _ in range(self.policy.max_hops + 1):
            request = self._prepared(target)
            host, _port = self._guard.check(str(request.url), scope)
            crawl_delay = 0.0 if robots else self._rules(scope).check(str(request.url))
            deadline, response = self._send(request, host, max(scope.delay, crawl_delay))
            try:
                if not response.is_redirect:
                    return self._received(response, host, cap, deadline, robots=robots)
                target = _joined(str(request.url), response.headers["Location"])
            finally:
                response.close()
        raise FetchError(
            "redirect_loop", f"{url}: redirects more than {self.policy.max_hops} times"
        )

    def _prepared(self, url: str) -> requests.PreparedRequest:
        try:
            return self._http.prepare_request(requests.Request("GET", url))
        except (requests.RequestException, ValueError) as error:
            raise FetchError("refused_address", f"{url[:200]}: is no web address") from error

    def _rules(self, scope: Scope) -> Robots:
        if scope not in self._robots:
            self._robots[scope] = Robots(
                lambda url: self._retried(url, scope, ROBOTS_BYTES, robots=True).body,
                AGENT,
                self.policy.longest_delay,
            )
        return self._robots[scope]

    def _send(
        self, request: requests.PreparedRequest, host: str, delay: float
    ) -> tuple[Deadline, requests.Response]:
        self._schedule.wait(host, delay, str(request.url))
        deadline = Deadline(self.policy.total_timeout, self._clock)
        try:
            with self._adapter.until(deadline):
                response = self._http.send(
                    request,
                    stream=True,
                    allow_redirects=False,
                    timeout=(self.policy.connect_timeout, self.policy.read_timeout),
                )
        except (requests.RequestException, OSError, ValueError) as error:
            self._schedule.failed(host)
            self._schedule.hold(host, self.policy.backoff)
            raise refusal(error, str(request.url), deadline) from error
        if deadline.passed:
            # Headers that were cut at the deadline look like an answer without a body.
            response.close()
            self._schedule.failed(host)
            raise refusal(TimeoutError(), str(request.url), deadline)
        self._schedule.answered(host)
        return deadline, response

    def _received(
        self, response: requests.Response, host: str, cap: int, deadline: Deadline, *, robots: bool
    ) -> Fetched:
        try:
            check_status(response, self._now())
            tags = header_values(response, "X-Robots-Tag")
            if not robots and opted_out(tags, AGENT, self._now()):
                raise FetchError("opted_out", f"{response.url}: asks not to be used ({tags[0]})")
            body = read_body(response, cap, deadline, cut=robots)
        except FetchError as error:
            if error.transient:
                wait = self.policy.backoff if error.retry_after is None else error.retry_after
                self._schedule.hold(host, wait)
            raise
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Fetched(str(response.url), headers, body)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError("refused_address", f"{url}: redirects to no web address") from error
