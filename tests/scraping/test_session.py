"""Every rule about asking, on answers made by hand."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
import requests
import responses

from scraping import FetchError, Policy, Session, is_reason
from scraping.address import Scope, system_resolver
from scraping.politeness import retry_after_seconds

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


def test_a_plain_answer(session: Session, web: Web) -> None:
    """Body, final address, headers in lower case; no cookies, and nobody else's name."""
    web.get(f"{SITE}/a", body=b"hello", headers={"ETag": "1", "Set-Cookie": "a=b"})
    for _ in range(2):
        got = session.fetch(f"{SITE}/a", SCOPE)
    assert (got.body, got.url, got.attempts) == (b"hello", f"{SITE}/a", 1)
    assert got.headers["etag"] == "1"
    sent = web.calls[-1].request.headers
    assert sent["User-Agent"].startswith("Atelier/")
    assert "Mozilla" not in sent["User-Agent"]
    assert "Cookie" not in sent


def test_the_environment_is_ignored(
    session: Session, web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Row 22: neither proxies nor .netrc change what is sent, or where."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine site.test login me password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    web.get(f"{SITE}/a", body=b"x")
    session.fetch(f"{SITE}/a", SCOPE)
    assert "Authorization" not in web.calls[-1].request.headers
    assert not web.calls[-1].request.req_kwargs.get("proxies")


def test_requests_to_a_host_keep_their_distance(session: Session, web: Web, clock: Clock) -> None:
    """A second between any two requests to one host, robots.txt included, whatever the source
    says: less is for a private source's own host. None between hosts.
    """
    web.get(f"{SITE}/a", body=b"x")
    web.get("https://other.test/robots.txt", status=404)
    session.fetch(f"{SITE}/a", SCOPE)
    session.fetch(f"{SITE}/a", SCOPE)
    assert clock.slept == [1.0, 1.0]
    web.get("https://other.test/a", body=b"x")
    session.fetch("https://other.test/a", Scope(delay=0.1))
    assert clock.slept == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(("code", "attempts"), [(404, 1), (410, 1), (401, 1), (500, 3), (429, 3)])
def test_statuses(session: Session, web: Web, code: int, attempts: int) -> None:
    """Row 8: permanent ones are asked once, a picture in their body notwithstanding."""
    web.get(f"{SITE}/a", status=code, body=b"\xff\xd8\xff")
    error = failure(session, f"{SITE}/a")
    assert (error.reason, error.attempts) == (f"http_{code}", attempts)
    assert asked(web, "/a") == attempts


def test_retry_until_success(session: Session, web: Web, clock: Clock) -> None:
    """Row 11: 503, 503, 200 is a success with three attempts."""
    for status in (503, 503, 200):
        web.get(f"{SITE}/a", status=status, body=b"x")
    assert session.fetch(f"{SITE}/a", SCOPE).attempts == 3


def test_retry_after(session: Session, web: Web, clock: Clock) -> None:
    """Row 9: the host waits for as long as it asks, other hosts go on."""
    web.get(f"{SITE}/a", status=429, headers={"Retry-After": "30"})
    web.get(f"{SITE}/a", body=b"x")
    assert session.fetch(f"{SITE}/a", SCOPE).attempts == 2
    assert clock.slept == [1.0, 30.0]


def test_a_long_retry_after_is_deferred(session: Session, web: Web, clock: Clock) -> None:
    """Row 10: too long a wait is not waited for, now or for the next picture of that host."""
    web.get(f"{SITE}/a", status=503, headers={"Retry-After": "1e9"})
    assert failure(session, f"{SITE}/a").reason == "deferred"
    assert failure(session, f"{SITE}/b").reason == "deferred"
    assert asked(web, "/a") == 1
    assert asked(web, "/b") == 0
    assert sum(clock.slept) < 5


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3),
        (" 7 ", 7),
        ("Tue, 01 Jan 2030 00:02:00 GMT", 120),
        ("Mon, 01 Jan 2029 00:00:00 GMT", 0),
        ("-5", 0),
        ("1e9", 1e9),
        ("inf", 1e9),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_values(value: str | None, seconds: float | None) -> None:
    """Row 10: seconds, a date, and what says nothing."""
    assert retry_after_seconds(value, NOW) == seconds


def test_a_challenge_page_is_blocked(session: Session, web: Web) -> None:
    """Row 12: a 403 with a page is respected at once; a bare 403 is a status like others."""
    web.get(f"{SITE}/a", status=403, body="<html>Are you human?", content_type="text/html")
    web.get(f"{SITE}/b", status=403, body=b"", content_type="image/jpeg")
    error = failure(session, f"{SITE}/a")
    assert (error.reason, error.attempts) == ("blocked", 1)
    assert failure(session, f"{SITE}/b").reason == "http_403"


def test_a_host_that_keeps_programs_out_is_left_alone(session: Session, web: Web) -> None:
    """After five such pages in a row it is asked no more; an answer between them starts anew."""
    web.get(f"{SITE}/a", status=403, body="<html>Are you human?", content_type="text/html")
    web.get(f"{SITE}/good", body=b"x")
    reasons = [failure(session, f"{SITE}/a").reason for _ in range(4)]
    session.fetch(f"{SITE}/good", SCOPE)
    reasons += [failure(session, f"{SITE}/a").reason for _ in range(6)]
    assert reasons == ["blocked"] * 9 + ["host_down"]
    assert asked(web, "/a") == 9


def test_redirects_are_followed_and_counted(session: Session, web: Web) -> None:
    """Row 13: five hops at most; the final address is reported."""
    for hop in range(5):
        web.get(f"{SITE}/{hop}", status=302, headers={"Location": f"{hop + 1}"})
    web.get(f"{SITE}/5", body=b"x")
    assert session.fetch(f"{SITE}/0", SCOPE).url == f"{SITE}/5"
    web.get(f"{SITE}/-1", status=302, headers={"Location": "/0"})
    assert failure(session, f"{SITE}/-1").reason == "redirect_loop"
    web.get(f"{SITE}/loop", status=301, headers={"Location": f"{SITE}/loop"})
    error = failure(session, f"{SITE}/loop")
    assert (error.reason, error.attempts, asked(web, "/loop")) == ("redirect_loop", 1, 6)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("http://127.0.0.1/", "refused_address"),
        ("http://169.254.169.254/latest/meta-data/", "refused_address"),
        ("http://[::1]/", "refused_address"),
        ("//2130706433/", "refused_address"),
        ("http://①②⑦.⓪.⓪.①/", "refused_address"),
        ("http://inside.test/", "refused_address"),
        ("http://me@site.test/", "refused_address"),
        ("http://[bad", "refused_address"),
        ("http://site.test:22/", "refused_port"),
        ("file:///etc/passwd", "refused_scheme"),
        ("ftp://site.test/a.jpg", "refused_scheme"),
        ("data:image/png,x", "refused_scheme"),
    ],
)
def test_every_hop_is_checked(
    new_session: Callable[..., Session], web: Web, location: str, expected: str
) -> None:
    """Rows 14–16: a public address that leads inside is refused where it leads inside."""
    table = {"site.test": ["93.184.216.34"], "inside.test": ["10.0.0.1"]}
    session = new_session(resolve=lambda h, p: table.get(h) or system_resolver(h, p))
    web.get(f"{SITE}/a", status=302, headers={"Location": location.encode().decode("latin-1")})
    web.get(f"{SITE}/hop", status=302, headers={"Location": "/a"})
    for path in ("/a", "/hop"):
        error = failure(session, f"{SITE}{path}")
        assert (error.reason, error.attempts) == (expected, 1)


def test_caps(session: Session, web: Web) -> None:
    """Rows 3 and 5: an announced length is refused unread; decoded bytes are what counts."""
    web.get(
        f"{SITE}/a",
        body=b"x",
        headers={"Content-Length": "999999999"},
        auto_calculate_content_length=False,
    )
    assert failure(session, f"{SITE}/a").reason == "too_many_bytes"
    bomb = gzip.compress(b"\0" * 5_000_000)
    web.get(f"{SITE}/b", body=bomb, headers={"Content-Encoding": "gzip"})
    assert failure(session, f"{SITE}/b", cap=1_000_000).reason == "too_many_bytes"
    assert len(session.fetch(f"{SITE}/b", SCOPE, cap=5_000_000).body) == 5_000_000


def test_no_connection(session: Session, web: Web, clock: Clock) -> None:
    """A refused connection is tried three times; a host that fails five times is left alone."""
    web.get(f"{SITE}/a", body=requests.ConnectionError("refused"))
    error = failure(session, f"{SITE}/a")
    assert (error.reason, error.attempts) == ("host_down", 3)
    assert "check the address" in str(error)
    failure(session, f"{SITE}/a")
    assert asked(web, "/a") == 5
    assert "left alone" in str(failure(session, f"{SITE}/a"))
    assert asked(web, "/a") == 5


def test_a_time_out(session: Session, web: Web) -> None:
    """No answer in time is "timeout", also after the connection stood."""
    web.get(f"{SITE}/a", body=requests.ReadTimeout())
    assert failure(session, f"{SITE}/a").reason == "timeout"


def test_policy_is_configurable(new_session: Callable[..., Session], web: Web) -> None:
    """Contact, attempts and caps are data."""
    session = new_session(Policy(contact="https://me.test/bot", attempts=1, max_bytes=3))
    web.get(f"{SITE}/a", body=b"four")
    assert failure(session, f"{SITE}/a").reason == "too_many_bytes"
    assert web.calls[-1].request.headers["User-Agent"].endswith("(+https://me.test/bot)")
    web.get(f"{SITE}/b", status=500)
    assert failure(session, f"{SITE}/b").attempts == 1


@pytest.mark.parametrize(
    ("contact", "variable", "says"),
    [
        ("", "", "no contact given"),
        ("", "https://me.test/bot", "+https://me.test/bot"),
        ("me@mail.test", "https://me.test/bot", "+me@mail.test"),
        ("https://me.test/\r\nX-Evil: 1", "", "+https://me.test/X-Evil: 1"),
        (" é ", "", "no contact given"),
    ],
)
def test_who_asks(monkeypatch: pytest.MonkeyPatch, contact: str, variable: str, says: str) -> None:
    """An address of the user's own, from the policy or the environment, or none: never a made-up
    one, and never a second header.
    """
    monkeypatch.setenv("ATELIER_CONTACT", variable)
    agent = Policy(contact=contact).user_agent
    assert agent.startswith("Atelier/")
    assert agent.endswith(f" ({says})")


def test_a_cap_of_nothing(session: Session, web: Web) -> None:
    """A cap of 0 bytes is a cap; none means a picture's."""
    web.get(f"{SITE}/a", body=b"x")
    assert failure(session, f"{SITE}/a", cap=0).reason == "too_many_bytes"
    assert session.fetch(f"{SITE}/a", SCOPE, cap=None).body == b"x"
