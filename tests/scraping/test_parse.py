"""A page's text in, its photos out; nothing is asked for."""

from __future__ import annotations

import time

import pytest

from scraping import Found, parse
from scraping.css import background_urls
from scraping.srcset import parse_srcset
from scraping.urls import absolute, is_image_path, key_of

URL = "https://site.test/gallery/index.html"
ROOT = "https://site.test"


def found(html: str, url: str = URL) -> list[Found]:
    return list(parse(html, url).photos)


def addresses(html: str, url: str = URL) -> list[str]:
    return [photo.candidates[0] for photo in found(html, url)]


def test_img_src_with_its_words() -> None:
    """Alt, title, caption and the page it links to are kept with the photo."""
    (photo,) = found(
        "<figure><a href='/about/1'><img src=a.jpg alt=' A \n harbour ' title=Harbour></a>"
        "<figcaption>At dusk</figcaption></figure>"
    )
    assert photo.candidates == (f"{ROOT}/gallery/a.jpg",)
    assert (photo.kind, photo.alt, photo.title) == ("img", "A harbour", "Harbour")
    assert (photo.page_url, photo.landing_url) == (URL, f"{ROOT}/about/1")


def test_a_caption_is_the_title_where_there_is_none() -> None:
    """figcaption stands in for title."""
    (photo,) = found("<figure><img src=a.jpg><figcaption>At <b>dusk</b></figcaption></figure>")
    assert photo.title == "At dusk"


def test_relative_protocol_relative_and_broken_lines() -> None:
    """Row 51: every spelling is resolved against the final address."""
    html = (
        "<img src='../b.jpg'><img src='//cdn.test/c.jpg'><img src='\n  /d\n.jpg '><img src='?e=1'>"
    )
    assert addresses(html) == [
        f"{ROOT}/b.jpg",
        "https://cdn.test/c.jpg",
        f"{ROOT}/d.jpg",
        f"{URL}?e=1",
    ]


def test_base_href() -> None:
    """Row 51: a base, itself relative, moves every address, the next page's too."""
    page = parse("<base href='/deep/'><img src=a.jpg><a rel=next href=2>more</a>", URL)
    assert page.photos[0].candidates == (f"{ROOT}/deep/a.jpg",)
    assert page.next == f"{ROOT}/deep/2"
    assert addresses("<base href='javascript:x'><img src=a.jpg>") == [f"{ROOT}/gallery/a.jpg"]


def test_srcset_by_the_standard() -> None:
    """Row 52: widths, densities, commas inside addresses and at their ends."""
    assert parse_srcset("a.jpg 100w, b.jpg 2x,c.jpg") == [
        ("a.jpg", "w", 100),
        ("b.jpg", "x", 2),
        ("c.jpg", "x", 1),
    ]
    assert parse_srcset("/w_400,h_300/a.jpg 400w, /w_800,h_600/a.jpg 800w") == [
        ("/w_400,h_300/a.jpg", "w", 400),
        ("/w_800,h_600/a.jpg", "w", 800),
    ]
    assert [
        url for url, *_ in parse_srcset("a.jpg, b.jpg 1.5x ,, data:image/png;base64,AA== 2x")
    ] == [
        "a.jpg",
        "b.jpg",
        "data:image/png;base64,AA==",
    ]
    assert parse_srcset("a.jpg 100w 50h, b.jpg nonsense, c.jpg -2x, d.jpg infx") == [
        ("a.jpg", "w", 100)
    ]
    assert parse_srcset(" , ,") == []


def test_the_largest_of_a_srcset_comes_first() -> None:
    """Row 52: candidates run from the largest to the plain src."""
    (photo,) = found("<img src=s.jpg srcset='m.jpg 400w, l.jpg 1600w, xs.jpg 100w'>")
    names = [url.rpartition("/")[2] for url in photo.candidates]
    assert names == ["l.jpg", "m.jpg", "xs.jpg", "s.jpg"]
    (dense,) = found("<img src=1.jpg width=300 srcset='1.jpg, 3.jpg 3x, 2.jpg 2x'>")
    assert [url[-5:] for url in dense.candidates] == ["3.jpg", "2.jpg", "1.jpg"]


def test_picture_sources_join_their_img() -> None:
    """Row 52: one photo for the whole picture; sources of a type nobody reads here are left out."""
    (photo,) = found(
        "<picture><source type=image/jxl srcset='a.jxl 9000w'><source srcset='a.webp 1200w'>"
        "<source media='(min-width: 9em)' srcset='b.jpg 600w'><img src=c.jpg alt=Cup></picture>"
    )
    assert [url.rpartition("/")[2] for url in photo.candidates] == ["a.webp", "b.jpg", "c.jpg"]
    assert (photo.kind, photo.alt) == ("picture", "Cup")


@pytest.mark.parametrize("name", ["data-src", "data-original", "data-lazy-src", "data-srcset"])
def test_lazy_attributes_beat_the_placeholder(name: str) -> None:
    """Row 53: the real picture is found, the placeholder is not even a candidate."""
    for src in ("data:image/gif;base64,R0lGODlhAQABAAAAACw=", "/img/placeholder.png", "blank.gif"):
        (photo,) = found(f"<img class=lazy src='{src}' {name}='real.jpg'>")
        assert photo.candidates == (f"{ROOT}/gallery/real.jpg",)


def test_a_small_src_stays_as_the_last_resort() -> None:
    """Row 53: a src that is a picture in its own right comes after the lazy one."""
    (photo,) = found("<img src=small.jpg data-src=large.jpg>")
    assert [url[-9:] for url in photo.candidates] == ["large.jpg", "small.jpg"]


def test_noscript() -> None:
    """Row 53: the picture inside noscript is found once, its placeholder not at all."""
    tiny = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    html = f"<img src='{tiny}'><noscript><img src=real.jpg></noscript>"
    assert addresses(html) == [f"{ROOT}/gallery/real.jpg"]
    html = "<img data-src=real.jpg><noscript><img src=real.jpg alt=Cat></noscript>"
    (photo,) = found(html)
    assert photo.alt == "Cat"


def test_css_backgrounds() -> None:
    """Row 54: style attributes and style elements; fonts and comments are passed over."""
    html = """<style>@font-face { src: url(font.woff) } /* .x { background: url(no.jpg) } */
      .a:hover { color: red; background: #fff url( "one,two.jpg" ) no-repeat }
      .b { background-image: linear-gradient(red, blue), url('three.jpg'), url(four\\20 4.jpg) }
      .c { background: url("data:image/png;base64,AAAA;,BB") ; mask: url(mask.png)}</style>
      <div style="background-image:url('/five.jpg')" title=Sea></div>"""
    photos = found(html)
    assert [photo.candidates[0] for photo in photos] == [
        f"{ROOT}/five.jpg",
        f"{ROOT}/gallery/one,two.jpg",
        f"{ROOT}/gallery/three.jpg",
        f"{ROOT}/gallery/four 4.jpg",
        "data:image/png;base64,AAAA;,BB",
    ]
    assert {photo.kind for photo in photos} == {"background"}
    assert photos[0].alt == "Sea"
    assert background_urls("background: url()") == []


def test_a_hostile_style_sheet_takes_no_time() -> None:
    """Unclosed quotes and brackets are no trap for the patterns."""
    parts = (
        "background:",
        "url(",
        "background: url(",
        "background:'",
        'url("',
        "url(' ",
        "/*",
        "a ",
    )
    started = time.monotonic()
    for part in (*parts, "\\", "url(   ", "background: url(\"')"):
        background_urls(part * 20_000)
    assert time.monotonic() - started < 5


def test_open_graph_and_json_ld() -> None:
    """Row 54: what is meant for other programs is found last, with its kind."""
    html = """<meta property=og:image content=/og.jpg><meta name=twitter:image content=/tw.jpg>
      <script type=application/ld+json>{"@graph": [{"@type": "Article", "image":
      [{"@type": "ImageObject", "url": "/ld1.jpg"}, "/ld2.jpg"], "url": "/page"}]}</script>
      <script type=application/ld+json>{broken</script><img src=/og.jpg>"""
    assert [(photo.kind, photo.candidates[0][17:]) for photo in found(html)] == [
        ("img", "/og.jpg"),
        ("og", "/tw.jpg"),
        ("json-ld", "/ld1.jpg"),
        ("json-ld", "/ld2.jpg"),
    ]


def test_links_to_image_files() -> None:
    """A link to a picture is a photo; around a thumbnail it is that photo's best candidate."""
    photos = found("<a href=full.JPG?v=2><img src=thumb.jpg></a> <a href=b.png>The sea</a>")
    assert photos[0].candidates == (f"{ROOT}/gallery/full.JPG?v=2", f"{ROOT}/gallery/thumb.jpg")
    assert [(photo.kind, photo.alt) for photo in photos] == [("img", ""), ("link", "The sea")]
    assert found("<a href=page.html>no</a><a href=jpg>no</a>") == []


def test_other_schemes() -> None:
    """Row 55: data: is kept, javascript:, blob:, file: and fragments are not."""
    html = "".join(
        f"<img src='{url}'>"
        for url in ("javascript:x", "blob:https://a/b", "file:///etc/passwd", "#a", "", "http://[")
    )
    assert found(html) == []
    assert addresses("<img src='data:image/png;base64,AAAA'>") == ["data:image/png;base64,AAAA"]


def test_one_photo_for_many_spellings() -> None:
    """Row 57: tracking fields, order of the query, fragment and default port make no new photo."""
    html = "<img src='/a.jpg?b=2&a=1'><img src='/a.jpg?a=1&utm_source=x&b=2#top'>"
    assert len(found(html)) == 1
    assert key_of("HTTPS://Site.test:443/a#x") == key_of("https://site.test/a")
    assert key_of("https://site.test/a?x=1") != key_of("https://site.test/a?x=2")
    assert key_of("https://site.test:8443/a") != key_of("https://site.test/a")
    assert key_of("data:image/png;base64," + "A" * 10_000).startswith("data:sha256-")


def test_next_page() -> None:
    """Row 56: rel=next on a link or an anchor, among other relations; only on the web."""
    assert parse("<link rel=next href='?page=2'>", URL).next == f"{URL}?page=2"
    assert parse("<a rel='me NEXT' href=/2>2</a>", URL).next == f"{ROOT}/2"
    assert parse("<a rel=next href='javascript:more()'>2</a>", URL).next == ""
    assert parse("<a rel=prev href=/0>0</a>", URL).next == ""


def test_licence_and_author_near_the_photo() -> None:
    """The nearest figure's credit wins; the page's fills what it leaves open."""
    html = """<head><meta name=author content='The Club'>
      <link rel=license href='https://creativecommons.org/licenses/by/4.0/'></head>
      <figure><img src=a.jpg><figcaption>by <a rel=author href=/ann>Ann</a>
      <a rel=license href='//creativecommons.org/licenses/by-nd/2.0/de'>x</a></figcaption></figure>
      <img src=b.jpg>"""
    near, page = found(html)
    assert (near.credit.creator, near.credit.licence) == ("Ann", "CC BY-ND 2.0")
    assert near.credit.derivative_ok == "no"
    assert (page.credit.creator, page.credit.licence) == ("The Club", "CC BY 4.0")
    assert page.credit.derivative_ok == "yes"
    assert found("<img src=a.jpg>")[0].credit.derivative_ok == ""


def test_a_licence_in_one_figure_is_not_the_pages() -> None:
    """What is written in a figure holds there only."""
    html = """<figure><img src=a.jpg><a rel=license
      href=https://creativecommons.org/publicdomain/zero/1.0/>CC0</a></figure><img src=b.jpg>"""
    assert [photo.credit.licence for photo in found(html)] == ["CC0 1.0", ""]


def test_meta_robots() -> None:
    """Row 28: noai and noimageai, for all or for us by name."""
    assert parse("<meta name=robots content='index, NoImageAI'>", URL).opted_out
    assert parse("<meta name=Atelier content=noai>", URL).opted_out
    assert not parse("<meta name=otherbot content=noai>", URL).opted_out
    assert not parse("<meta name=robots content='noindex, nofollow'>", URL).opted_out


def test_a_hundred_thousand_nested_divs() -> None:
    """Row 58: depth is no way to bring the parser down, and the page says that it was cut."""
    page = parse("<img src=/a.jpg>" + "<div>" * 100_000, URL)
    assert [photo.candidates[0] for photo in page.photos] == [f"{ROOT}/a.jpg"]
    assert "nested deeper than the 500" in page.cut


def test_what_is_no_page() -> None:
    """Empty text, noise and NULs hold no photos and raise nothing."""
    for text in (
        "",
        "\0\0\0",
        "\ud800",
        "<<<>>>&&&",
        "plain text",
        "<?xml version='1.0' encoding='x'?><a/>",
    ):
        assert found(text) == []


def test_addresses() -> None:
    """The small functions below the parser."""
    assert absolute(URL, " DATA:image/png,x ") == "DATA:image/png,x"
    assert absolute(URL, "http://[bad") == ""
    assert is_image_path("https://a.test/x.JpEg?y=1#z")
    assert not is_image_path("https://a.test/x.html?y=a.jpg")
