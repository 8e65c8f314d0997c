"""Rows 51–57: pages that hide their pictures, repeat them or never end."""

from __future__ import annotations

import base64
import json

from scraping import Policy
from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.web import SITE, Answer, Web

DEEP = f"{SITE}deep/page.html"
PLACEHOLDER = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@catalogued(
    Row(51, "R", "a relative src after a redirect", "taken", ("<img src=a.jpg>", "deep/a.jpg")),
    Row(51, "R", "src=../a.jpg", "taken", ("<img src=../a.jpg>", "a.jpg")),
    Row(51, "R", "src=//cdn", "taken", ("<img src=//site.test/cdn/a.jpg>", "cdn/a.jpg")),
    Row(51, "R", "a <base>", "taken", ("<base href='/else/'><img src=a.jpg>", "else/a.jpg")),
    Row(51, "R", "a newline in src", "taken", ("<img src='\n a\n.jpg\t'>", "deep/a.jpg")),
    Row(51, "R", "a space in src", "taken", ("<img src='my photo.jpg'>", "deep/my%20photo.jpg")),
)
def test_where_an_address_leads(row: Row, net: Web) -> None:
    """Resolved against the address that the page was read at in the end."""
    html, path = row.setup
    net.has(SITE, Answer(b"", 302, {"Location": DEEP}))
    net.page(html, DEEP)
    net.has(SITE + path, Answer(photo(1)))
    outcome = net.scrape()
    assert outcome.words == row.words
    assert len(net.times(SITE + path)) == 1


SETS = "srcset='s,1.jpg 300w, l,1.jpg 900w, m.jpg 600w' src=m.jpg"


@catalogued(
    Row(52, "R", "srcset by width, commas in URLs", "taken", (f"<img {SETS}>", "l,1.jpg")),
    Row(52, "R", "srcset by density", "taken", ("<img srcset='a.jpg, b.jpg 2x'>", "b.jpg")),
    Row(
        52,
        "R",
        "<picture> with a type nobody reads",
        "taken",
        (
            "<picture><source type=image/jxl srcset='x.jxl 2000w'>"
            "<source type=image/webp srcset='w.webp 1200w'><img src=m.jpg></picture>",
            "w.webp",
        ),
        "the largest decodable",
    ),
    Row(
        52,
        "R",
        "srcset whose largest is a 404",
        "taken",
        ("<img srcset='gone.jpg 900w, m.jpg 600w'>", "m.jpg"),
        "the next is tried",
    ),
    Row(
        53,
        "R",
        "a placeholder and data-src",
        "taken",
        (f"<img src='{PLACEHOLDER}' data-src=r.jpg>", "r.jpg"),
    ),
    Row(
        53,
        "R",
        "spacer.gif and data-srcset",
        "taken",
        ("<img src=spacer.gif data-srcset='r.jpg 2x'>", "r.jpg"),
    ),
    Row(
        53,
        "R",
        "a lazy img and noscript",
        "taken",
        ("<img src=loading.gif class=lazy><noscript><img src=r.jpg></noscript>", "r.jpg"),
        "the real picture",
    ),
)
def test_the_picture_behind_an_img(row: Row, net: Web) -> None:
    """One row for the photo, and of its addresses the best that works."""
    html, best = row.setup
    net.page(html)
    net.has(SITE + best, Answer(photo(1)))
    outcome = net.scrape()
    assert outcome.words == row.words
    assert outcome.row.image_url == SITE + best


LD = json.dumps(
    {"@graph": [{"@type": "Photograph", "image": {"url": "/a.jpg", "@type": "ImageObject"}}]}
)


@catalogued(
    Row(
        54,
        "R",
        "a CSS background in a style attribute",
        "taken",
        ("<div style='background: #fff url(\"/a.jpg\") no-repeat'>", "background"),
    ),
    Row(
        54,
        "R",
        "a CSS background in a style element",
        "taken",
        ("<style>@import url(x.css); a{background-image:url(/a.jpg)}</style>", "background"),
    ),
    Row(54, "R", "og:image", "taken", ("<meta property=og:image content=/a.jpg>", "og")),
    Row(
        54, "R", "JSON-LD", "taken", (f"<script type=application/ld+json>{LD}</script>", "json-ld")
    ),
    Row(54, "R", "a link to a photo", "taken", ("<a href=/a.jpg>large</a>", "link")),
)
def test_a_picture_outside_an_img(row: Row, net: Web) -> None:
    """Found, and the row says how."""
    html, kind = row.setup
    net.page(html)
    net.has(f"{SITE}a.jpg", Answer(photo(1)))
    outcome = net.scrape()
    assert outcome.words == row.words
    assert outcome.row.kind == kind


def data_uri(body: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(body).decode()}"


@catalogued(
    Row(55, "R", "data: with a photo", "taken", data_uri(photo(1)), "no request"),
    Row(55, "R", "data: over the cap", "too_many_bytes", data_uri(b"\0" * 100_000)),
    Row(55, "R", "data: with broken base64", "not_image", f"data:image/png;base64,{'%%' * 600}"),
    Row(55, "R", "javascript:", "", "javascript:alert(1)", "skipped"),
    Row(55, "R", "blob:", "", "blob:https://site.test/0b2c", "skipped"),
    Row(55, "R", "file:", "", "file:///etc/passwd.jpg", "skipped"),
)
def test_addresses_that_are_not_of_the_web(row: Row, net: Web) -> None:
    """data: is decoded under the cap; what no scraper can ask for is passed over."""
    outcome = net.visit(row.setup, policy=Policy(max_bytes=50_000))
    assert outcome.words == row.words
    assert net.hosts() == {"site.test", "good.test"}
    assert all(len(found.image_url) < 200 for found in outcome.rows)


@catalogued(
    Row(56, "R", "rel=next that leads back", "taken taken", ("2", "", 2), "each page once"),
    Row(56, "R", "rel=next to itself, reordered", "taken taken", ("?b=2&a=1", "?a=1&b=2", 2)),
    Row(56, "R", "an endless calendar", "taken " * 4, (None, None, 4), "max_pages"),
)
def test_pages_without_end(row: Row, net: Web) -> None:
    """Visited pages are not read again, and there are only so many."""
    second, third, pages = row.setup
    trail = [f"day-{number}" for number in range(9)] if second is None else [second, third]
    for number, (here, there) in enumerate(zip(["", *trail], [*trail, ""], strict=True)):
        net.page(f"<img src=/{number}.jpg><a rel=next href='/{there}'>next</a>", SITE + here)
        net.has(f"{SITE}{number}.jpg", Answer(photo(number)))
    if second is not None:
        net.page(f"<img src=/0.jpg><a rel=next href='/{second}'>next</a>")
    outcome = net.scrape(max_pages=4)
    assert outcome.words[: len(row.words)] == row.words
    assert sum(asked.url.endswith(".jpg") is False for asked in net.asked) == pages + 1


@catalogued(
    Row(57, "R", "utm_ fields", "taken", ("a.jpg", "a.jpg?utm_source=x&utm_medium=y"), "one fetch"),
    Row(57, "R", "a reordered query", "taken", ("a?w=9&h=8", "a?h=8&w=9"), "one fetch"),
    Row(57, "R", "a fragment", "taken", ("a.jpg", "a.jpg#top"), "one fetch"),
    Row(
        57,
        "R",
        "the default port, capitals",
        "taken",
        ("a.jpg", "https://SITE.test:443/a.jpg"),
        "one fetch",
    ),
)
def test_one_photo_under_two_spellings(row: Row, net: Web) -> None:
    """One row and one request."""
    net.page("".join(f"<img src='{url}'>" for url in row.setup))
    net.has(SITE + row.setup[0], Answer(photo(1)))
    outcome = net.scrape()
    assert outcome.words == row.words
    assert len(net.asked) == 3
