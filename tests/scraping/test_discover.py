"""A source's pages, sitemaps and style sheets are read as it asks for, and no picture."""

from __future__ import annotations

import gzip

import pytest
import requests
import responses

from scraping import PageError, Session, SourceError, WebSource
from scraping.found import Discovery

SITE = "https://site.test"
Web = responses.RequestsMock


def page(web: Web, html: str, path: str = "/", **answer: object) -> None:
    web.get(f"{SITE}{path}", body=html, **{"content_type": "text/html", **answer})  # type: ignore[arg-type]


def paths(web: Web) -> list[str]:
    return [str(call.request.url).removeprefix(SITE) for call in web.calls]


def found(discovery: Discovery) -> list[str]:
    return [photo.candidates[0].removeprefix(SITE) for photo in discovery.photos]


def failed(discovery: Discovery) -> list[tuple[str, str]]:
    return [(one.url.removeprefix(SITE), one.status) for one in discovery.failures]


def test_a_source_by_default(session: Session, web: Web) -> None:
    """Its page and those that follow by rel=next; no link, sheet or sitemap."""
    page(web, "<link rel=stylesheet href=a.css><a href=/x>x</a><img src=a.jpg><a rel=next href=2>2")
    page(web, "<img src=b.jpg>", "/2")
    discovery = WebSource(f"{SITE}/").discover(session)
    assert (found(discovery), discovery.failures) == (["/a.jpg", "/b.jpg"], ())
    assert paths(web) == ["/robots.txt", "/", "/2"]


def test_a_crawl(session: Session, web: Web) -> None:
    """Breadth first, within the site, each page once; pages that fail do not stop the others."""
    page(
        web, "<a href=/a>a</a><a href=/gone>x</a><a href=https://other.test/>o</a><a href=/b>b</a>"
    )
    page(web, "<img src=a.jpg><a href=/deep>d</a><a href=/>home</a>", "/a")
    page(web, "<img src=b.jpg><img src=a.jpg>", "/b")
    page(web, "<img src=deep.jpg>", "/deep")
    web.get(f"{SITE}/gone", status=404)
    discovery = WebSource(f"{SITE}/", depth=1, max_pages=20).discover(session)
    assert found(discovery) == ["/a.jpg", "/b.jpg"]
    assert failed(discovery) == [("/gone", "page_failed")]
    assert paths(web) == ["/robots.txt", "/", "/a", "/gone", "/b"]
    assert found(WebSource(f"{SITE}/", depth=2).discover(session))[-1] == "/deep.jpg"


def test_redirects(session: Session, web: Web) -> None:
    """Where the first leads is the site; later ones that leave it are reported, not used."""
    web.get(f"{SITE}/", status=301, headers={"Location": "https://new.test/home"})
    web.get("https://new.test/robots.txt", status=404)
    web.get("https://other.test/robots.txt", status=404)
    home = "<a href=/a>a</a><a href=/out>o</a><a href=/again>h</a><a href=/file>f</a>"
    web.get("https://new.test/home", body=home, content_type="text/html")
    web.get("https://new.test/a", body="<img src=a.jpg>", content_type="text/html")
    web.get("https://new.test/out", status=302, headers={"Location": "https://other.test/x"})
    web.get("https://new.test/again", status=302, headers={"Location": "/home"})
    web.get("https://new.test/file", status=302, headers={"Location": "https://other.test/f.jpg"})
    web.get("https://other.test/x", body="<img src=no.jpg>", content_type="text/html")
    web.get("https://other.test/f.jpg", body=b"x", content_type="image/jpeg")
    discovery = WebSource(f"{SITE}/", depth=1).discover(session)
    assert found(discovery) == ["https://new.test/a.jpg", "https://other.test/f.jpg"]
    assert failed(discovery) == [("https://new.test/out", "page_failed")]
    assert "https://other.test/x" in discovery.failures[0].detail


def test_a_next_page_on_another_site(session: Session, web: Web) -> None:
    """It is not read, and the report says what to do."""
    page(web, "<img src=a.jpg><a rel=next href=https://other.test/2>2</a>")
    discovery = WebSource(f"{SITE}/").discover(session)
    assert failed(discovery) == [("/", "page_failed")]
    assert "give https://other.test/2 as a source too" in discovery.failures[0].detail


def test_nofollow_in_a_header(session: Session, web: Web) -> None:
    """X-Robots-Tag speaks for the whole page, as meta robots does."""
    page(
        web,
        "<img src=a.jpg><a rel=next href=/2>2</a><a href=/b>b</a>",
        headers={"X-Robots-Tag": "nofollow"},
    )
    assert found(WebSource(f"{SITE}/", depth=3).discover(session)) == ["/a.jpg"]
    assert paths(web) == ["/robots.txt", "/"]


def test_pages_that_opt_out(session: Session, web: Web) -> None:
    """Rows 26, 28: by meta or header, first or later, a page's photos are left and it is told."""
    page(web, "<img src=0.jpg><a href=/a>a</a><meta name=robots content=noai><a href=/b>b</a>")
    page(web, "<img src=a.jpg>", "/a", headers={"X-Robots-Tag": "noimageai"})
    page(web, "<img src=b.jpg>", "/b")
    discovery = WebSource(f"{SITE}/", depth=1).discover(session)
    assert found(discovery) == ["/b.jpg"]
    assert failed(discovery) == [("/", "opted_out"), ("/a", "opted_out")]
    assert failed(WebSource(f"{SITE}/a").discover(session)) == [("/a", "opted_out")]


def test_pages_that_robots_txt_closes(session: Session) -> None:
    """A link into a closed part is told with its word, and not asked for."""
    with responses.RequestsMock() as web:
        web.get(f"{SITE}/robots.txt", body="User-agent: *\nDisallow: /in")
        page(web, "<a href=/in/side>x</a><a href=/b>b</a>")
        page(web, "<img src=b.jpg>", "/b")
        discovery = WebSource(f"{SITE}/", depth=1).discover(session)
    assert (found(discovery), failed(discovery)) == (["/b.jpg"], [("/in/side", "robots")])


def test_a_site_that_goes_away(session: Session, web: Web) -> None:
    """Three silences in a row end the crawl; one row tells how many pages were not read."""
    page(web, "<img src=a.jpg>" + "".join(f"<a href=/{number}>x</a>" for number in range(20)))
    for number in range(20):
        web.get(f"{SITE}/{number}", body=requests.ConnectionError())
    discovery = WebSource(f"{SITE}/", depth=1, max_pages=15).discover(session)
    assert found(discovery) == ["/a.jpg"]
    assert [status for _, status in failed(discovery)] == ["page_failed"] * 3 + ["deferred"]
    assert "11 pages" in discovery.failures[-1].detail


def test_a_configured_next_link(session: Session, web: Web) -> None:
    """The selector takes the place of rel=next."""
    page(web, "<img src=a.jpg><a class=more href=/old>older</a><a rel=next href=/no>n</a>")
    page(web, "<img src=b.jpg>", "/old")
    assert found(WebSource(f"{SITE}/", next_selector="a.more").discover(session)) == [
        "/a.jpg",
        "/b.jpg",
    ]
    assert "/no" not in paths(web)


def test_style_sheets(session: Session, web: Web) -> None:
    """Each once, with its own base, imports too; those that fail are told."""
    page(
        web,
        "<link rel=stylesheet href=/css/a.css><link rel=stylesheet href=/b.css>"
        "<a rel=next href=/2>2</a>",
    )
    page(web, "<link rel=stylesheet href=/css/a.css>", "/2")
    sheet = "@import 'more/c.css'; a { background: url(../img/a.jpg) } b { background: url(a.jpg) }"
    page(web, sheet, "/css/a.css", content_type="text/css")
    page(
        web,
        "@import '../a.css'; i { background: url(c.jpg) }",
        "/css/more/c.css",
        content_type="text/css",
    )
    page(web, "<html>", "/b.css")
    discovery = WebSource(f"{SITE}/", style_sheets=True).discover(session)
    assert found(discovery) == ["/img/a.jpg", "/css/a.jpg", "/css/more/c.jpg"]
    assert {photo.page_url for photo in discovery.photos} == {f"{SITE}/"}
    assert failed(discovery) == [("/b.css", "page_failed")]
    assert paths(web).count("/css/a.css") == 1


def test_a_style_sheet_that_is_too_long(session: Session, web: Web) -> None:
    """A megabyte is the cap, twenty sheets are."""
    page(
        web,
        "".join(f"<link rel=stylesheet href=/{number}.css>" for number in range(15))
        + "<a rel=next href=/2>",
    )
    page(
        web, "".join(f"<link rel=stylesheet href=/{number}.css>" for number in range(15, 40)), "/2"
    )
    page(web, "a" * 1_000_001, "/0.css", content_type="text/css")
    for number in range(1, 40):
        page(
            web, f"a {{ background: url({number}.jpg) }}", f"/{number}.css", content_type="text/css"
        )
    discovery = WebSource(f"{SITE}/", style_sheets=True).discover(session)
    assert len(discovery.photos) == 19
    assert failed(discovery) == [("/0.css", "page_failed")]
    assert "1,000,000" in discovery.failures[0].detail


def test_a_sitemap(session: Session) -> None:
    """From robots.txt, through an index and gzip; its pages are read, its pictures come last."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        robots = f"Sitemap: https://other.test/s.xml\nsitemap: {SITE}/index.xml"
        web.get(f"{SITE}/robots.txt", body=robots)
        page(web, "<img src=home.jpg>")
        maps = ("/s.xml.gz", "https://other.test/x", "/index.xml")
        index = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in maps)
        index = f"<sitemapindex>{index}</sitemapindex>"
        page(web, index, "/index.xml", content_type="text/xml")
        listed = """<urlset xmlns:image="i"><url><loc>/a</loc>
          <image:image><image:loc>/only.jpg</image:loc></image:image>
          <image:image><image:loc>/a.jpg</image:loc><image:title>From the map</image:title>
          </image:image></url>
          <url><loc>/no</loc><image:image><image:loc>/no.jpg</image:loc></image:image></url>
          <url><loc>https://other.test/</loc></url><url><loc>/x.pdf</loc></url>
          <url><loc>/b</loc></url></urlset>"""
        web.get(
            f"{SITE}/s.xml.gz", body=gzip.compress(listed.encode()), content_type="application/gzip"
        )
        page(web, "<img src=a.jpg alt=A>", "/a")
        page(web, "<meta name=robots content=noimageai><img src=x.jpg>", "/no")
        page(web, "<img src=b.jpg>", "/b")
        discovery = WebSource(f"{SITE}/", sitemap=True).discover(session)
        assert found(discovery) == ["/home.jpg", "/a.jpg", "/b.jpg", "/only.jpg"]
        assert [photo.kind for photo in discovery.photos] == ["img", "img", "img", "sitemap"]
        assert (discovery.photos[1].alt, discovery.photos[1].title) == ("A", "From the map")
        assert failed(discovery) == [("/no", "opted_out")]
        assert paths(web).count("/index.xml") == 1
        few = WebSource(f"{SITE}/", sitemap=True, max_pages=2).discover(session)
        assert found(few) == ["/home.jpg", "/a.jpg", "/only.jpg", "/no.jpg"]


def test_sitemaps_that_fail(session: Session, web: Web) -> None:
    """Without a line in robots.txt it is /sitemap.xml; what cannot be read is told."""
    page(web, "<img src=a.jpg>")
    web.get(f"{SITE}/sitemap.xml", status=404)
    discovery = WebSource(f"{SITE}/", sitemap=True).discover(session)
    assert (found(discovery), failed(discovery)) == (["/a.jpg"], [("/sitemap.xml", "page_failed")])


def test_an_index_of_hundreds(session: Session, web: Web) -> None:
    """Twenty files are read, and the report says how many are left."""
    page(web, "<img src=a.jpg>")
    index = "".join(f"<sitemap><loc>/{number}.xml</loc></sitemap>" for number in range(100))
    page(web, f"<sitemapindex>{index}</sitemapindex>", "/sitemap.xml")
    for number in range(100):
        page(web, f"<urlset><url><loc>/p{number}</loc></url></urlset>", f"/{number}.xml")
        page(web, "", f"/p{number}")
    discovery = WebSource(f"{SITE}/", sitemap=True, max_pages=9).discover(session)
    assert sum(path.endswith(".xml") for path in paths(web)) == 20
    assert "/p7" in paths(web)
    assert "/p8" not in paths(web)
    assert [status for _, status in failed(discovery)] == ["limit"]
    assert "81 are left" in discovery.failures[0].detail


def test_a_page_that_is_cut(session: Session, web: Web) -> None:
    """Row 58: what was read of it is used, and a row says that there was more."""
    page(web, "<img src=a.jpg>" + "<div>" * 100_000 + "<img src=b.jpg>")
    discovery = WebSource(f"{SITE}/").discover(session)
    assert (found(discovery), failed(discovery)) == (["/a.jpg"], [("/", "too_many_bytes")])


def test_pictures_inside_pages_are_bounded(session: Session, web: Web) -> None:
    """Pages full of data: addresses do not fill the memory: 50 million characters are held."""
    inside = "".join(
        f"<img src='data:image/png;base64,{number}{'A' * 900_000}'>" for number in range(5)
    )
    for number in range(14):
        page(
            web,
            inside.replace("base64,", f"base64,{number}x")
            + f"<a rel=next href=/{number + 1}>n</a>",
            f"/{number}",
        )
    discovery = WebSource(f"{SITE}/0", max_pages=14).discover(session)
    held = sum(len(photo.candidates[0]) for photo in discovery.photos)
    assert 50_000_000 <= held < 51_000_000
    assert [status for _, status in failed(discovery)] == ["limit", "limit"]


def test_a_first_page_that_cannot_be_read(session: Session, web: Web) -> None:
    """It ends the source before anything else is asked."""
    web.get(f"{SITE}/", status=404)
    with pytest.raises(PageError, match="http_404"):
        WebSource(f"{SITE}/", depth=2, sitemap=True).discover(session)
    assert paths(web) == ["/robots.txt", "/"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"depth": -1}, "depth must be a whole number from 0 to 20, not -1"),
        ({"depth": 21}, "depth must be"),
        ({"depth": 1.5}, "depth must be"),
        ({"next_selector": "a["}, "'a\\[' is no CSS selector .* give one such as"),
        ({"next_selector": "a:nonsense"}, "is no CSS selector"),
    ],
)
def test_options_are_checked(option: dict[str, object], message: str) -> None:
    """A source that cannot be used says so in a sentence before anything is asked."""
    with pytest.raises(SourceError, match=message):
        WebSource(f"{SITE}/", **option)  # type: ignore[arg-type]
