"""Where a page leads."""

from __future__ import annotations

import pytest

from scraping import parse

URL = "https://site.test/gallery/"
ROOT = "https://site.test"


def links(html: str, url: str = URL) -> list[str]:
    return [link.removeprefix(ROOT) for link in parse(html, url).links]


def test_links_within_the_site() -> None:
    """In order, each once; other hosts, pictures, files and this page itself are no pages."""
    html = """<a href=/b>b</a><a href=c#x>c</a><a href='/b?utm_source=x'>b</a><a href=#top>top</a>
      <a href=https://other.test/>no</a><a href=//www.site.test/w>w</a><a href=a.jpg>no</a>
      <a href=x.pdf>no</a><a href='y.zip?v=1'>no</a><a href=mailto:a@b.c>no</a>
      <a href='javascript:x'>no</a><a href=/gallery/>here</a><a href=z.php?id=1>z</a>"""
    assert links(html) == ["/b", "/gallery/c#x", "https://www.site.test/w", "/gallery/z.php?id=1"]


def test_frames_maps_and_refresh() -> None:
    """Older ways to lead on."""
    html = """<frameset><frame src=menu.html></frameset><map><area href=/area></map>
      <iframe src=/embed></iframe><meta http-equiv=Refresh content="0; URL='/moved'">"""
    assert sorted(links(html)) == ["/area", "/embed", "/gallery/menu.html", "/moved"]


def test_nofollow() -> None:
    """A link may say so, and the page for all of its links, to everybody or to us."""
    assert links("<a rel='nofollow noopener' href=/a>a</a><a rel=noopener href=/b>b</a>") == ["/b"]
    both = "<a href=/a>a</a><link rel=next href=/2>"
    for meta in ("robots content='noindex, NOFOLLOW'", "atelier content=none"):
        page = parse(f"<meta name={meta}>{both}", URL)
        assert (page.links, page.next) == ((), "")
    assert links(f"<meta name=otherbot content=nofollow>{both}") == ["/a"]
    assert parse("<a rel='next nofollow' href=/2>2</a>", URL).next == ""


def test_the_base_does_not_make_another_site_ours() -> None:
    """Links are resolved against the base and judged by the page's own address."""
    assert links(
        "<base href=https://other.test/><a href=a>a</a><a href=https://site.test/b>b</a>"
    ) == ["/b"]


def test_thousands_of_links() -> None:
    """Two thousand are enough."""
    assert len(links("".join(f"<a href=/{number}>x</a>" for number in range(5_000)))) == 2_000


@pytest.mark.parametrize(
    ("selector", "following"),
    [
        ("a.older", "/old"),
        ("li.next", "/two"),
        ("b.arrow", "/three"),
        ("a[rel=next]", "/rel"),
        (".missing", ""),
        ("a.script, a.older", "/old"),
        ("", "/rel"),
    ],
)
def test_a_selector_finds_the_next_page(selector: str, following: str) -> None:
    """The link itself, one inside the element, or the one around it; rel=next no longer counts."""
    html = """<a class=script href='javascript:more()'>x</a>
      <a class=older href=/old rel=nofollow>o</a>
      <ul><li class=next><span><a href=/two>2</a></span></ul><a href=/three><b class=arrow>></b></a>
      <a rel=next href=/rel>r</a>"""
    found = parse(html, URL, next_selector=selector).next
    assert found.removeprefix(ROOT) == following


def test_style_sheets() -> None:
    """Those in force on a screen, with their base."""
    html = """<base href=/css/><link rel=stylesheet href=a.css>
      <link rel="StyleSheet preload" href=b.css>
      <link rel="alternate stylesheet" href=no.css><link rel=stylesheet media=print href=no.css>
      <link rel=stylesheet href='data:text/css,a'><link rel=icon href=no.ico>"""
    assert parse(html, URL).sheets == (f"{ROOT}/css/a.css", f"{ROOT}/css/b.css")
    many = "".join(f"<link rel=stylesheet href={number}.css>" for number in range(50))
    assert len(parse(many, URL).sheets) == 20
