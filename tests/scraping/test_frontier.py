"""Which pages are read, in which order; pure."""

from __future__ import annotations

from scraping.frontier import Frontier, Target

SITE = "https://site.test"


def order(frontier: Frontier, web: dict[str, tuple[str, list[str]]]) -> list[str]:
    """The paths taken when every page is what `web` says: its next page and its links."""
    taken: list[str] = []
    while (target := frontier.take()) is not None:
        path = target.url.removeprefix(SITE)
        taken.append(path)
        following, links = web.get(path, ("", []))
        frontier.follow(target, following and SITE + following, [SITE + link for link in links])
    return taken


def test_breadth_first_with_the_next_pages_first() -> None:
    """A gallery's pages come one after the other, then what they link to, level by level."""
    web = {
        "/": ("/2", ["/a", "/b"]),
        "/2": ("", ["/c"]),
        "/a": ("/a2", ["/deep"]),
        "/a2": ("", []),
    }
    assert order(Frontier(f"{SITE}/", 50, 2), web) == ["/", "/2", "/a", "/a2", "/b", "/c", "/deep"]
    assert order(Frontier(f"{SITE}/", 50, 1), web) == ["/", "/2", "/a", "/a2", "/b", "/c"]
    assert order(Frontier(f"{SITE}/", 50, 0), web) == ["/", "/2"]
    assert order(Frontier(f"{SITE}/", 3, 2), web) == ["/", "/2", "/a"]


def test_each_page_once() -> None:
    """Row 56, 57: loops end, and other spellings of an address are the same page."""
    web = {
        "/": ("/?utm_source=x", ["/a?x=1&y=2", "/a?y=2&x=1", "/./a?x=1&y=2#top", "/"]),
        "/a?x=1&y=2": ("/", ["/"]),
    }
    assert order(Frontier(f"{SITE}/", 50, 9), web) == ["/", "/a?x=1&y=2"]


def test_a_calendar_ends_by_the_limit() -> None:
    """However many days link to a next day, and however deep."""
    frontier = Frontier(f"{SITE}/0", 30, 20)
    taken = 0
    while (target := frontier.take()) is not None:
        day = int(target.url.rpartition("/")[2])
        links = [f"{SITE}/{day * 1_000 + more}" for more in range(1_000)]
        frontier.follow(target, f"{SITE}/{day + 1}", links)
        taken += 1
        assert frontier.waiting <= 30
    assert taken == 30


def test_only_the_site() -> None:
    """Other hosts and ports are no pages of it; www and where its first page was found are."""
    frontier = Frontier("http://site.test/", 50, 1)
    frontier.settle("https://moved.test/home")
    target = frontier.take()
    assert target == Target("http://site.test/")
    frontier.follow(
        target,
        "https://other.test/2",
        [
            "https://www.site.test/w",
            "https://moved.test/home",
            "https://moved.test/m",
            "https://site.test:8443/p",
            "https://site.test.evil.test/",
        ],
    )
    taken = [target.url for _ in range(9) if (target := frontier.take())]
    assert taken == ["https://www.site.test/w", "https://moved.test/m"]


def test_redirects() -> None:
    """A page that was read already under another address is not new."""
    frontier = Frontier(f"{SITE}/", 9)
    assert frontier.arrive(f"{SITE}/a")
    assert not frontier.arrive(f"{SITE}/a#x")
    assert frontier.owns(f"{SITE}/z")
    assert not frontier.owns("https://other.test/")
