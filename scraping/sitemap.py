"""The sitemaps of a site: found by robots.txt or at /sitemap.xml, read one after the other."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urljoin

from scraping.address import Scope
from scraping.errors import FetchError
from scraping.found import Found, PageFailure
from scraping.links import is_page_path
from scraping.robots import ROBOTS_BYTES, rules_of
from scraping.session import Session
from scraping.sitemap_xml import SitemapFile, read_sitemap
from scraping.urls import absolute, key_of, site_of

__all__ = ["Sitemap", "read_sitemaps"]

_MOST_FILES = 20
_MOST_BYTES = 10_000_000
"""As sent: a sitemap of 50,000 addresses has 5 MB."""
_MOST_PHOTOS = 20_000


@dataclass
class Sitemap:
    """What all sitemaps of a site name together, and what of them could not be read."""

    pages: list[str] = field(default_factory=list)
    photos: list[Found] = field(default_factory=list)
    failures: list[PageFailure] = field(default_factory=list)


def read_sitemaps(session: Session, scope: Scope, url: str, most_pages: int) -> Sitemap:
    """Read the sitemaps of the site of `url`: up to 20 files, 20,000 pictures, `most_pages` pages.

    They are those on its own host that robots.txt names, else /sitemap.xml, and those that indexes
    among them name. What cannot be read is a failure; the others are read all the same.
    """
    found = Sitemap()
    queue = deque(_named(session, scope, url) or [urljoin(url, "/sitemap.xml")])
    seen: set[str] = set()
    while queue:
        address = queue.popleft()
        if key_of(address) in seen:
            continue
        if len(seen) == _MOST_FILES:
            found.failures.append(_too_many(address, len(queue) + 1))
            break
        seen.add(key_of(address))
        listed = _read(session, scope, address, found)
        queue.extend(item for item in listed.sitemaps if site_of(item) == site_of(url))
        _take(found, listed, url, most_pages)
    return found


def _named(session: Session, scope: Scope, url: str) -> list[str]:
    """The sitemaps that robots.txt names; none where it cannot be read."""
    address = urljoin(url, "/robots.txt")
    try:
        body = session.fetch(address, scope, cap=ROBOTS_BYTES).body
    except FetchError:
        return []
    named = (absolute(address, line) for line in rules_of(body).sitemaps)
    return list(dict.fromkeys(item for item in named if site_of(item) == site_of(url)))


def _read(session: Session, scope: Scope, address: str, found: Sitemap) -> SitemapFile:
    try:
        fetched = session.fetch(address, scope, cap=_MOST_BYTES)
    except FetchError as error:
        found.failures.append(PageFailure(address, "page_failed", str(error), error.attempts))
        return SitemapFile()
    listed = read_sitemap(fetched.body, fetched.url)
    if listed.fault:
        sentence = f"{address}: the sitemap was not read to its end, as {listed.fault}"
        found.failures.append(PageFailure(address, "page_failed", sentence, fetched.attempts))
    return listed


def _take(found: Sitemap, listed: SitemapFile, url: str, most_pages: int) -> None:
    own = (page for page in listed.pages if site_of(page) == site_of(url) and is_page_path(page))
    found.pages += list(own)[: most_pages - len(found.pages)]
    photos = (photo for photo in listed.photos if site_of(photo.page_url) == site_of(url))
    found.photos += list(photos)[: _MOST_PHOTOS - len(found.photos)]


def _too_many(address: str, left: int) -> PageFailure:
    sentence = f"{address}: the site has more than {_MOST_FILES} sitemaps, {left:,} are left unread"
    return PageFailure(address, "limit", sentence, 0)
