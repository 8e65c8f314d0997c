"""Counts by outcome and by host."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.scraped import by_host, host_of, is_news, is_trouble, others_of
from scraping import Photo


def rows(host: str, **counts: int) -> list[Photo]:
    return [
        Photo(source="s", image_url=f"https://{host}/{word}{number}.jpg", status=word)
        for word, count in counts.items()
        for number in range(count)
    ]


def test_rows_are_counted_by_host_and_reason_word() -> None:
    photos = rows("b.example", taken=2, robots=1) + rows("a.example", taken=1)
    counts = {host.host: (host.found, host.outcomes) for host in by_host(photos)}
    assert counts == {
        "b.example": (3, {"taken": 2, "robots": 1}),
        "a.example": (1, {"taken": 1}),
    }


def test_hosts_with_trouble_come_first() -> None:
    """Failed sources, then by photos that failed, then by photos found, then by name."""
    photos = [
        *rows("few.example", taken=1),
        *rows("many.example", taken=9, robots=3),
        *rows("late.example", taken=1, timeout=1),
        *rows("worse.example", taken=1, http_503=2),
        *rows("also.example", taken=1),
    ]
    hosts = by_host(photos, {"https://down.example/page": "It is down."})
    assert [host.host for host in hosts] == [
        "down.example",
        "worse.example",
        "late.example",
        "many.example",
        "also.example",
        "few.example",
    ]
    assert [host.trouble for host in hosts] == [0, 2, 1, 0, 0, 0]
    assert hosts[0].failures == ("It is down.",)


def test_two_sources_of_one_host_are_one_line() -> None:
    """What failed and what was taken there stand together."""
    failures = {"http://a.example/1": "Gone.", "http://a.example/2": "Late.", "nasa:moon": "No."}
    hosts = by_host(rows("a.example", taken=1), failures)
    assert [(host.host, host.failures) for host in hosts] == [
        ("a.example", ("Gone.", "Late.")),
        ("nasa:moon", ("No.",)),
    ]


@pytest.mark.parametrize(
    ("photo", "host"),
    [
        (Photo(image_url="https://A.example:443/x.jpg"), "a.example"),
        (Photo(image_url="http://a.example:8080/x.jpg"), "a.example:8080"),
        (Photo(image_url="HTTP://a.example:80/x.jpg"), "a.example"),
        (Photo(image_url="http://me:secret@a.example/x.jpg"), "a.example"),
        (Photo(image_url="data:sha256-ab", page_url="http://a.example/p"), "a.example"),
        (Photo(image_url="http://[broken/", source="http://s.example/"), "http://s.example/"),
        (Photo(kind="file", image_url="file:///p/a.jpg", source="/p"), "/p"),
        (Photo(source="openverse:harbour"), "openverse:harbour"),
    ],
)
def test_the_host_of_a_photo(photo: Photo, host: str) -> None:
    """Its picture's, or its page's for one that lies inside; without user name or usual port."""
    assert host_of(photo) == host


def test_the_words_for_what_has_no_column() -> None:
    """Most first, then by name; one is not counted."""
    outcomes = {"taken": 5, "unchanged": 2, "robots": 1, "limit": 3, "duplicate": 1}
    assert others_of(outcomes) == "3×limit, duplicate, robots"
    assert others_of({"taken": 5}) == ""


def test_trouble_is_what_may_work_another_time() -> None:
    assert is_trouble("timeout")
    assert is_trouble("http_503")
    assert not any(map(is_trouble, ("taken", "http_404", "robots", "limit", "licence")))


def test_what_an_earlier_run_knew_is_no_news() -> None:
    refused = Photo(status="robots")
    assert is_news(refused, None)
    assert not is_news(refused, replace(refused, found_at="earlier"))
    assert not is_news(replace(refused, status="unchanged"), None)
    assert is_news(replace(refused, status="taken", sha256="b"), replace(refused, sha256="a"))
    assert is_news(replace(refused, status="timeout"), replace(refused, status="timeout"))
