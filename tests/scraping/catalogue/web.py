"""A web of answers made by `responses`: every host is public, and time passes by sleeping only."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import requests
import responses

from scraping import Photo, Policy, Session, WebSource, scrape
from tests.scraping.catalogue.outcome import GOOD, Outcome, check_promise
from tests.scraping.catalogue.pictures import photo

__all__ = ["BAD", "NOW", "PUBLIC", "SITE", "Answer", "Asked", "Clock", "Web"]

SITE = "https://site.test/"
BAD = "https://bad.test/photo.jpg"
PUBLIC = "93.184.216.34"
NOW = datetime(2030, 1, 1, tzinfo=UTC)

Body = bytes | Exception | Any


class Answer(NamedTuple):
    """What a host says: a body (or what keeps it from saying anything), a status and headers."""

    body: Body = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    kind: str = "image/jpeg"


class Asked(NamedTuple):
    """One request: the time by the clock, the address, the headers that were sent."""

    at: float
    url: str
    headers: Mapping[str, str]
    settings: Mapping[str, Any]


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._lock = threading.Lock()
        self.slept = 0.0

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        with self._lock:
            self._now += max(0.0, seconds)
            self.slept += max(0.0, seconds)


class Web:
    """Addresses and their answers, in turn; the last stays. What is not there is a 404."""

    def __init__(self, mock: responses.RequestsMock, folder: Path) -> None:
        self.clock: Any = Clock()
        self.names: dict[str, Sequence[str]] = {}
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Answer]] = {}
        self._content = folder / "content"
        self._lock = threading.Lock()
        mock.add_callback("GET", re.compile("(?s).*"), self._answer, content_type=None)
        self.has(f"https://{GOOD}/good.jpg", Answer(photo(990)))

    def has(self, url: str, *answers: Answer) -> None:
        """Let `url` answer so, one after the other."""
        self._answers[url] = list(answers)

    def page(self, html: str, url: str = SITE, **headers: str) -> None:
        """Let `url` be a page."""
        self.has(url, Answer(html.encode(), 200, headers, "text/html; charset=utf-8"))

    def session(self, policy: Policy | None = None, **more: Any) -> Session:
        """A session whose names, clock and sleep are this web's."""
        settings: dict[str, Any] = {
            "resolve": lambda host, port: self.names.get(host, [PUBLIC]),
            "clock": self.clock,
            "sleep": self.clock.sleep,
            "now": lambda: NOW,
        }
        return Session(policy, **(settings | more))

    def scrape(
        self,
        known: Iterable[Photo] = (),
        *,
        policy: Policy | None = None,
        session: Mapping[str, Any] | None = None,
        **source: Any,
    ) -> Outcome:
        """Scrape the page at `SITE` and hold the outcome to the promise."""
        with self.session(policy, **(session or {})) as asking:
            rows = scrape(WebSource(SITE, **source), self._content, known, session=asking)
        outcome = Outcome(rows, self._content)
        check_promise(outcome)
        return outcome

    def visit(self, *photos: str, policy: Policy | None = None, **session: Any) -> Outcome:
        """Scrape a page that shows `photos` and, after them, the good host's."""
        shown = [*photos, f"https://{GOOD}/good.jpg"]
        self.page("".join(f'<img src="{url}">' for url in shown))
        return self.scrape(policy=policy, session=session)

    def times(self, url: str) -> list[float]:
        """When `url` was asked for."""
        return [asked.at for asked in self.asked if asked.url == url]

    def hosts(self) -> set[str]:
        """The hosts that were asked for anything."""
        return {asked.url.split("/")[2] for asked in self.asked}

    def _answer(self, request: requests.PreparedRequest) -> tuple[int, Mapping[str, str], Any]:
        url = str(request.url)
        settings = dict(request.req_kwargs)  # type: ignore[attr-defined]  # set by responses
        with self._lock:
            self.asked.append(Asked(self.clock(), url, dict(request.headers), settings))
            answers = self._answers.get(url, [Answer(b"", 404)])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        body = answer.body() if callable(answer.body) else answer.body
        return answer.status, {"Content-Type": answer.kind, **answer.headers}, body
