"""The pages of a web source → the photos found on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bs4.dammit import EncodingDetector

from scraping.errors import FetchError, PageError
from scraping.found import Discovery, Found, Page, PageFailure, merged
from scraping.parse import parse
from scraping.session import AGENT, Fetched, Session
from scraping.urls import key_of

if TYPE_CHECKING:
    from scraping.sources import WebSource

__all__ = ["discover"]


def discover(source: WebSource, session: Session) -> Discovery:
    """Read the pages of `source`: robots.txt and HTML only, no picture.

    Raises `PageError` where the first page cannot be read; later ones are reported as failures.
    """
    photos: list[Found] = []
    failures: list[PageFailure] = []
    for outcome in _pages(source, session):
        if isinstance(outcome, PageFailure):
            failures.append(outcome)
        else:
            photos += outcome.photos
    return Discovery(tuple(merged(photos)), tuple(failures))


def _pages(source: WebSource, session: Session) -> Iterator[Page | PageFailure]:
    scope, url = source.scope, source.url
    visited: set[str] = set()
    while url and key_of(url) not in visited and len(visited) < source.max_pages:
        visited.add(key_of(url))
        try:
            fetched = session.fetch(url, scope, cap=session.policy.page_bytes)
            page = _parsed(fetched)
        except FetchError as error:
            if len(visited) == 1:
                raise _unreadable(url, error) from error
            yield PageFailure(url, "page_failed", str(error), error.attempts)
            return
        if page.opted_out:
            sentence = f"{url}: the page asks that its pictures are not used"
            yield PageFailure(url, "opted_out", sentence, fetched.attempts)
        else:
            yield page
        visited.add(key_of(fetched.url))
        url = page.next


def _parsed(fetched: Fetched) -> Page:
    kind = fetched.media_type
    if kind.startswith("image/"):
        return Page((Found((fetched.url,), "link", page_url=fetched.url),))
    if kind not in ("", "text/html", "application/xhtml+xml", "text/plain"):
        raise FetchError("page_failed", f"{fetched.url}: is {kind}, neither a page nor a picture")
    return parse(_text(fetched), fetched.url, AGENT)


def _text(fetched: Fetched) -> str:
    """Decode by the header's charset, the document's own declaration, or UTF-8."""
    _, _, parameter = fetched.headers.get("content-type", "").lower().partition("charset=")
    declared = EncodingDetector.find_declared_encoding(fetched.body, is_html=True)
    for name in (parameter.partition(";")[0].strip(" \"'"), declared or "", "utf-8"):
        try:
            return fetched.body.decode(name, "replace" if name == "utf-8" else "strict")
        except (LookupError, UnicodeError, ValueError):
            continue
    return fetched.body.decode("utf-8", "replace")


def _unreadable(url: str, error: FetchError) -> PageError:
    return PageError(
        error.reason,
        f"The first page of {url} cannot be read ({error.reason}): "
        f"{str(error).removeprefix(f'{url}: ')}.",
    )
