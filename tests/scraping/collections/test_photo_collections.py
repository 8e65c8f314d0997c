"""Openverse, Wikimedia Commons and NASA: what is particular about each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scraping import PageError, Session, SourceError, scrape
from scraping.collections import COLLECTIONS, Ledger
from scraping.collections.desk import DAY
from scraping.found import Found

Records = Callable[..., dict[str, Any]]
OPENVERSE = "https://api.openverse.org/v1/images/"
COMMONS = "https://commons.wikimedia.org/w/api.php"
NASA = "https://images-api.nasa.gov/search"


def discovered(session: Session, name: str, limit: int = 3) -> tuple[Found, ...]:
    made = COLLECTIONS[name]("harbour", limit, Ledger(lambda: 0.0))
    return made.discover(session).photos


def test_openverse_is_asked_as_documented(
    session: Session, archive: Any, record: Records, clock: Any
) -> None:
    """Large photographs that may be changed, 20 a page, at most 20 calls a minute."""
    archive.put("openverse", *(record("openverse", number) for number in range(45)))
    discovered(session, "openverse", limit=30)
    first, second = archive.asked(OPENVERSE)
    assert first == {
        "q": "harbour",
        "license_type": "modification",
        "category": "photograph",
        "size": "large",
        "page_size": "20",
        "page": "1",
    }
    assert second["page"] == "2"
    assert clock.slept[-1] == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("kind", "version", "name"),
    [
        ("by", "2.0", "CC BY 2.0"),
        ("by-nc-sa", "4.0", "CC BY-NC-SA 4.0"),
        ("cc0", "1.0", "CC0 1.0"),
        ("pdm", "1.0", "Public Domain Mark 1.0"),
        (None, None, "CC BY-SA 2.0"),
    ],
)
def test_openverse_licences_have_short_names(
    session: Session, archive: Any, record: Records, kind: object, version: object, name: str
) -> None:
    archive.put("openverse", record("openverse", 1, license=kind, license_version=version))
    assert discovered(session, "openverse")[0].credit.licence == name


def test_openverse_prefers_the_picture_to_its_thumbnail(
    session: Session, archive: Any, record: Records
) -> None:
    """Unless the picture is smaller still; a thumbnail is what is left where the site is down."""
    small = {"width": 500, "height": 333}
    archive.put("openverse", record("openverse", 1), record("openverse", 2, **small))
    first, second = discovered(session, "openverse")
    assert first.candidates[0].endswith("1_b.jpg")
    assert second.candidates[0].endswith("/thumb/")
    assert {len(photo.candidates) for photo in (first, second)} == {2}


def test_openverse_words_of_its_own_are_kept(
    session: Session, archive: Any, record: Records
) -> None:
    """And where it has none, the line is made of title, maker and licence."""
    archive.put("openverse", record("openverse", 1), record("openverse", 2, attribution=None))
    first, second = discovered(session, "openverse")
    assert first.attribution == '"Harbour 1" by Ann is licensed under CC BY-SA 2.0.'
    assert second.attribution == "“Harbour 2” by Ann, via Openverse (CC BY-SA 2.0)"


def test_a_licence_without_derivatives_is_refused_with_the_reason(
    session: Session, archive: Any, record: Records, picture: Any, tmp_path: Path
) -> None:
    """Though the search leaves them out; it does not use up the limit, and nothing is fetched."""
    closed = {
        "license": "by-nd",
        "license_url": "https://creativecommons.org/licenses/by-nd/2.0/",
    }
    archive.put("openverse", record("openverse", 1, **closed), record("openverse", 2))
    archive._robots("https://live.photos.test/")
    archive.web.get("https://live.photos.test/2_b.jpg", body=picture(2))
    made = COLLECTIONS["openverse"]("harbour", 1, Ledger(lambda: 0.0))
    rows = scrape(made, tmp_path / "content", session=session)
    assert [row.status for row in rows] == ["licence", "taken"]
    assert "CC BY-ND 2.0 allows no derivatives" in rows[0].detail
    assert [row.derivative_ok for row in rows] == ["no", "yes"]
    assert not any("1_b.jpg" in str(call.request.url) for call in archive.web.calls)


def test_the_day_s_calls_are_counted(session: Session, archive: Any, record: Records) -> None:
    """The 201st call within a day is not made; a day later it is."""
    now = [0.0]
    ledger = Ledger(lambda: now[0])
    archive.put("openverse", record("openverse", 1))
    for _ in range(199):
        assert ledger.take("openverse", 200)
    made = COLLECTIONS["openverse"]("harbour", 3, ledger)
    made.discover(session)
    calls = len(archive.web.calls)
    with pytest.raises(
        PageError, match="200 calls a day that openverse grants are used up"
    ) as error:
        made.discover(session)
    assert error.value.reason == "deferred"
    assert len(archive.web.calls) == calls
    now[0] = DAY
    assert made.discover(session).photos


def test_a_documented_api_is_asked_though_robots_may_not_crawl_it(
    session: Session, archive: Any, record: Records
) -> None:
    """Openverse and Commons shut out crawlers of their APIs' addresses, not their APIs' users."""
    for name, site in (("openverse", OPENVERSE), ("commons", COMMONS)):
        archive.put(name, record(name, 1))
        root = "/".join(site.split("/")[:3])
        closed = "User-agent: *\nDisallow: /v1/images/\nDisallow: /w/"
        archive.web.replace("GET", f"{root}/robots.txt", body=closed)
        assert len(discovered(session, name)) == 1


def test_openverse_is_not_asked_deeper_than_it_answers(
    session: Session, archive: Any, record: Records
) -> None:
    """Without a key 240 records are all there is."""
    archive.put("openverse", *(record("openverse", number) for number in range(400)))
    assert len(discovered(session, "openverse", limit=1000)) == 240
    assert len(archive.asked(OPENVERSE)) == 12


def test_commons_is_asked_as_documented(session: Session, archive: Any, record: Records) -> None:
    """Files that are pictures, 1280 pixels wide, and on where `continue` says."""
    archive.put("commons", *(record("commons", number) for number in range(1, 61)))
    assert len(discovered(session, "commons", limit=50)) == 60
    first, second = archive.asked(COMMONS)
    assert first["gsrsearch"] == "filetype:bitmap harbour"
    assert (first["gsrnamespace"], first["iiurlwidth"]) == ("6", "1280")
    assert first["iiprop"] == "url|size|mime|sha1|extmetadata"
    assert (second["gsroffset"], second["continue"]) == ("50", "gsroffset||")


def test_commons_makers_are_html(session: Session, archive: Any, record: Records) -> None:
    """Links, entities and line breaks go; an address stays what it is."""
    archive.put(
        "commons",
        record("commons", 1),
        record("commons", 2, Artist="https://example.org/ann"),
        record("commons", 3, Artist="<script>x()</script><br>\nAnn\n<br/>Photos"),
        record("commons", 4, Attribution="<i>Ann</i> / Archive / CC BY-SA 4.0"),
    )
    found = discovered(session, "commons", limit=4)
    assert [photo.credit.creator for photo in found[:2]] == ["Ann & Co", "https://example.org/ann"]
    assert found[2].credit.creator.endswith("Ann Photos")
    assert found[3].attribution == "Ann / Archive / CC BY-SA 4.0"
    assert found[0].attribution.startswith("“Harbour 1” by Ann & Co, via Wikimedia Commons")
    assert found[0].alt == "Boats in the harbour"
    assert found[0].candidates[0].endswith("1280px-1.jpg")


def test_commons_files_that_are_no_photos(session: Session, archive: Any, record: Records) -> None:
    """Drawings, films and what is not free are skipped; a file without a title has its name."""
    archive.put(
        "commons",
        record("commons", 1, info={"mime": "image/svg+xml"}),
        record("commons", 2, info={"mime": "video/webm"}),
        record("commons", 3, NonFree="true"),
        record("commons", 4, ObjectName=""),
        {"pageid": 5, "title": "File:Later.jpg"},
    )
    (photo,) = discovered(session, "commons")
    assert photo.title == "Harbour 4"


def test_commons_refusals_come_with_status_200(session: Session, archive: Any) -> None:
    archive.answer(COMMONS, {"error": {"code": "ratelimited", "info": "Too many requests"}})
    with pytest.raises(PageError, match=r"commons:harbour cannot be read .*Too many requests"):
        discovered(session, "commons")


def test_commons_that_always_goes_on(session: Session, archive: Any) -> None:
    """The same `continue` again ends it."""
    archive.answer(COMMONS, {"continue": {"gsroffset": 50}, "query": {"pages": {}}})
    with pytest.raises(SourceError, match="nothing for it"):
        discovered(session, "commons")
    assert len(archive.asked(COMMONS)) == 2


def test_a_continue_of_another_kind(session: Session, archive: Any, record: Records) -> None:
    pages = {"query": {"pages": [record("commons", 1)]}}
    archive.answer(COMMONS, {"continue": "yes", **pages})
    assert len(discovered(session, "commons")) == 1


def test_nasa_addresses(session: Session, archive: Any, record: Records) -> None:
    """http becomes https, spaces are encoded, the smallest size that is large enough is first."""
    archive.put("nasa", record("nasa", 1))
    (photo,) = discovered(session, "nasa")
    base = "https://images-assets.nasa.gov/image/KSC%201/KSC%201"
    sizes = [url.removeprefix(base) for url in photo.candidates]
    assert sizes == ["~medium.jpg", "~large.jpg", "~orig.jpg", "~thumb.jpg"]
    assert photo.landing_url == "https://images.nasa.gov/details/KSC%201"
    assert archive.asked(NASA) == [{"q": "harbour", "media_type": "image", "page": "1"}]


def test_nasa_items_of_old_list_a_thumbnail_alone(
    session: Session, archive: Any, record: Records
) -> None:
    """The other sizes lie beside it as a rule."""
    old = record("nasa", 1)
    old["links"] = [{"href": old["links"][-1]["href"], "rel": "preview", "render": "image"}]
    archive.put("nasa", old)
    (photo,) = discovered(session, "nasa")
    names = [url.rpartition("~")[2] for url in photo.candidates]
    assert names == ["medium.jpg", "large.jpg", "orig.jpg", "thumb.jpg"]


@pytest.mark.parametrize("claim", ["© 2019 SpaceX", "Copyright: ESA", "Image copyright J. Doe"])
def test_nasa_pictures_of_others_are_left(
    session: Session, archive: Any, record: Records, claim: str
) -> None:
    archive.put("nasa", record("nasa", 1, description=claim), record("nasa", 2))
    (photo,) = discovered(session, "nasa")
    assert photo.title == "Launch 2"
    archive.web.reset()
    archive.put("nasa", record("nasa", 1, description=claim))
    with pytest.raises(SourceError, match="1 under somebody's copyright"):
        discovered(session, "nasa")


def test_nasa_without_a_photographer(session: Session, archive: Any, record: Records) -> None:
    archive.put("nasa", record("nasa", 1, photographer=None, description="Copyright-free"))
    (photo,) = discovered(session, "nasa")
    assert photo.credit.creator == "NASA/KSC"
    assert photo.credit.licence == "NASA media guidelines"
