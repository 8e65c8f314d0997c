"""Where photos come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import soupsieve

from scraping.address import Scope
from scraping.discover import discover
from scraping.errors import SourceError
from scraping.folder import found_files
from scraping.found import Discovery
from scraping.politeness import POLITE_DELAY
from scraping.session import Session

__all__ = ["FolderSource", "Source", "WebSource"]

_PORTS = {"http": 80, "https": 443}
_DEEPEST = 20


class Source(Protocol):
    """Anything that photos come from: a page, an open collection, a folder."""

    @property
    def name(self) -> str:
        """What the column `source` holds."""
        ...

    @property
    def limit(self) -> int | None:
        """Photos that are taken at most."""
        ...

    @property
    def scope(self) -> Scope | None:
        """Which addresses may be asked for it, and how often; None where no network is needed."""
        ...

    def discover(self, session: Session) -> Discovery:
        """Return the photos it has, without asking for a picture.

        Raises `SourceError` or `PageError` where nothing can be known about it.
        """
        ...


@dataclass(frozen=True)
class WebSource:
    """A web page, the pages that follow it by rel=next, and what else of its site is asked for.

    `limit` photos are taken at most, `max_pages` pages read, `delay` seconds kept between requests
    to one host. `allow_private` admits this source's own host and port when it is a loopback or
    private address, and a delay below one second.

    `depth` (0-20) links are followed from page to page within the site; `next_selector` is a CSS
    selector that finds the link to the next page in place of rel=next. `sitemap` reads the pages
    and pictures that the site's sitemaps name, `style_sheets` the linked sheets for backgrounds.
    Raises `SourceError` for values outside that.
    """

    url: str
    limit: int | None = 50
    max_pages: int = 5
    delay: float = POLITE_DELAY
    allow_private: bool = False
    depth: int = 0
    next_selector: str = ""
    sitemap: bool = False
    style_sheets: bool = False

    def __post_init__(self) -> None:
        if _split(self.url) is None:
            raise SourceError(
                f"{self.url!r} is no web address; give one that starts with http:// or https://"
            )
        if not 0 <= self.delay < float("inf"):
            raise SourceError(f"{self.url}: delay must be seconds from 0 up, not {self.delay}")
        if self.delay < POLITE_DELAY and not self.allow_private:
            raise SourceError(
                f"{self.url}: delay must be at least {POLITE_DELAY:g} second, not {self.delay:g}; "
                "only a source with allow_private = true may ask faster"
            )
        if self.max_pages < 1:
            raise SourceError(f"{self.url}: max_pages must be at least 1, not {self.max_pages}")
        if self.depth not in range(_DEEPEST + 1):
            raise SourceError(
                f"{self.url}: depth must be a whole number from 0 to {_DEEPEST}, not {self.depth}"
            )
        _check_selector(self.url, self.next_selector)
        _check_limit(self.url, self.limit)

    @property
    def name(self) -> str:
        """What the column `source` holds."""
        return self.url

    @property
    def scope(self) -> Scope:
        """The public web, and its own host as `allow_private` says."""
        return Scope(*self.origin, self.allow_private, self.delay)

    def discover(self, session: Session) -> Discovery:
        """Read its pages. Raises `PageError` where the first cannot be read."""
        return discover(self, session)

    @property
    def origin(self) -> tuple[str, int]:
        """The source's own host, in lower case, and port."""
        split = _split(self.url)
        if split is None or split.hostname is None:
            raise SourceError(f"{self.url!r} is no web address")
        return split.hostname.lower(), split.port or _PORTS[split.scheme]


@dataclass(frozen=True)
class FolderSource:
    """Every file in `folder`, recursively; `limit` photos are taken at most."""

    folder: Path
    limit: int | None = None

    def __post_init__(self) -> None:
        _check_limit(str(self.folder), self.limit)

    @property
    def name(self) -> str:
        """What the column `source` holds."""
        return Path(self.folder).as_posix()

    @property
    def scope(self) -> None:
        """Nothing is asked for."""
        return

    def discover(self, session: Session | None = None) -> Discovery:
        """List its files. Raises `SourceError` where there are none."""
        return Discovery(found_files(self), ())


def _split(url: str) -> SplitResult | None:
    try:
        split = urlsplit(url)
        usable = split.scheme in _PORTS and split.hostname and (split.port is None or split.port)
    except ValueError:
        return None
    return split if usable else None


def _check_selector(name: str, selector: str) -> None:
    if not selector:
        return
    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise SourceError(
            f"{name}: next_selector {selector!r} is no CSS selector ({why}); "
            "give one such as 'a.next' or 'nav li.next a'"
        ) from error


def _check_limit(name: str, limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise SourceError(f"{name}: limit must be at least 1, not {limit}")
