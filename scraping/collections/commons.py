"""Wikimedia Commons: photos under free licences, by MediaWiki's API.

https://commons.wikimedia.org/w/api.php: calls one after the other, a user agent with a contact.
Names of makers are HTML; an answer goes on where its `continue` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scraping.collections.desk import Desk
from scraping.collections.record import (
    Json,
    address,
    credit_line,
    objects,
    plain,
    reach,
    text,
)
from scraping.collections.source import OpenCollection, Skipped
from scraping.credits import licence_name
from scraping.errors import FetchError
from scraping.found import Credit, Found

__all__ = ["Commons"]

_API = "https://commons.wikimedia.org/w/api.php"
_PAGE = 50
_WIDTH = 1280
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/tiff"})


class Commons(OpenCollection):
    """Photos of commons.wikimedia.org."""

    slug = "commons"
    holder = "Wikimedia Commons"
    api = (_API,)

    def records(self, desk: Desk) -> Iterator[Found | Skipped]:
        """Yield the files that the search finds, following `continue`."""
        fixed: dict[str, str | int] = {
            "action": "query",
            "format": "json",
            "generator": "search",
            "gsrsearch": f"filetype:bitmap {self.words}",
            "gsrnamespace": 6,
            "gsrlimit": _PAGE,
            "prop": "imageinfo",
            "iiprop": "url|size|mime|sha1|extmetadata",
            "iiurlwidth": _WIDTH,
        }
        onward: dict[str, str | int] = {}
        asked: set[str] = set()
        while str(onward) not in asked:
            asked.add(str(onward))
            answer = desk.ask(_API, fixed | onward)
            _check(answer)
            yield from map(_found, _pages(answer))
            onward = _onward(answer)
            if not onward:
                return


def _onward(answer: Json) -> dict[str, str | int]:
    said = reach(answer, "continue")
    pairs = said.items() if isinstance(said, dict) else ()
    return {key: value for key, value in pairs if isinstance(value, str | int)}


def _check(answer: Json) -> None:
    """MediaWiki answers 200 to what it refuses."""
    if "error" in answer:
        said = text(reach(answer, "error", "info")) or text(reach(answer, "error", "code"))
        raise FetchError("page_failed", f"{_API}: {said or 'refuses without a reason'}")
    if not {"query", "batchcomplete", "continue"} & set(answer):
        raise FetchError("page_failed", f"{_API}: the answer has no 'query'")


def _pages(answer: Json) -> list[Json]:
    """The files in the order of the search; as an object by id they come in any order."""
    found = reach(answer, "query", "pages")
    pages = objects(list(found.values()) if isinstance(found, dict) else found)
    return sorted(pages, key=lambda page: _index(page.get("index")))


def _index(value: object) -> int:
    return value if isinstance(value, int) else 1_000_000


def _found(page: Json) -> Found | Skipped:
    info = next(iter(objects(page.get("imageinfo"))), None)
    key = text(page.get("pageid"))
    if info is None or not key:
        return Skipped("without a file")
    if text(info.get("mime")) not in _PICTURES:
        return Skipped("no photo")
    candidates = [address(info.get("thumburl")), address(info.get("url"))]
    urls = tuple(dict.fromkeys(url for url in candidates if url))
    if not urls:
        return Skipped("without a file")
    said = info.get("extmetadata")
    if plain(reach(said, "NonFree", "value")).lower() in ("true", "1"):
        return Skipped("not free")
    return _described(page, info, said, key, urls)


def _described(page: Json, info: Json, said: object, key: str, urls: tuple[str, ...]) -> Found:
    title = plain(reach(said, "ObjectName", "value")) or _file_title(text(page.get("title")))
    credit = _credit(said)
    line = plain(reach(said, "Attribution", "value"))
    return Found(
        urls,
        "collection",
        page_url=_API,
        landing_url=address(info.get("descriptionurl")),
        title=title,
        alt=plain(reach(said, "ImageDescription", "value")),
        credit=credit,
        id=key,
        attribution=line
        or credit_line(title, credit.creator, "via Wikimedia Commons", credit.licence),
    )


def _credit(said: object) -> Credit:
    url = address(reach(said, "LicenseUrl", "value"))
    licence = plain(reach(said, "LicenseShortName", "value")) or licence_name(url)
    return Credit(plain(reach(said, "Artist", "value")), licence, url)


def _file_title(name: str) -> str:
    return PurePosixPath(name.removeprefix("File:")).stem
