"""The bytes of a sitemap in, pages and pictures out; nothing in it is ever defined or fetched."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib

import pytest

from scraping.sitemap_xml import read_sitemap

URL = "https://site.test/sitemap.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
URLSET = (
    f'{HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)


def test_pages_and_pictures() -> None:
    """The image extension with its title, caption and licence, each with its page."""
    found = read_sitemap(
        f"""{URLSET}<url><loc> https://site.test/a </loc><lastmod>2030-01-01</lastmod>
        <image:image><image:loc>https://cdn.test/1.jpg</image:loc><image:title>Sea</image:title>
        <image:caption>At <![CDATA[<dusk>]]></image:caption>
        <image:license>https://creativecommons.org/licenses/by-nd/4.0/</image:license></image:image>
        <image:image><image:loc>/2.jpg</image:loc><image:caption>Two</image:caption></image:image>
        <image:image><image:loc>javascript:x</image:loc></image:image></url>
        <url><loc>/b?x=1&amp;y=2</loc></url></urlset>""".encode(),
        URL,
    )
    assert found.pages == ["https://site.test/a", "https://site.test/b?x=1&y=2"]
    assert found.fault == ""
    one, two = found.photos
    assert (one.candidates, one.kind) == (("https://cdn.test/1.jpg",), "sitemap")
    assert (one.page_url, one.title, one.alt) == ("https://site.test/a", "Sea", "At <dusk>")
    assert one.credit.derivative_ok == "no"
    assert (two.candidates, two.title) == (("https://site.test/2.jpg",), "Two")


def test_an_index() -> None:
    """Further sitemaps, apart from pages; prefixes and missing namespaces make no difference."""
    entry = "<sm:sitemap><sm:loc>/1.xml.gz</sm:loc></sm:sitemap>"
    index = f"{HEAD}<sm:sitemapindex>{entry}</sm:sitemapindex>"
    found = read_sitemap(index.encode(), URL)
    assert (found.sitemaps, found.pages) == (["https://site.test/1.xml.gz"], [])


def test_gzip() -> None:
    """Packed files are unpacked; a broken or cut one gives what came before."""
    packed = gzip.compress(f"{URLSET}<url><loc>/a</loc></url></urlset>".encode())
    assert read_sitemap(packed, URL).pages == ["https://site.test/a"]
    assert "gzip is" in read_sitemap(packed[:-40], URL).fault
    assert "gzip is" in read_sitemap(b"\x1f\x8b broken", URL).fault


def test_a_list_of_addresses() -> None:
    """The plain text form; other lines are passed over."""
    found = read_sitemap(
        b"\xef\xbb\xbfhttps://site.test/a\r\n\n# no\nHTTPS://site.test/b\nftp://x", URL
    )
    assert found.pages == ["https://site.test/a", "https://site.test/b"]


def test_bare_ampersands() -> None:
    """The commonest fault is mended, wherever the pieces of a long file are cut."""
    for shift in range(12):
        urls = "".join(
            f"<url><loc>/p?a={number}&b=2&amp;c=&#51;</loc></url>" for number in range(2_000)
        )
        found = read_sitemap(f"{HEAD}{' ' * shift}<urlset>{urls}</urlset>".encode(), URL)
        assert found.fault == ""
        assert found.pages[-1] == "https://site.test/p?a=1999&b=2&c=3"
        assert len(found.pages) == 2_000


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", "empty"),
        (b"just words", "neither XML nor a list"),
        (b"<html><body><p>Not found</body></html>", "no valid XML"),
        (f"{URLSET}<url><loc>/a</loc></url><url><loc>/b".encode(), "no valid XML"),
        (b'<!DOCTYPE urlset SYSTEM "http://evil.test/x.dtd"><urlset/>', "document type"),
        ('<?xml version="1.0"?><!DOCTYPE x><urlset/>'.encode("utf-16"), "neither XML"),
        (b"<?xml version='1.0' encoding='nonsense'?><urlset/>", "no valid XML"),
        (b"<a>" * 100_000, "nested too deep"),
    ],
)
def test_faults(text: bytes, fault: str) -> None:
    """Each is told in a few words; nothing raises."""
    assert fault in read_sitemap(text, URL).fault


def test_what_came_before_the_fault_counts() -> None:
    """A sitemap that breaks off gives the pages before."""
    cut = f"{URLSET}<url><loc>/a</loc></url><url><loc>/b".encode()
    assert read_sitemap(cut, URL).pages == ["https://site.test/a"]


def test_entities() -> None:
    """Neither a billion laughs nor a file of this machine: the document type ends the reading."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for inside in (f'<!ENTITY l0 "ha">{laughs}', '<!ENTITY l11 SYSTEM "file:///etc/passwd">'):
        text = f"{HEAD}<!DOCTYPE x [{inside}]><urlset><url><loc>/&l11;</loc></url></urlset>"
        found = read_sitemap(text.encode(), URL)
        assert (found.pages, found.photos) == ([], [])
        assert "document type" in found.fault


def test_limits() -> None:
    """50,000 entries are read, and it is told that there were more."""
    urls = "".join(f"<url><loc>/{number}</loc></url>" for number in range(60_000))
    found = read_sitemap(f"{URLSET}{urls}</urlset>".encode(), URL)
    assert (len(found.pages), "more than is read" in found.fault) == (50_000, True)


@pytest.mark.parametrize(
    ("start", "filling", "fault"),
    [
        (b"<urlset>", b" ", "more than the 50,000,000 bytes"),
        (b"<urlset><url><loc>", b"a", "more than the 50,000,000 bytes"),
        (b"<urlset><url>", b"<x/>", "too many elements"),
        (b"http://a", b" ", ""),
        (b"words", b"\n", "neither XML nor a list"),
    ],
)
def test_bombs(start: bytes, filling: bytes, fault: str) -> None:
    """200 MB in a few kilobytes are unpacked to 50 MB, in bounded memory and time."""
    packer = zlib.compressobj(wbits=31)
    million = filling * (1_000_000 // len(filling))
    packed = packer.compress(start) + b"".join(packer.compress(million) for _ in range(200))
    bomb = packed + packer.flush()
    tracemalloc.start()
    started = time.monotonic()
    found = read_sitemap(bomb, URL)
    spent, peak = time.monotonic() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault in found.fault
    assert peak < 40_000_000
    assert spent < 60
