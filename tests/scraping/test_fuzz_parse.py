"""Broken HTML: whatever a page holds, photos come out, in bounded time and memory."""

from __future__ import annotations

import gzip
import json
from urllib.parse import urlsplit

from hypothesis import event, given
from hypothesis import strategies as st

from scraping import Found, Page, parse
from scraping.css import background_urls
from scraping.sitemap_xml import read_sitemap
from scraping.srcset import parse_srcset
from scraping.urls import is_web
from tests.bounds import fuzzed, within

URL = "https://site.test/gallery/index.html"

# What breaks parsers, in pieces: hypothesis puts them together, in any order and number.
PIECES = (
    *("<", ">", "</", "/>", "=", "'", '"', "&", ";", "<!--", "-->", "<![CDATA[", "]]>", "<?", "\0"),
    *(
        "(",
        ")",
        ",",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ":",
        "/*",
        "*/",
        "url(",
        "url('",
        "!",
        "#",
        "?",
        "//",
    ),
    *(" ", "\n", "\t", "\r", "\f", "\ufeff", "\u2028", "é", "漢", "🎨", "&#0;", "&#xD800;", "&amp"),
)
NUMBER = "0N0"
"""Stands for another number in every copy of a fragment."""

URLS = (
    *(
        f"{NUMBER}.jpg",
        f"/{NUMBER}.png",
        f"{NUMBER}",
        "a.jpg",
        "/b.png",
        "../c.webp",
        "//cdn.test/d.jpg",
        "https://e.test/f.jpg?x=1&utm_source=y",
    ),
    *("http://[::1", "http://[::1]:99999/", "https://①②⑦.⓪.⓪.①/g.jpg", "http://a b/", "%00%zz.gif"),
    *(
        "javascript:alert(1)",
        "blob:x",
        "data:image/png;base64,AAAA",
        "data:,",
        "DATA:image/svg",
        "",
    ),
    *("http://x:y@z/", "https://h.test:/", "?", "#top", "\\\\i\\j.jpg", "https:k.jpg", "///l.jpg"),
    *("spacer.gif", "lazyload-placeholder.png", "http://" + "m" * 90, "n" * 300 + ".jpg"),
)
TAGS = (
    *(
        "a",
        "img",
        "picture",
        "source",
        "figure",
        "figcaption",
        "noscript",
        "div",
        "style",
        "script",
    ),
    *("meta", "link", "base", "table", "td", "p", "template", "svg", "image", "iframe", "textarea"),
    *("title", "body", "head", "html", "article", "li", "plaintext", "xmp", "math", "form", "b:c"),
)
NAMES = (
    *(
        "src",
        "srcset",
        "href",
        "style",
        "alt",
        "title",
        "rel",
        "content",
        "property",
        "name",
        "type",
    ),
    *("data-src", "data-srcset", "data-original", "data-lazy-srcset", "width", "sizes", "media"),
    *("itemprop", "class", "id", "http-equiv", "lazy-src", "data-image", "aria-label", "onerror"),
)
WORDS = (
    *("next", "author", "license", "image_src", "og:image", "twitter:image", "robots", "noai"),
    *("application/ld+json", "image/webp", "image/jxl", "1e9999", "-1", "99999999999999999999"),
    *("https://creativecommons.org/licenses/by-nd/4.0/", "background", "background-image"),
)

pieces = st.sampled_from(PIECES)
urls = st.sampled_from(URLS) | st.builds(
    "".join, st.lists(st.sampled_from(URLS) | pieces, max_size=4)
)
soup = st.builds("".join, st.lists(pieces | st.sampled_from(URLS + WORDS), max_size=14))
numbers = st.integers(-2, 10**20).map(str) | st.floats().map(str)
descriptors = st.builds("{}{}".format, numbers, st.sampled_from(("w", "x", "h", "", "ww", " (,)")))
srcsets = st.lists(st.tuples(urls, descriptors).map(" ".join) | soup, max_size=5).map(", ".join)
styles = st.lists(
    st.builds("{}:{}url({})".format, st.sampled_from(WORDS), soup, urls) | soup, max_size=4
).map(";".join)
records = st.recursive(
    st.none() | st.integers() | urls | soup,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("image", "contentUrl", "url", "@type", "@graph", "author", "license")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
values = st.one_of(urls, srcsets, styles, soup, st.sampled_from(WORDS), st.text(max_size=20))
attributes = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(NAMES) | soup,
    st.sampled_from(("=", " = ", "")),
    st.sampled_from(("'", '"', "", "`")),
    values,
    st.sampled_from(("'", '"', "", "`")),
)
openings = st.builds(
    "<{} {}{}".format,
    st.sampled_from(TAGS),
    st.lists(attributes, max_size=5).map(" ".join),
    st.sampled_from((">", "/>", "", " ", ">>", "<")),
)
# Fragments that are in order, for the broken ones to break.
whole = st.builds(
    lambda form, value: form.replace("@", value.replace('"', "")),
    st.sampled_from(
        (
            '<img src="@">',
            f'<a href="@"><img src="{NUMBER}.jpg" alt="@"></a>',
            f'<figure><img src="{NUMBER}.gif"><figcaption>@</figcaption></figure>',
            f'<picture><source srcset="@"><img src="{NUMBER}.webp"></picture>',
            '<img src="spacer.gif" data-src="@"><noscript><img src="@"></noscript>',
            '<a href="@">@</a><link rel="next" href="@"><base href="@">',
            '<meta property="og:image" content="@"><meta name="robots" content="@">',
            '<div style="background-image: url(@)">',
            f'<img srcset="{NUMBER}.jpg 300w, @">',
        )
    ),
    urls | soup,
)
closings = st.builds("</{}>".format, st.sampled_from(TAGS))
scripts = st.builds(
    "<script type=application/ld+json>{}{}".format,
    st.builds(json.dumps, records) | soup,
    st.sampled_from(("</script>", "", "</scrip")),
)
sheets = st.builds("<style>{}{}".format, styles, st.sampled_from(("</style>", "")))
fragments = st.one_of(whole, whole, openings, closings, scripts, sheets, soup, st.text(max_size=30))


@st.composite
def pages(draw: st.DrawFn) -> str:
    """A page of fragments, a run of them many times over, now and then with a bite taken out."""
    parts = draw(st.lists(fragments, min_size=3, max_size=14))
    first, last = sorted((draw(st.integers(0, len(parts))), draw(st.integers(0, len(parts)))))
    many = range(draw(st.sampled_from((1, 1, 1, 2, 40, 400, 4000))))
    run = "".join(parts[first:last])
    again = "".join(run.replace(NUMBER, str(number)) for number in many)[:LONGEST]
    text = "".join([*parts[:first], again, *parts[last:]])
    if text and draw(st.booleans()):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 40))
        text = text[:at] + text[at + length :]
    return text


LONGEST = 200_000
AMOUNTS = (("100 photos", 100), ("2 photos", 2), ("1 photo", 1), ("no photo", 0))
charsets = st.sampled_from(("utf-8", "latin-1", "utf-16", "cp1252", "shift_jis"))
noise = st.builds(
    lambda body, name: body.decode(name, "replace"), st.binary(max_size=400), charsets
)


def check(page: Page) -> None:
    """What every page promises, whatever it was made of."""
    assert page.next == "" or is_web(page.next)
    keys = [photo.key for photo in page.photos]
    assert len(set(keys)) == len(keys)
    for photo in page.photos:
        check_photo(photo)


def check_photo(photo: Found) -> None:
    assert photo.candidates
    for url in photo.candidates:
        assert url[:5].lower() == "data:" or (is_web(url) and urlsplit(url).netloc)
        assert not set(url) & set("\n\r\t\0")
    assert photo.kind in ("img", "picture", "background", "og", "json-ld", "link")
    assert photo.landing_url == "" or is_web(photo.landing_url)
    for words in (photo.title, photo.alt, photo.credit.creator, photo.credit.licence):
        assert len(words) <= 500
        assert len(words.splitlines()) <= 1


@fuzzed
@given(st.one_of(pages(), pages(), pages(), noise))
def test_parsing_broken_pages(batch: int, text: str) -> None:
    """Absolute addresses, words of one line, each photo once; no page is slow."""
    page = within(lambda: parse(text, URL))
    event(next(name for name, least in AMOUNTS if len(page.photos) >= least))
    check(page)


@st.composite
def sitemaps(draw: st.DrawFn) -> bytes:
    """A sitemap with some of its tags exchanged, bytes cut out, and now and then gzipped."""
    tags = st.sampled_from(("urlset", "url", "loc", "sitemapindex", "sitemap", "image:image", "x"))
    parts = draw(
        st.lists(
            st.builds("<{}>{}</{}>".format, tags, urls, tags)
            | st.sampled_from(('<urlset xmlns="http://x">', "<!DOCTYPE a [", "]>", "<?xml?>"))
            | soup,
            max_size=12,
        )
    )
    body = "".join(parts).encode("utf-8", "replace")
    if draw(st.booleans()):
        body = gzip.compress(body)
    at, length = draw(st.integers(0, len(body))), draw(st.integers(0, 20))
    return body[:at] + draw(st.binary(max_size=6)) + body[at + length :]


@fuzzed
@given(sitemaps())
def test_reading_broken_sitemaps(batch: int, body: bytes) -> None:
    """Absolute addresses; whatever is wrong is told and never raised."""
    listed = within(lambda: read_sitemap(body, URL))
    assert all(is_web(url) for url in (*listed.pages, *listed.sitemaps))
    for photo in listed.photos:
        assert all(is_web(url) for url in photo.candidates)


@fuzzed
@given(srcsets)
def test_parsing_broken_srcsets(batch: int, text: str) -> None:
    """Addresses without blanks and positive sizes."""
    for url, unit, value in within(lambda: parse_srcset(text)):
        assert url == "".join(url.split())
        assert unit in ("w", "x")
        assert 0 < value < float("inf")


@fuzzed
@given(styles)
def test_parsing_broken_styles(batch: int, text: str) -> None:
    """Addresses that are not empty, and nothing is made up: all come from the text or an escape."""
    for url in within(lambda: background_urls(text)):
        assert url
        assert len(url) <= len(text)
