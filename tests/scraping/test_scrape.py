"""Pages and folders become files named by content and one row for each photo found."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import responses

from scraping import (
    PageError,
    Photo,
    Session,
    WebSource,
    is_reason,
    pending,
    scrape,
)

SITE = "https://site.test"
SOURCE = WebSource(f"{SITE}/")
Web = responses.RequestsMock
Picture = Callable[..., bytes]


def page(web: Web, html: str, path: str = "/") -> None:
    web.get(f"{SITE}{path}", body=html, content_type="text/html; charset=utf-8")


def statuses(rows: list[Photo]) -> list[str]:
    assert all(is_reason(row.status) for row in rows)
    assert all(row.detail for row in rows if row.status != "taken")
    return [row.status for row in rows]


def asked(web: Web) -> list[str]:
    return [str(call.request.url)[len(SITE) :] for call in web.calls]


def test_a_taken_photo(session: Session, web: Web, picture: Picture, tmp_path: Path) -> None:
    """The bytes as they came, under the name of their hash; every column filled."""
    page(web, "<figure><img src=a.png alt=Boat title=Harbour><a rel=author>Ann</a></figure>")
    body = picture(1)
    web.get(f"{SITE}/a.png", body=body, headers={"ETag": '"e"', "Last-Modified": "yesterday"})
    (row,) = scrape(SOURCE, tmp_path / "content", session=session)
    assert row.status == "taken"
    assert row.file == f"content/{row.sha256}.jpg"
    assert (tmp_path / row.file).read_bytes() == body
    assert (row.width, row.height, row.attempts, len(row.dhash)) == (96, 80, 1, 16)
    assert (row.source, row.source_id, row.image_url) == (SOURCE.url, *[f"{SITE}/a.png"] * 2)
    assert (row.title, row.alt, row.etag, row.last_modified) == (
        "Harbour",
        "Boat",
        '"e"',
        "yesterday",
    )
    assert row.found_at.endswith("+00:00")
    assert [path.name for path in (tmp_path / "content").iterdir()] == [f"{row.sha256}.jpg"]


def test_reasons_of_pictures(session: Session, web: Web, picture: Picture, tmp_path: Path) -> None:
    """Rows 7, 8, 29, 32, 33, 38: each photo has its word, and one bad photo stops nothing."""
    bodies = {
        "empty": b"",
        "not_image": b"<html>Not a photo</html>",
        "truncated": picture(2)[:-500],
        "too_small": picture(3, size=(20, 20)),
        "aspect": picture(4, size=(700, 64)),
        "taken": picture(5),
    }
    page(web, "".join(f"<img src={name}.jpg>" for name in [*bodies, "http_404"]))
    for name, body in bodies.items():
        web.get(f"{SITE}/{name}.jpg", body=body, content_type="image/jpeg")
    web.get(f"{SITE}/http_404.jpg", status=404, body=picture(6))
    rows = scrape(SOURCE, tmp_path / "content", session=session)
    assert statuses(rows) == [*bodies, "http_404"]
    assert all(f"{SITE}/{row.status}.jpg" in row.detail for row in rows if row.status != "taken")
    assert len(list((tmp_path / "content").iterdir())) == 1


def test_the_next_candidate_is_tried(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Where the largest fails the next is taken; the row says so and keeps its identity."""
    page(web, "<img srcset='l.jpg 900w, m.jpg 600w, s.jpg 300w'>")
    web.get(f"{SITE}/l.jpg", status=404)
    web.get(f"{SITE}/m.jpg", body=b"<html>")
    web.get(f"{SITE}/s.jpg", body=picture(1))
    (row,) = scrape(SOURCE, tmp_path / "content", session=session)
    assert (row.status, row.image_url, row.attempts) == ("taken", f"{SITE}/s.jpg", 3)
    assert row.source_id == f"{SITE}/l.jpg"
    assert "http_404" in row.detail


def test_when_all_candidates_fail(session: Session, web: Web, tmp_path: Path) -> None:
    """The failure that may pass is the row's, so that the photo is tried again."""
    page(web, "<img srcset='l.jpg 900w, m.jpg 600w'>")
    web.get(f"{SITE}/l.jpg", status=404)
    web.get(f"{SITE}/m.jpg", body=requests.ReadTimeout())
    (row,) = scrape(SOURCE, tmp_path / "content", session=session)
    assert (row.status, row.attempts) == ("timeout", 4)
    assert "http_404" in row.detail
    assert len(pending(SOURCE, [row], session=session)) == 1


def test_data_addresses(session: Session, web: Web, picture: Picture, tmp_path: Path) -> None:
    """Row 55: a picture inside the page is taken without a request, its row holds its hash."""
    inside = base64.b64encode(picture(1)).decode()
    page(web, f"<img src='data:image/jpeg;base64,{inside}'><img src='data:image/png;base64,%%%'>")
    rows = scrape(SOURCE, tmp_path / "content", session=session)
    assert statuses(rows) == ["taken", "not_image"]
    assert (rows[0].kind, rows[0].attempts) == ("data", 0)
    assert all(row.image_url.startswith("data:sha256-") for row in rows)
    assert asked(web) == ["/robots.txt", "/"]
    assert pending(SOURCE, rows, session=session) == []


def test_the_limit_counts_what_was_taken(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Refused photos do not use it up; photos beyond it are rows without a request."""
    page(web, "".join(f"<img src={number}.jpg>" for number in range(5)))
    web.get(f"{SITE}/0.jpg", status=404)
    for number in range(1, 5):
        web.get(f"{SITE}/{number}.jpg", body=picture(number))
    source = WebSource(f"{SITE}/", limit=2)
    rows = scrape(source, tmp_path / "content", session=session)
    assert statuses(rows) == ["http_404", "taken", "taken", "limit", "limit"]
    assert "/3.jpg" not in asked(web)
    assert pending(source, rows, session=session) == []
    more = scrape(WebSource(f"{SITE}/", limit=3), tmp_path / "content", rows, session=session)
    assert statuses(more) == ["http_404", "unchanged", "unchanged", "taken", "limit"]


def test_pages_are_followed(session: Session, web: Web, picture: Picture, tmp_path: Path) -> None:
    """Row 56: rel=next, photos of all pages once, a loop ends, and so does a calendar."""
    page(web, "<img src=/a.jpg><a rel=next href=/2>2</a>")
    page(web, "<img src=/b.jpg><img src=/a.jpg><a rel=next href='/?utm_source=2'>1</a>", "/2")
    for name in "ab":
        web.get(f"{SITE}/{name}.jpg", body=picture(ord(name)))
    rows = scrape(SOURCE, tmp_path / "content", session=session)
    assert [row.page_url for row in rows] == [f"{SITE}/", f"{SITE}/2"]
    assert asked(web).count("/") == 1
    for day in range(9):
        page(web, f"<a rel=next href=/day/{day + 1}>", f"/day/{day}")
    scrape(WebSource(f"{SITE}/day/0", max_pages=4), tmp_path / "content", session=session)
    assert "/day/3" in asked(web)
    assert "/day/4" not in asked(web)


def test_a_later_page_that_fails_is_a_row(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """The photos of the pages before it are taken all the same."""
    page(web, "<img src=/a.jpg><a rel=next href=/2>2</a>")
    web.get(f"{SITE}/2", status=404)
    web.get(f"{SITE}/a.jpg", body=picture(1))
    rows = scrape(SOURCE, tmp_path / "content", session=session)
    assert statuses(rows) == ["taken", "page_failed"]
    assert (rows[1].kind, rows[1].page_url) == ("page", f"{SITE}/2")
    assert "404" in rows[1].detail


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": 404}, "http_404"),
        ({"body": requests.ConnectionError("x")}, "host_down"),
        ({"body": b"%PDF-1.7", "content_type": "application/pdf"}, "page_failed"),
        ({"body": b"x" * 6_000_000, "content_type": "text/html"}, "too_many_bytes"),
    ],
)
def test_a_first_page_that_fails_ends_the_source(
    session: Session, web: Web, tmp_path: Path, answer: dict[str, object], reason: str
) -> None:
    """One sentence with the address and the reason (58: an endless page is not read)."""
    web.get(f"{SITE}/", **answer)  # type: ignore[arg-type]
    with pytest.raises(PageError, match=f"{SITE}/ cannot be read") as caught:
        scrape(SOURCE, tmp_path / "content", session=session)
    assert caught.value.reason == reason
    with pytest.raises(PageError):
        pending(SOURCE, [], session=session)


def test_a_page_that_opts_out(session: Session, web: Web, tmp_path: Path) -> None:
    """Row 28: its photos are left, and the report says why."""
    page(web, "<meta name=robots content=noimageai><img src=/a.jpg>")
    assert statuses(scrape(SOURCE, tmp_path / "content", session=session)) == ["opted_out"]
    assert "/a.jpg" not in asked(web)


def test_a_licence_without_derivatives(session: Session, web: Web, tmp_path: Path) -> None:
    """A stylized picture is a derivative: what its licence forbids is not asked for."""
    page(web, "<li><img src=/a.jpg><a rel=license href=//creativecommons.org/licenses/by-nd/4.0/>x")
    rows = scrape(SOURCE, tmp_path / "content", session=session)
    assert statuses(rows) == ["licence"]
    assert "CC BY-ND 4.0" in rows[0].detail
    assert "/a.jpg" not in asked(web)


def test_a_source_that_is_a_picture(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """The address of a picture is as good as a page that shows it."""
    web.get(f"{SITE}/a.jpg", body=picture(1), content_type="image/jpeg")
    rows = scrape(WebSource(f"{SITE}/a.jpg"), tmp_path / "content", session=session)
    assert statuses(rows) == ["taken"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("é.jpg".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        (b"<meta charset=iso-8859-1>\xe9.jpg", "text/html"),
        ("é.jpg".encode(), "text/html; charset=nonsense"),
        ("é.jpg".encode(), ""),
    ],
)
def test_charsets(session: Session, web: Web, tmp_path: Path, body: bytes, kind: str) -> None:
    """Header, then the document's own word, then UTF-8."""
    html = body.replace(b">", b"><img src=/", 1) if b">" in body else b"<img src=/" + body
    web.get(f"{SITE}/", body=html + b">", content_type=kind or None)
    (row,) = scrape(SOURCE, tmp_path / "content", session=session)
    assert row.source_id == f"{SITE}/é.jpg"


def test_progress(session: Session, web: Web, picture: Picture, tmp_path: Path) -> None:
    """The callback gets each row, its number and how many there will be."""
    page(web, "<img src=a.jpg><img src=b.jpg>")
    web.get(f"{SITE}/a.jpg", body=picture(1))
    web.get(f"{SITE}/b.jpg", status=404)
    seen: list[tuple[str, int, int]] = []
    rows = scrape(
        SOURCE,
        tmp_path / "content",
        session=session,
        on_photo=lambda row, number, total: seen.append((row.status, number, total)),
    )
    assert seen == [("taken", 1, 2), ("http_404", 2, 2)]
    assert len(rows) == 2
