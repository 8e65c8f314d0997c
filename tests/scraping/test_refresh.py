"""A later run asks for what may have changed, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from scraping import FetchError, Photo, Session, WebSource, scrape
from scraping.address import Scope

SITE = "https://site.test"
SOURCE = WebSource(f"{SITE}/")
Web = responses.RequestsMock
Picture = Callable[..., bytes]


def page(web: Web, names: str) -> None:
    html = "".join(f"<img src={name}.jpg>" for name in names)
    web.upsert("GET", f"{SITE}/", body=html, content_type="text/html")


def serves(web: Web, path: str, body: bytes, etag: str = "", changed: str = "") -> None:
    """A server that knows conditions: 304 where the tag or the date is the one it has."""

    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        same = (etag and request.headers.get("If-None-Match") == etag) or (
            changed and request.headers.get("If-Modified-Since") == changed
        )
        headers = {"ETag": etag} if etag else {}
        headers |= {"Last-Modified": changed} if changed else {}
        return (304, headers, b"") if same else (200, headers, body)

    web.remove("GET", f"{SITE}/{path}")
    web.add_callback("GET", f"{SITE}/{path}", answer, content_type="image/jpeg")


def asked(web: Web) -> list[str]:
    return [str(call.request.url)[len(SITE) + 1 :] for call in web.calls]


def again(web: Web, rows: list[Photo], session: Session, content: Path) -> list[Photo]:
    web.calls.reset()
    return scrape(SOURCE, content, rows, session=session, refresh=True)


def test_conditions_of_a_fetch(session: Session, web: Web) -> None:
    """ETag and date go along; a 304 is "unchanged", asked once; unasked for it is a failure."""
    serves(web, "a", b"x", '"one"', "Tue, 01 Jan 2030 00:00:00 GMT")
    assert session.fetch(f"{SITE}/a", Scope(), etag='"two"').body == b"x"
    for condition in ({"etag": '"one"'}, {"last_modified": "Tue, 01 Jan 2030 00:00:00 GMT"}):
        with pytest.raises(FetchError) as caught:
            session.fetch(f"{SITE}/a", Scope(), **condition)
        assert (caught.value.reason, caught.value.attempts) == ("unchanged", 1)
    web.get(f"{SITE}/b", status=304)
    with pytest.raises(FetchError) as caught:
        session.fetch(f"{SITE}/b", Scope())
    assert caught.value.reason == "http_304"


@pytest.mark.parametrize("bad", ['"a"\r\nCookie: x', "é", "\x00"])
def test_a_stored_tag_that_no_header_can_hold(session: Session, web: Web, bad: str) -> None:
    """What a server once sent is not repeated blindly."""
    web.get(f"{SITE}/a", body=b"x")
    assert session.fetch(f"{SITE}/a", Scope(), etag=bad).body == b"x"
    assert "If-None-Match" not in web.calls[-1].request.headers
    assert "Cookie" not in web.calls[-1].request.headers


def test_an_unchanged_site_sends_no_picture(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Without refresh no picture is asked for; with it each is, and none is sent again."""
    page(web, "abc")
    serves(web, "a.jpg", picture(1), etag='"1"')
    serves(web, "b.jpg", picture(2), changed="yesterday")
    web.get(f"{SITE}/c.jpg", status=404)
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    web.calls.reset()
    assert [row.status for row in scrape(SOURCE, content, rows, session=session)] == [
        *["unchanged"] * 2,
        "http_404",
    ]
    assert asked(web) == [""]
    second = again(web, rows, session, content)
    assert [row.status for row in second] == ["unchanged", "unchanged", "http_404"]
    assert asked(web) == ["", "a.jpg", "b.jpg"]
    assert [call.response.status_code for call in web.calls] == [200, 304, 304]
    assert [row.sha256 for row in second] == [row.sha256 for row in rows]
    assert [row.etag for row in second] == [row.etag for row in rows]


def test_a_changed_picture(session: Session, web: Web, picture: Picture, tmp_path: Path) -> None:
    """New bytes under the same address: a new file beside the old one, and the row says which."""
    page(web, "a")
    serves(web, "a.jpg", picture(1), etag='"1"')
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    serves(web, "a.jpg", picture(2), etag='"2"')
    (row,) = again(web, rows, session, content)
    assert (row.status, row.etag, row.source_id) == ("taken", '"2"', rows[0].source_id)
    assert row.sha256 != rows[0].sha256
    assert (tmp_path / row.file).read_bytes() == picture(2)
    assert (tmp_path / rows[0].file).exists()
    serves(web, "a.jpg", picture(1), etag='"3"')
    (row,) = again(web, [row], session, content)
    assert (row.status, row.file) == ("taken", rows[0].file)


def test_a_picture_that_changed_a_little(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """A photo is no near duplicate of what it was itself, nor is anything of what is gone."""
    from io import BytesIO

    from PIL import Image

    body = picture(1)
    out = BytesIO()
    Image.open(BytesIO(body)).save(out, "JPEG", quality=92)
    page(web, "a")
    serves(web, "a.jpg", body)
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    serves(web, "a.jpg", out.getvalue())
    (row,) = again(web, rows, session, content)
    assert (row.status, row.detail) == ("taken", "")


def test_a_server_without_conditions(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """The same bytes sent again are unchanged."""
    page(web, "a")
    serves(web, "a.jpg", picture(1))
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    (row,) = again(web, rows, session, content)
    assert (row.status, row.detail) == ("unchanged", "the same bytes as before")


@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"status": 500}, {"body": requests.ReadTimeout()}, {"body": b"?"}]
)
def test_a_picture_that_cannot_be_asked_for_again_stays(
    session: Session, web: Web, picture: Picture, tmp_path: Path, answer: dict[str, Any]
) -> None:
    """What is at hand is not given up because the site is ill today; the row says so."""
    page(web, "a")
    serves(web, "a.jpg", picture(1))
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    web.remove("GET", f"{SITE}/a.jpg")
    web.get(f"{SITE}/a.jpg", **answer)
    (row,) = again(web, rows, session, content)
    assert (row.status, row.file) == ("unchanged", rows[0].file)
    assert f"{SITE}/a.jpg" in row.detail


def test_the_address_at_hand_is_asked(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Not the better size that could not be had: that is settled, and the photo as well."""
    html = "<img srcset='l.jpg 900w, m.jpg 600w'>"
    web.get(f"{SITE}/", body=html, content_type="text/html")
    web.get(f"{SITE}/l.jpg", status=404)
    serves(web, "m.jpg", picture(1), etag='"1"')
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    (row,) = again(web, rows, session, content)
    assert (row.status, row.image_url) == ("unchanged", f"{SITE}/m.jpg")
    assert asked(web) == ["", "m.jpg"]


def test_a_picture_that_was_withdrawn(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """A site that opted out since is heard: the photo is no longer one of ours."""
    page(web, "a")
    serves(web, "a.jpg", picture(1))
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    web.remove("GET", f"{SITE}/a.jpg")
    web.get(f"{SITE}/a.jpg", body=picture(1), headers={"X-Robots-Tag": "noai"})
    (row,) = again(web, rows, session, content)
    assert (row.status, row.present) == ("opted_out", False)


def test_what_may_pass_is_tried_again(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Busy and deferred photos are asked for by the next run, refusals are not."""
    page(web, "abc")
    web.get(f"{SITE}/a.jpg", status=503)
    web.get(f"{SITE}/b.jpg", status=410)
    web.get(f"{SITE}/c.jpg", status=429, headers={"Retry-After": "1e6"})
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    assert [row.status for row in rows] == ["http_503", "http_410", "deferred"]
    for name in "ac":
        serves(web, f"{name}.jpg", picture(ord(name)))
    web.calls.reset()
    with Session(
        resolve=lambda host, port: ["93.184.216.34"],
        clock=session.schedule.clock,
        sleep=lambda seconds: setattr(
            session.schedule.clock, "now", session.schedule.clock() + seconds
        ),
    ) as fresh:
        rows = scrape(SOURCE, content, rows, session=fresh)
    assert [row.status for row in rows] == ["taken", "http_410", "taken"]
    assert "b.jpg" not in asked(web)


def test_the_limit_holds_when_refreshing(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Photos at hand count; none beyond the limit is taken because another was asked again."""
    page(web, "abcd")
    for name in "abcd":
        serves(web, f"{name}.jpg", picture(ord(name)), etag='"1"')
    content = tmp_path / "content"
    source = WebSource(f"{SITE}/", limit=2)
    rows = scrape(source, content, session=session)
    rows = scrape(source, content, rows, session=session, refresh=True)
    assert [row.status for row in rows] == ["unchanged", "unchanged", "limit", "limit"]
