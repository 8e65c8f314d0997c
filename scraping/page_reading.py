"""One page, or one style sheet, asked for and parsed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from scraping.address import Scope
from scraping.backgrounds import sheet_photos
from scraping.css import imported_urls
from scraping.encoding import decoded
from scraping.errors import FetchError
from scraping.found import Found, Page, PageFailure
from scraping.optout import keeps_links
from scraping.parse import parse
from scraping.session import AGENT, Fetched, Session
from scraping.urls import absolute, is_web, key_of

__all__ = ["Sheets", "read_page"]

_PAGES = ("", "text/html", "application/xhtml+xml", "text/plain")
_SHEETS = ("", "text/css", "text/plain")
_MOST_SHEETS = 20
_SHEET_BYTES = 1_000_000


def read_page(
    session: Session, url: str, scope: Scope, next_selector: str = ""
) -> tuple[Page, Fetched]:
    """Ask for the page at `url` and parse it; a picture is a page that shows itself.

    An X-Robots-Tag of "nofollow" is heeded like a meta element's. Raises `FetchError`, also for
    what is neither page nor picture.
    """
    fetched = session.fetch(url, scope, cap=session.policy.page_bytes)
    kind = fetched.media_type
    if kind.startswith("image/"):
        return Page((Found((fetched.url,), "link", page_url=fetched.url),)), fetched
    if kind not in _PAGES:
        raise _unfit(fetched, f"is {kind}, neither a page nor a picture")
    text = decoded(fetched.body, fetched.headers.get("content-type", ""))
    page = parse(text, fetched.url, AGENT, next_selector=next_selector)
    if keeps_links([fetched.headers.get("x-robots-tag", "")], AGENT):
        page = replace(page, next="", links=())
    return page, fetched


@dataclass
class Sheets:
    """Reads the style sheets of a source: each once, at most 20 of 1 MB, imported ones too."""

    session: Session
    scope: Scope
    seen: set[str] = field(default_factory=set)

    def read(self, urls: Iterable[str], page: str) -> list[Found | PageFailure]:
        """Return the photos of the sheets at `urls` as shown by `page`, and what failed."""
        outcomes: list[Found | PageFailure] = []
        queue = deque(urls)
        while queue and len(self.seen) < _MOST_SHEETS:
            url = queue.popleft()
            if key_of(url) in self.seen:
                continue
            self.seen.add(key_of(url))
            try:
                photos, imported = self._read(url)
            except FetchError as error:
                outcomes.append(PageFailure(url, "page_failed", str(error), error.attempts))
                continue
            outcomes += (replace(photo, page_url=page) for photo in photos)
            queue.extend(imported)
        return outcomes

    def _read(self, url: str) -> tuple[list[Found], list[str]]:
        fetched = self.session.fetch(url, self.scope, cap=_SHEET_BYTES)
        if fetched.media_type not in _SHEETS:
            raise _unfit(fetched, f"is {fetched.media_type} and no style sheet")
        text = decoded(fetched.body, fetched.headers.get("content-type", ""))
        imported = (absolute(fetched.url, reference) for reference in imported_urls(text))
        return sheet_photos(text, fetched.url), [item for item in imported if is_web(item)]


def _unfit(fetched: Fetched, what: str) -> FetchError:
    error = FetchError("page_failed", f"{fetched.url}: {what}")
    error.attempts = fetched.attempts
    return error
