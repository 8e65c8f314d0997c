"""What sites ask of robots, in robots.txt and in headers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
import requests
import responses

from scraping import FetchError, Session, is_reason
from scraping.address import Scope
from scraping.optout import opted_out
from scraping.robots import rules_of

SITE = "https://site.test"
SCOPE = Scope()
NOW = datetime(2030, 1, 1, tzinfo=UTC)
Web = responses.RequestsMock


class Clock(Protocol):
    now: float
    slept: list[float]


def failure(session: Session, url: str, **options: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        session.fetch(url, SCOPE, **options)
    assert is_reason(caught.value.reason)
    assert "\n" not in str(caught.value)
    return caught.value


def asked(web: Web, path: str = "") -> int:
    return sum(call.request.url == f"{SITE}{path}" for call in web.calls)


def robots(web: Web, **answer: Any) -> None:
    web.replace("GET", f"{SITE}/robots.txt", **answer)


def test_robots_rules(session: Session, web: Web) -> None:
    """Row 24: groups by name, wildcards and fractional delays; no request for what is closed."""
    robots(
        web,
        body="User-agent: *\nDisallow: /private/\nDisallow: /*.gif$\nAllow: /private/open\n"
        "Crawl-delay: 2.5\n",
    )
    web.get(f"{SITE}/private/open", body=b"x")
    assert failure(session, f"{SITE}/private/a").reason == "robots"
    assert failure(session, f"{SITE}/x/b.gif").reason == "robots"
    assert session.fetch(f"{SITE}/private/open", SCOPE).body == b"x"
    assert [call.request.url for call in web.calls] == [
        f"{SITE}/robots.txt",
        f"{SITE}/private/open",
    ]


def test_crawl_delay(session: Session, web: Web, clock: Clock) -> None:
    """Rows 24 and 25: a longer delay is kept, an absurd one keeps us away."""
    robots(web, body="User-agent: atelier\nCrawl-delay: 2.5\n\nUser-agent: *\nDisallow: /\n")
    web.get(f"{SITE}/a", body=b"x")
    for _ in range(2):
        session.fetch(f"{SITE}/a", SCOPE)
    assert clock.slept == [1.0, 2.5]


def test_an_absurd_crawl_delay(session: Session, web: Web) -> None:
    """Row 25: the host is skipped, and the reason says why."""
    robots(web, body="User-agent: *\nCrawl-delay: 86400\n")
    error = failure(session, f"{SITE}/a")
    assert error.reason == "robots"
    assert "86,400" in str(error)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 404}, ""),
        ({"status": 403}, ""),
        ({"status": 403, "body": "<html>", "content_type": "text/html"}, ""),
        ({"body": "<html><body>Disallow everything? no</body></html>"}, ""),
        ({"body": b"\xef\xbb\xbf" + "User-agent: *\nDisallow: /ä\n".encode()}, ""),
        ({"body": b"\xff\xfe\x00junk"}, ""),
        ({"status": 500}, "deferred"),
        ({"status": 503}, "deferred"),
        ({"status": 429}, "deferred"),
        ({"status": 301, "headers": {"Location": "http://10.0.0.1/robots.txt"}}, "deferred"),
        ({"body": requests.ConnectionError("refused")}, "host_down"),
    ],
)
def test_robots_answers(
    session: Session, web: Web, names: dict[str, Sequence[str]], answer: Any, expected: str
) -> None:
    """Row 23: 4xx and nonsense allow, 5xx and silence do not, for now."""
    names["10.0.0.1"] = ["10.0.0.1"]
    robots(web, **answer)
    web.get(f"{SITE}/a", body=b"x")
    if expected:
        assert failure(session, f"{SITE}/a").reason == expected
        assert asked(web, "/a") == 0
    else:
        assert session.fetch(f"{SITE}/a", SCOPE).body == b"x"


def test_a_huge_robots_file_is_read_to_the_limit(session: Session, web: Web) -> None:
    """Row 23: 2 MB are parsed to half a megabyte: rules before it hold, rules after it do not."""
    rules = "User-agent: *\nDisallow: /first/\n" + "# padding\n" * 200_000 + "Disallow: /last/\n"
    robots(web, body=rules)
    web.get(f"{SITE}/last/a", body=b"x")
    assert failure(session, f"{SITE}/first/a").reason == "robots"
    assert session.fetch(f"{SITE}/last/a", SCOPE).body == b"x"


def test_a_redirect_into_a_closed_folder(session: Session, web: Web) -> None:
    """robots.txt is asked about every hop."""
    robots(web, body="User-agent: *\nDisallow: /private/\n")
    web.get(f"{SITE}/a", status=302, headers={"Location": "/private/a"})
    assert failure(session, f"{SITE}/a").reason == "robots"


@pytest.mark.parametrize("dots", ["..", "%2e%2e", "%2E.", "./.."])
def test_a_closed_folder_by_a_detour(session: Session, web: Web, dots: str) -> None:
    """robots.txt is asked about the path that the server would see, however it is written."""
    robots(web, body="User-agent: *\nDisallow: /private/\n")
    assert failure(session, f"{SITE}/open/{dots}/private/a").reason == "robots"


def test_rules_of_anything() -> None:
    """Bytes that are no rules are no rules."""
    assert rules_of(b"\0\xff" * 1000).can_fetch(f"{SITE}/a", "Atelier")


def test_x_robots_tag(session: Session, web: Web) -> None:
    """Row 26: a picture that asks not to be used is not."""
    web.get(f"{SITE}/a", body=b"x", headers={"X-Robots-Tag": "noindex, noimageai"})
    error = failure(session, f"{SITE}/a")
    assert (error.reason, error.attempts) == ("opted_out", 1)


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        (["noai"], True),
        (["NoImageAI"], True),
        (["noindex, nofollow"], False),
        (["otherbot: noai, noimageai"], False),
        (["otherbot: noai, atelier: noai"], True),
        (["otherbot: noai", "noimageai"], True),
        (["atelier: noindex"], False),
        (["unavailable_after: Mon, 01 Jan 2029 00:00:00 GMT"], True),
        (["unavailable_after: Wed, 01 Jan 2031 00:00:00 GMT"], False),
        (["unavailable_after: Wednesday, 01-Jan-2031 00:00:00 GMT, noai"], True),
        (["unavailable_after: Wednesday, 01-Jan-2031 00:00:00 GMT, noarchive"], False),
        (["unavailable_after: whenever"], False),
        (["max-image-preview: large, noai"], True),
        ([""], False),
        ([], False),
    ],
)
def test_opting_out(values: list[str], refused: bool) -> None:
    """Row 27: directives are read per bot, values with a colon are no bots."""
    assert opted_out(values, "Atelier", NOW) is refused
