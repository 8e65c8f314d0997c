"""The bytes of a sitemap → the pages, pictures and further sitemaps it names. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from xml.parsers import expat

from scraping.credits import licence_credit
from scraping.found import Found
from scraping.urls import absolute, is_web
from scraping.words import words

__all__ = ["SitemapFile", "read_sitemap"]

_MOST_BYTES = 50_000_000
"""Unpacked; the protocol allows 50 MiB."""
_MOST_ENTRIES = 50_000
_MOST_ELEMENTS = 1_000_000
_CHUNK = 65_536
_LINE_CHUNKS = 100
_DEEPEST = 20
_LONGEST = 10_000
_LINE = re.compile(r"^[ \t]*https?://\S+", re.MULTILINE | re.IGNORECASE)
# The commonest fault of sitemaps: ?a=1&b=2 with a bare ampersand.
_BARE = re.compile(rb"&(?!#?\w{1,10};)")


@dataclass
class SitemapFile:
    """What one sitemap names: `pages`, `photos` (of its image extension) and `sitemaps`.

    `fault` is "", or says in a few words why it was not read to its end; what came before counts.
    """

    pages: list[str] = field(default_factory=list)
    photos: list[Found] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    fault: str = ""

    @property
    def is_full(self) -> bool:
        """Whether the 50,000 entries are reached that are read."""
        return len(self.pages) + len(self.photos) + len(self.sitemaps) >= _MOST_ENTRIES


def read_sitemap(body: bytes, url: str) -> SitemapFile:
    """Read the sitemap, sitemap index or list of addresses in `body`, gzipped or not.

    At most 50 MB unpacked (6 MB of a list) and 50,000 entries are read, in a stream. A document
    type ends the reading: no entity is ever defined or fetched. Never raises.
    """
    found = SitemapFile()
    chunks = _unpacked(body, found)
    first = next(chunks, b"")
    if first.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        _Reader(found, url).read(first, chunks)
    elif first:
        _read_lines(found, first + b"".join(islice(chunks, _LINE_CHUNKS)), url)
    else:
        found.fault = found.fault or "it is empty"
    return found


def _unpacked(body: bytes, found: SitemapFile) -> Iterator[bytes]:
    """The plain text in pieces, as far as it is read."""
    size = 0
    for piece in _inflated(body, found) if body[:2] == b"\x1f\x8b" else _pieces(body):
        size += len(piece)
        if size > _MOST_BYTES:
            found.fault = f"it has more than the {_MOST_BYTES:,} bytes that are read"
            return
        yield piece


def _pieces(body: bytes) -> Iterator[bytes]:
    return (body[at : at + _CHUNK] for at in range(0, len(body), _CHUNK))


def _inflated(body: bytes, found: SitemapFile) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=31)
    rest = body
    try:
        while not inflater.eof and (piece := inflater.decompress(rest, _CHUNK)):
            rest = inflater.unconsumed_tail
            yield piece
    except zlib.error:
        found.fault = "its gzip is broken"
    else:
        if not inflater.eof:
            found.fault = "its gzip is cut"


def _read_lines(found: SitemapFile, text: bytes, url: str) -> None:
    for match in _LINE.finditer(text.decode("utf-8-sig", "replace")):
        page = absolute(url, match[0])
        if page and not found.is_full:
            found.pages.append(page)
    if not found.pages:
        found.fault = "it is neither XML nor a list of addresses"


class _RefusedError(Exception):
    """The document holds what is not read; the words say what."""


class _Reader:
    """Fills a SitemapFile from XML, without ever holding its tree."""

    def __init__(self, found: SitemapFile, url: str) -> None:
        self._found = found
        self._url = url
        self._path: list[str] = []
        self._text: list[str] = []
        self._size = 0
        self._left = _MOST_ELEMENTS
        self._page = ""
        self._image: dict[str, str] = {}
        self._waiting: list[dict[str, str]] = []
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read

    def read(self, first: bytes, chunks: Iterator[bytes]) -> None:
        """Read to the end, or to the fault."""
        try:
            for piece in _whole_references(first, chunks):
                self._parser.Parse(_BARE.sub(b"&amp;", piece))
                if self._found.is_full:
                    raise _RefusedError("it names more than is read")
            self._parser.Parse(b"", True)
        except _RefusedError as refusal:
            self._found.fault = str(refusal)
        except (expat.ExpatError, ValueError, LookupError):
            self._found.fault = self._found.fault or "it is no valid XML"

    def _refuse(self, *_: object) -> None:
        raise _RefusedError("it has a document type, which sitemaps do not need")

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._path.append(name.rpartition(":")[2].lower())
        self._text, self._size = [], 0
        self._left -= 1
        if len(self._path) > _DEEPEST or not self._left:
            raise _RefusedError("it is nested too deep, or has too many elements")
        if self._path[-1] == "url":
            self._page, self._waiting = "", []
        elif self._path[-1] == "image":
            self._image = {}

    def _read(self, text: str) -> None:
        if self._size < _LONGEST:
            self._text.append(text)
            self._size += len(text)

    def _end(self, _: str) -> None:
        name, text = self._path.pop(), "".join(self._text).strip()
        self._text, self._size = [], 0
        around = self._path[-1] if self._path else ""
        if around == "image":
            self._image.setdefault(name, text)
        elif name == "image":
            self._waiting.append(self._image)
        elif name == "loc" and around == "url":
            self._page = absolute(self._url, text)
        elif name == "loc" and around == "sitemap":
            self._add(self._found.sitemaps, absolute(self._url, text))
        elif name == "url":
            self._add(self._found.pages, self._page)
            photos = (self._photo(image) for image in self._waiting[:1_000])
            self._found.photos += [photo for photo in photos if photo is not None]
            self._waiting = []

    def _add(self, addresses: list[str], url: str) -> None:
        if is_web(url) and not self._found.is_full:
            addresses.append(url)

    def _photo(self, image: dict[str, str]) -> Found | None:
        url = absolute(self._page or self._url, image.get("loc", ""))
        if not is_web(url):
            return None
        title, caption = words(image.get("title")), words(image.get("caption"))
        licence = image.get("license", "")
        credit = licence_credit(licence, self._url) if licence else Found((url,)).credit
        return Found(
            (url,),
            "sitemap",
            page_url=self._page,
            title=title or caption,
            alt=caption if title else "",
            credit=credit,
        )


def _whole_references(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut before a "&" near the end of a piece: what follows it decides."""
    kept = first
    for chunk in chunks:
        at = kept.rfind(b"&", max(0, len(kept) - 12))
        at = len(kept) if at < 0 else at
        yield kept[:at]
        kept = kept[at:] + chunk
    yield kept
