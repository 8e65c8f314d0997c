"""Which pages of a site are read, and in which order. Pure: nothing is asked for here."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from scraping.urls import key_of, site_of

__all__ = ["Frontier", "Target"]


@dataclass(frozen=True)
class Target:
    """A page to be read: `depth` links away from the first."""

    url: str
    depth: int = 0


class Frontier:
    """The pages to come of one site: breadth first, each once, at most `max_pages` in all.

    Pages that follow one another (rel=next) have the depth of the first of them; links lead one
    level deeper, down to `depth`. Addresses that mean the same are one page, and what is on another
    site is no page of it.
    """

    def __init__(self, start: str, max_pages: int, depth: int = 0) -> None:
        self._sites = {site_of(start)}
        self._queue = deque([Target(start)])
        self._seen = {key_of(start)}
        self._left = max_pages
        self._depth = depth

    @property
    def waiting(self) -> int:
        """Pages that are known and not taken yet, as far as they would be taken."""
        return min(len(self._queue), self._left)

    def take(self) -> Target | None:
        """Return the next page to read; None where there is none, or enough are read."""
        if not self._queue or not self._left:
            return None
        self._left -= 1
        return self._queue.popleft()

    def settle(self, url: str) -> None:
        """Take `url`, where the first page was found at last, for an address of the site."""
        self._sites.add(site_of(url))
        self._seen.add(key_of(url))

    def arrive(self, url: str) -> bool:
        """Note that a redirect led to `url`; tell whether it was not read before nor waits."""
        key = key_of(url)
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new

    def owns(self, url: str) -> bool:
        """Tell whether `url` is of the site."""
        return site_of(url) in self._sites

    def follow(self, target: Target, following: str, links: Iterable[str] = ()) -> None:
        """Add the page that follows `target`, before all others, and those it links to."""
        if following and self._is_new(following):
            self._queue.appendleft(Target(following, target.depth))
        if target.depth < self._depth:
            self.add(links, target.depth + 1)

    def add(self, urls: Iterable[str], depth: int = 0) -> None:
        """Add pages at the end; those that can never be taken are not kept."""
        for url in urls:
            if len(self._queue) >= self._left:
                return
            if self._is_new(url):
                self._queue.append(Target(url, depth))

    def _is_new(self, url: str) -> bool:
        key = key_of(url)
        if key in self._seen or not self.owns(url):
            return False
        self._seen.add(key)
        return True
