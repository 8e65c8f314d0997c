"""Rows 9–13: hosts that ask to wait, fail for a while, keep us out, or send us in circles."""

from __future__ import annotations

import time

import pytest

from scraping import Policy
from tests.scraping.catalogue.outcome import GOOD
from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.web import BAD, SITE, Answer, Web

OK = Answer(photo(1))


class WallClock:
    """The clock on the wall."""

    sleep = staticmethod(time.sleep)

    def __call__(self) -> float:
        return time.monotonic()


@catalogued(Row(9, "R", "429 with Retry-After: 3", "taken", 3, "that host waits, others go on"))
def test_a_host_that_asks_to_wait(row: Row, net: Web) -> None:
    """It is left alone for as long as it asks; meanwhile the photo of another host is fetched.

    In real time, as only threads that truly wait can show that they do not wait for each other.
    """
    net.clock = WallClock()
    net.names["site.test"] = ["127.0.0.1"]
    busy, other = f"{SITE}photo.jpg", f"https://{GOOD}/good.jpg"
    net.page(f'<img src="{busy}"><img src="{other}">')
    net.has(busy, Answer(b"", 429, {"Retry-After": str(row.setup)}), OK)
    outcome = net.scrape(allow_private=True, delay=0)
    assert outcome.words == row.words
    assert outcome.row.attempts == 2
    first, second = net.times(busy)
    assert second - first >= row.setup
    assert net.times(other)[0] < second


@catalogued(
    Row(10, "R", "Retry-After: a date in 30 s", "taken", "Tue, 01 Jan 2030 00:00:30 GMT"),
    Row(10, "R", "Retry-After: 1e9", "deferred", "1e9", "nothing is waited for"),
    Row(10, "R", "Retry-After: a date in 10 years", "deferred", "Sun, 01 Jan 2040 00:00:00 GMT"),
    Row(10, "R", "Retry-After: soon", "taken", "soon", "the usual pause"),
    Row(10, "R", "Retry-After: -5", "taken", "-5"),
)
def test_what_retry_after_may_hold(row: Row, net: Web) -> None:
    """A date is read, garbage is passed over, and what is too long is left to the next run."""
    net.has(BAD, Answer(b"", 503, {"Retry-After": row.setup}), OK)
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    if row.words == ["taken"]:
        first, second = net.times(BAD)
        assert second - first >= (30 if "date" in row.given else 1)
    else:
        assert len(net.times(BAD)) == 1
        assert net.clock.slept < 10
        assert net.scrape(outcome.every).words == ["taken"]


@catalogued(
    Row(11, "R", "503, 503, 200", "taken", (503, 503), "three attempts"),
    Row(11, "R", "503, 503, 503", "http_503", (503, 503, 503), "three attempts; the next run asks"),
    Row(11, "R", "a broken connection, 500, 200", "taken", (ConnectionError(), 500)),
)
def test_failures_that_may_pass(row: Row, net: Web) -> None:
    """Three attempts in all, then the next run's turn."""
    failures = [
        Answer(b"", failure) if isinstance(failure, int) else Answer(failure)
        for failure in row.setup
    ]
    net.has(BAD, *failures, OK)
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    assert outcome.row.attempts == len(net.times(BAD)) == 3
    assert net.scrape(outcome.every).row.present


PAGE = b"<html><title>Just a moment...</title>Are you human?"


@catalogued(
    Row(12, "R", "403 with a challenge page", "blocked", Answer(PAGE, 403, {}, "text/html")),
    Row(
        12,
        "R",
        "403 with a cf-mitigated header",
        "blocked",
        Answer(b"", 403, {"cf-mitigated": "challenge"}),
    ),
    Row(12, "R", "403 with nothing", "http_403", Answer(b"", 403)),
)
def test_a_page_that_keeps_programs_out(row: Row, net: Web) -> None:
    """Respected at once: neither retried now nor asked again by the next run."""
    net.has(BAD, row.setup, OK)
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    assert outcome.row.attempts == len(net.times(BAD)) == 1
    assert net.scrape(outcome.every).words == row.words


@catalogued(
    Row(13, "R", "a redirect to itself", "redirect_loop", 0, "5 hops at most"),
    Row(13, "R", "a redirect loop over two hosts", "redirect_loop", 1, "5 hops at most"),
    Row(13, "R", "six redirects in a row", "redirect_loop", 6, "5 hops at most"),
    Row(13, "R", "five redirects in a row", "taken", 5),
)
def test_redirects(row: Row, net: Web) -> None:
    """Six requests for one photo and no more, and no second attempt."""
    way = [BAD, "https://two.test/photo.jpg"] if row.setup == 1 else [BAD]
    way += [f"https://bad.test/{hop}.jpg" for hop in range(1, row.setup + 1) if row.setup > 1]
    round_trip = [*way[1:], way[0]]
    for url, location in zip(way, round_trip, strict=True):
        net.has(url, Answer(b"", 302, {"Location": location}))
    if row.setup > 1:
        net.has(way[-1], OK)
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    assert sum(len(net.times(url)) for url in way) <= 6


@catalogued(
    Row(10, "R", "Retry-After: 1e9, on the first page", "deferred", "1e9", "said in one sentence"),
)
def test_a_first_page_that_cannot_be_had(row: Row, net: Web) -> None:
    """Without a first page nothing is known of the source: its error carries the word."""
    from scraping import PageError

    net.has(SITE, Answer(b"", 503, {"Retry-After": row.setup}))
    with pytest.raises(PageError) as caught:
        net.scrape(policy=Policy())
    assert caught.value.reason == row.expected
    assert SITE in str(caught.value)
