"""What a site's robots.txt allows, by RFC 9309."""

from __future__ import annotations

from protego import Protego

from scraping.errors import FetchError

__all__ = ["ROBOTS_BYTES", "Robots", "rules_of", "rules_without"]

ROBOTS_BYTES = 512 * 1024
"""How much of a robots.txt is read; RFC 9309 asks for at least 500 KiB."""


class Robots:
    """The rules of one site for the product token `agent`, or why there are none.

    A Crawl-delay above `longest` seconds keeps us away for good: `robots`.
    """

    def __init__(self, rules: Protego | FetchError, agent: str, longest: float = 60.0) -> None:
        self._rules = rules
        self._agent = agent
        self._longest = longest

    def check(self, url: str) -> float:
        """Return the site's crawl delay in seconds; raise `FetchError` where `url` is closed."""
        rules = self._rules
        if isinstance(rules, FetchError):
            raise FetchError(rules.reason, f"{url}: {rules}")
        if not rules.can_fetch(url, self._agent):
            raise FetchError("robots", f"{url}: the site's robots.txt does not allow it")
        delay = float(rules.crawl_delay(self._agent) or 0.0)
        if delay > self._longest:
            raise FetchError(
                "robots", f"{url}: the site's robots.txt asks for {delay:,.0f} s between requests"
            )
        return delay


def rules_without(url: str, error: FetchError) -> Protego | FetchError:
    """Return what holds where the robots.txt at `url` cannot be read because of `error`.

    4xx means that everything is allowed. 5xx, and whatever else keeps the file from being read,
    means that nothing is, for now: pictures are then `deferred`, as they may be allowed later.
    """
    if error.reason == "host_down":
        return FetchError(error.reason, str(error).removeprefix(f"{url}: "))
    if _allows_all(error.reason):
        return rules_of(b"")
    sentence = f"{url} cannot be read ({error.reason}), so the site is left alone now"
    return FetchError("deferred", sentence)


def rules_of(body: bytes) -> Protego:
    """Parse the bytes of a robots.txt; whatever is no rule in them is passed over."""
    return Protego.parse(body[:ROBOTS_BYTES].decode("utf-8-sig", "replace"))


def _allows_all(reason: str) -> bool:
    absent = reason.startswith("http_4") and reason not in ("http_408", "http_429")
    return absent or reason in ("blocked", "redirect_loop")
