"""The pages of a web source → the photos found on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraping.errors import FetchError, PageError
from scraping.found import Discovery, Found, Page, PageFailure, merged
from scraping.frontier import Frontier, Target
from scraping.page_reading import Sheets, read_page
from scraping.session import Fetched, Session
from scraping.sitemap import read_sitemaps
from scraping.urls import is_data, key_of

if TYPE_CHECKING:
    from scraping.sources import WebSource

__all__ = ["discover"]

_MOST_PHOTOS = 50_000
_MOST_INSIDE = 50_000_000
"""Characters of pictures inside pages that are held until they are decoded."""
_PATIENCE = 3
_REFUSED = frozenset({"robots", "opted_out"})
_HOST_IS_AWAY = frozenset({"host_down", "timeout", "deferred", "blocked", "http_429", "http_503"})


def discover(source: WebSource, session: Session) -> Discovery:
    """Read the pages of `source` one after the other: robots.txt, HTML, and, where it asks for
    them, sitemaps and style sheets; no picture.

    Raises `PageError` where the first page cannot be read; later ones are reported as failures, and
    the others are read all the same, unless the site does not answer three times in a row.
    """
    return _Crawl(source, session).run()


class _Crawl:
    """One pass over the pages of `source`."""

    def __init__(self, source: WebSource, session: Session) -> None:
        self._source = source
        self._session = session
        self._frontier = Frontier(source.url, source.max_pages, source.depth)
        self._sheets = Sheets(session, source.scope)
        self._photos: list[Found] = []
        self._failures: list[PageFailure] = []
        self._closed: set[str] = set()
        self._inside = 0
        self._dropped = 0
        self._silent = 0

    def run(self) -> Discovery:
        """Read page after page, then hand over what was found."""
        named: list[Found] = []
        is_first = True
        while (target := self._next()) is not None:
            self._visit(target, is_first)
            if is_first and self._source.sitemap:
                named = self._read_sitemaps()
            is_first = False
        for photo in named:
            if key_of(photo.page_url) not in self._closed:
                self._keep(photo)
        if self._dropped:
            said = f"{self._dropped:,} pictures more were found than are held at once"
            self._miss(self._source.url, "limit", said)
        return Discovery(tuple(merged(self._photos)), tuple(self._failures))

    def _next(self) -> Target | None:
        left = self._frontier.waiting
        target = self._frontier.take()
        if target is None:
            return None
        if self._silent == _PATIENCE:
            status, said = "deferred", f"the site did not answer {_PATIENCE} times in a row"
        elif self._is_full:
            status, said = "limit", "more pictures were found than are held at once"
        else:
            return target
        self._miss(
            target.url, status, f"{left:,} pages from this one on are left unread, as {said}"
        )
        return None

    @property
    def _is_full(self) -> bool:
        return len(self._photos) >= _MOST_PHOTOS or self._inside >= _MOST_INSIDE

    def _visit(self, target: Target, is_first: bool) -> None:
        source = self._source
        try:
            page, fetched = read_page(self._session, target.url, source.scope, source.next_selector)
        except FetchError as error:
            if is_first and error.reason != "opted_out":
                raise _unreadable(target.url, error) from error
            self._silent = self._silent + 1 if error.reason in _HOST_IS_AWAY else 0
            status = error.reason if error.reason in _REFUSED else "page_failed"
            self._failures.append(PageFailure(target.url, status, str(error), error.attempts))
            return
        self._silent = 0
        if is_first:
            self._frontier.settle(fetched.url)
        if is_first or self._arrives(target, fetched):
            self._use(target, page, fetched)

    def _arrives(self, target: Target, fetched: Fetched) -> bool:
        """Whether the page that `target` led to is to be used."""
        if key_of(fetched.url) == key_of(target.url) or fetched.media_type.startswith("image/"):
            return True
        if not self._frontier.owns(fetched.url):
            self._miss(target.url, "page_failed", f"redirects to another site, {fetched.url}")
            return False
        return self._frontier.arrive(fetched.url)

    def _use(self, target: Target, page: Page, fetched: Fetched) -> None:
        if page.opted_out:
            sentence = "the page asks that its pictures are not used"
            self._miss(target.url, "opted_out", sentence, fetched.attempts)
            self._closed |= {key_of(target.url), key_of(fetched.url)}
        else:
            for photo in page.photos:
                self._keep(photo)
            if self._source.style_sheets:
                self._read_sheets(page, fetched.url)
        if page.cut:
            self._miss(target.url, "too_many_bytes", page.cut, fetched.attempts)
        if page.next and not self._frontier.owns(page.next):
            said = f"its next page is on another site; give {page.next[:500]} as a source too"
            self._miss(target.url, "page_failed", said, fetched.attempts)
        self._frontier.follow(target, page.next, page.links)

    def _read_sheets(self, page: Page, url: str) -> None:
        for outcome in self._sheets.read(page.sheets, url):
            if isinstance(outcome, PageFailure):
                self._failures.append(outcome)
            else:
                self._keep(outcome)

    def _read_sitemaps(self) -> list[Found]:
        source = self._source
        sitemap = read_sitemaps(self._session, source.scope, source.url, source.max_pages)
        self._failures += sitemap.failures
        self._frontier.add(sitemap.pages)
        return sitemap.photos

    def _keep(self, photo: Found) -> None:
        if self._is_full:
            self._dropped += 1
            return
        self._photos.append(photo)
        self._inside += sum(len(url) for url in photo.candidates if is_data(url))

    def _miss(self, url: str, status: str, sentence: str, attempts: int = 0) -> None:
        self._failures.append(PageFailure(url, status, f"{url}: {sentence}", attempts))


def _unreadable(url: str, error: FetchError) -> PageError:
    return PageError(
        error.reason,
        f"The first page of {url} cannot be read ({error.reason}): "
        f"{str(error).removeprefix(f'{url}: ')}.",
    )
