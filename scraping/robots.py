"""What a site's robots.txt allows, by RFC 9309."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from scraping.errors import FetchError

__all__ = ["ROBOTS_BYTES", "Robots", "rules_of"]

ROBOTS_BYTES = 512 * 1024
"""How much of a robots.txt is read; RFC 9309 asks for at least 500 KiB."""

Read = Callable[[str], bytes]
"""URL of a robots.txt → its first bytes; raises FetchError."""


class Robots:
    """The rules of every site asked so far, for the product token `agent`.

    4xx means that everything is allowed. 5xx, and whatever else keeps the file from being read,
    means that nothing is, for now: pictures are then `deferred`, as they may be allowed later.
    A Crawl-delay above `longest` seconds keeps us away for good: `robots`.
    """

    def __init__(self, read: Read, agent: str, longest: float = 60.0) -> None:
        self._read = read
        self._agent = agent
        self._longest = longest
        self._rules: dict[str, Protego | FetchError] = {}

    def check(self, url: str) -> float:
        """Return the site's crawl delay in seconds; raise `FetchError` where `url` is closed."""
        split = urlsplit(url)
        site = f"{split.scheme}://{split.netloc}"
        if site not in self._rules:
            self._rules[site] = self._ask(f"{site}/robots.txt")
        rules = self._rules[site]
        if isinstance(rules, FetchError):
            why = str(rules).removeprefix(f"{site}/robots.txt: ")
            raise FetchError(rules.reason, f"{url}: {why}")
        if not rules.can_fetch(url, self._agent):
            raise FetchError("robots", f"{url}: the site's robots.txt does not allow it")
        delay = float(rules.crawl_delay(self._agent) or 0.0)
        if delay > self._longest:
            raise FetchError(
                "robots", f"{url}: the site's robots.txt asks for {delay:,.0f} s between requests"
            )
        return delay

    def _ask(self, url: str) -> Protego | FetchError:
        try:
            return rules_of(self._read(url))
        except FetchError as error:
            if error.reason == "host_down":
                return error
            if _allows_all(error.reason):
                return rules_of(b"")
            return FetchError(
                "deferred", f"{url} cannot be read ({error.reason}), so the site is left alone now"
            )


def rules_of(body: bytes) -> Protego:
    """Parse the bytes of a robots.txt; whatever is no rule in them is passed over."""
    return Protego.parse(body[:ROBOTS_BYTES].decode("utf-8-sig", "replace"))


def _allows_all(reason: str) -> bool:
    absent = reason.startswith("http_4") and reason not in ("http_408", "http_429")
    return absent or reason in ("blocked", "redirect_loop")
