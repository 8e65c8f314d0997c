"""One question to the web: its requests, one after the other, each in its host's turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import requests
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from urllib3.util import parse_url

from scraping.address import AddressGuard, Scope
from scraping.answers import check_status, header_values, refusal
from scraping.deadline import Deadline
from scraping.errors import FetchError
from scraping.optout import opted_out
from scraping.policy import AGENT, Policy
from scraping.question import Fetched, Question
from scraping.robots import ROBOTS_BYTES, Robots, rules_of, rules_without
from scraping.schedule import Schedule
from scraping.transport import PinnedAdapter, drain, read_body
from scraping.turns import Steps, Stop, Stopped, Turn

__all__ = ["Asker"]


class Asker:
    """Asks under a `policy` what `guard` lets through, when `schedule` says so."""

    def __init__(
        self,
        policy: Policy,
        guard: AddressGuard,
        schedule: Schedule,
        adapter: PinnedAdapter,
        now: Callable[[], datetime],
    ) -> None:
        self._policy = policy
        self._guard = guard
        self._schedule = schedule
        self._adapter = adapter
        self._now = now
        self._robots: dict[tuple[str, bool], Robots] = {}
        self._headers = {
            "User-Agent": policy.user_agent,
            "Accept-Encoding": "gzip, deflate",
            "Accept": "*/*",
            "Connection": "keep-alive",
        }

    def answer(self, question: Question, stop: Stop) -> Steps[Fetched]:
        """Ask, follow redirects, and try again what may pass. Raises `FetchError`, `Stopped`."""
        for attempt in range(1, self._policy.attempts + 1):
            try:
                got = yield from self._follow(question, stop)
                return got if attempt == 1 else replace(got, attempts=attempt)
            except FetchError as error:
                error.attempts = attempt
                if not error.transient or attempt == self._policy.attempts:
                    raise
        raise AssertionError("a policy has at least one attempt")

    def permitted(self, question: Question, stop: Stop) -> Steps[None]:
        """Find out whether `question` may be asked, and read no more than robots.txt for it.

        Raises `FetchError` where its address or the site's rules close it, `Stopped`.
        """
        url, scope = str(self._prepared(question.url, question).url), question.scope
        host, port = self._guard.check(url, scope)
        site = _site(url), scope.admits(host, port)
        if site not in self._robots:
            yield from self._read_robots(site, scope, stop)
        self._robots[site].check(url)

    def _follow(self, question: Question, stop: Stop) -> Steps[Fetched]:
        target = question.url
        for _ in range(self._policy.max_hops + 1):
            request = self._prepared(target, question)
            got = yield from self._hop(request, question, stop)
            if isinstance(got, Fetched):
                return got
            target = got
        raise FetchError(
            "redirect_loop",
            f"{question.url}: redirects more than {self._policy.max_hops} times",
        )

    def _prepared(self, url: str, question: Question) -> requests.PreparedRequest:
        request = requests.PreparedRequest()
        try:
            request.prepare_url(url, None)
        except (requests.RequestException, ValueError) as error:
            raise FetchError("refused_address", f"{url[:200]}: is no web address") from error
        if "/." in str(request.url):
            # "%2e%2e" is unquoted by now: robots.txt is asked about where it leads.
            request.url = parse_url(str(request.url)).url
        request.method = "GET"
        request.headers = CaseInsensitiveDict(self._headers | dict(question.conditions))
        request.hooks = default_hooks()
        return request

    def _hop(
        self, request: requests.PreparedRequest, question: Question, stop: Stop
    ) -> Steps[Fetched | str]:
        """Ask once: an answer, or the address it sends us to. The host's robots.txt comes first."""
        url, scope = str(request.url), question.scope
        host, port = self._guard.target(url, scope)
        site = _site(url), scope.admits(host, port)
        turn = Turn(host)
        while True:
            yield turn
            following = self._schedule.clock()
            try:
                self._schedule.admit(host, url)
                self._resolve(url, scope, host)
                free = question.robots or url.startswith(scope.api)
                robots = None if free else self._robots.get(site)
                if robots is not None or free:
                    crawl_delay = robots.check(url) if robots else 0.0
                    delay = max(self._guard.delay(host, port, scope), crawl_delay)
                    following = self._schedule.clock() + delay
                    got, heard = self._exchange(request, host, question, stop)
                    # Counted from the answer: a slow connection has the server wait for less.
                    following = heard + delay
                    return got
            finally:
                self._schedule.release(turn, following)
            yield from self._read_robots(site, scope, stop)

    def _resolve(self, url: str, scope: Scope, host: str) -> None:
        try:
            self._guard.check(url, scope)
        except FetchError as error:
            if error.transient:
                self._failed(host)
            raise

    def _read_robots(self, site: tuple[str, bool], scope: Scope, stop: Stop) -> Steps[None]:
        """Read the robots.txt of a site, or wait for whoever does."""
        turn = Turn(f"robots.txt of {site}", host=False)
        yield turn
        try:
            if site not in self._robots:
                url = f"{site[0]}/robots.txt"
                try:
                    question = Question(url, scope, ROBOTS_BYTES, robots=True)
                    rules = rules_of((yield from self.answer(question, stop)).body)
                except FetchError as error:
                    rules = rules_without(url, error)
                self._robots[site] = Robots(rules, AGENT, self._policy.longest_delay)
        finally:
            self._schedule.release(turn)

    def _exchange(
        self, request: requests.PreparedRequest, host: str, question: Question, stop: Stop
    ) -> tuple[Fetched | str, float]:
        """Send one request: its answer or where it sends us, and the time its headers came."""
        deadline = Deadline(self._policy.total_timeout, self._schedule.clock, stop)
        with self._adapter.until(deadline):
            try:
                response = self._sent(request, deadline)
                heard = self._schedule.clock()
                try:
                    if response.is_redirect:
                        drain(response, deadline)
                        self._schedule.answered(host)
                        return _joined(str(request.url), response.headers["Location"]), heard
                    got = self._received(response, question, deadline)
                finally:
                    response.close()
            except FetchError as error:
                if stop.is_set():
                    raise Stopped from error
                self._judge(host, error)
                raise
        self._schedule.answered(host)
        return got, heard

    def _sent(self, request: requests.PreparedRequest, deadline: Deadline) -> requests.Response:
        policy = self._policy
        try:
            response = self._adapter.send(
                request, stream=True, timeout=(policy.connect_timeout, policy.read_timeout)
            )
        except (requests.RequestException, OSError, ValueError) as error:
            raise refusal(error, str(request.url), deadline) from error
        if deadline.passed:
            # Headers that were cut at the deadline look like an answer without a body.
            response.close()
            raise refusal(TimeoutError(), str(request.url), deadline)
        return response

    def _received(
        self, response: requests.Response, question: Question, deadline: Deadline
    ) -> Fetched:
        try:
            self._check(response, question)
        except FetchError:
            drain(response, deadline)
            raise
        body = read_body(response, question.cap, deadline, cut=question.robots)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Fetched(str(response.url), headers, body)

    def _check(self, response: requests.Response, question: Question) -> None:
        check_status(response, self._now())
        tags = header_values(response, "X-Robots-Tag")
        if not question.robots and opted_out(tags, AGENT, self._now()):
            raise FetchError("opted_out", f"{response.url}: asks not to be used ({tags[0]})")

    def _judge(self, host: str, error: FetchError) -> None:
        """Count what speaks against the host, and wait before what may pass is tried again."""
        if error.reason in ("host_down", "timeout"):
            self._failed(host)
        elif error.reason == "blocked":
            # It keeps programs out: not asked for one photo after the other.
            self._schedule.failed(host)
        else:
            self._schedule.answered(host)
            if error.transient:
                wait = self._policy.backoff if error.retry_after is None else error.retry_after
                self._schedule.hold(host, wait)

    def _failed(self, host: str) -> None:
        self._schedule.failed(host)
        self._schedule.hold(host, self._policy.backoff)


def _site(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}"


def _joined(url: str, location: str) -> str:
    try:
        # Headers are read as Latin-1, whatever they were written in.
        return urljoin(url, location.encode("latin-1").decode())
    except ValueError:
        pass
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError("refused_address", f"{url}: redirects to no web address") from error
