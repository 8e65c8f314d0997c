"""Cleveland, Rijksmuseum, Chicago and the Met: what is particular about each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scraping import PageError, Session, SourceError, scrape
from scraping.collections import COLLECTIONS
from scraping.found import Found

Records = Callable[..., dict[str, Any]]
CLEVELAND = "https://openaccess-api.clevelandart.org/api/artworks/"
RIJKS = "https://data.rijksmuseum.nl/search/collection"
RIJKS_ID = "https://id.rijksmuseum.nl/"
ARTIC = "https://api.artic.edu/api/v1/artworks/search"
MET = "https://collectionapi.metmuseum.org/public/collection/v1/"


def discovered(
    session: Session, name: str, limit: int = 3, query: str = "van gogh"
) -> tuple[Found, ...]:
    return COLLECTIONS[name](query, limit).discover(session).photos


def test_cleveland(session: Session, archive: Any, record: Records) -> None:
    """Paintings that are CC0 and have a picture: its web size first, never the giant TIFF."""
    archive.put("cleveland", *(record("cleveland", number) for number in range(30)))
    found = discovered(session, "cleveland", limit=20)
    cdn = "https://openaccess-cdn.clevelandart.org/0/0"
    assert found[0].candidates == (f"{cdn}_web.jpg", f"{cdn}_print.jpg")
    assert found[0].credit.creator == "Vincent van Gogh"
    assert found[0].attribution == (
        "“Poplars 0” by Vincent van Gogh, The Cleveland Museum of Art (CC0 1.0)"
    )
    first, second = archive.asked(CLEVELAND)
    assert first == {
        "type": "Painting",
        "cc0": "1",
        "has_image": "1",
        "q": "van gogh",
        "skip": "0",
        "limit": "20",
    }
    assert second["skip"] == "20"
    discovered(session, "cleveland", query="")
    assert "q" not in archive.asked(CLEVELAND)[-1]


def test_cleveland_by_nobody(session: Session, archive: Any, record: Records) -> None:
    archive.put("cleveland", record("cleveland", 1, creators=[]))
    (photo,) = discovered(session, "cleveland")
    assert photo.credit.creator == ""
    assert photo.attribution == "“Poplars 1” The Cleveland Museum of Art (CC0 1.0)"


def test_rijksmuseum_s_three_hops(session: Session, archive: Any, record: Records) -> None:
    """Object, visual item with the licence, digital object; a picture 843 pixels wide."""
    archive.put("rijksmuseum", record("rijksmuseum", 7))
    (photo,) = discovered(session, "rijksmuseum")
    iiif = "https://iiif.micr.io/P7/full"
    assert photo.candidates == (f"{iiif}/843,/0/default.jpg", f"{iiif}/max/0/default.jpg")
    assert (photo.id, photo.title) == ("2007", "Self-portrait 7")
    assert photo.credit.creator == "Vincent van Gogh"
    assert photo.credit.licence == "Public Domain Mark 1.0"
    assert photo.landing_url == f"{RIJKS_ID}2007"
    wanted = {"type": "painting", "imageAvailable": "true", "creator": "van gogh"}
    assert archive.asked(RIJKS) == [wanted]
    hops = [str(c.request.url) for c in archive.web.calls if "/id." in str(c.request.url)]
    assert [url.partition("?")[0] for url in hops if "robots" not in url] == [
        f"{RIJKS_ID}{number}" for number in ("2007", "2027", "5007")
    ]
    assert "_mediatype=application" in hops[-1]


def test_the_rijksmuseum_has_titles_too(session: Session, archive: Any, record: Records) -> None:
    """Words that are no painter's name are looked for in titles; it knows no free text."""
    painting = record("rijksmuseum", 7)

    def page(query: dict[str, str]) -> object:
        items = [{"id": painting["id"]}] if "title" in query else []
        return {"orderedItems": items}

    archive.put("rijksmuseum", painting)
    archive.web.remove("GET", RIJKS)
    archive._paged(RIJKS, page)
    assert len(discovered(session, "rijksmuseum", query="night watch")) == 1
    assert [set(query) - {"type", "imageAvailable"} for query in archive.asked(RIJKS)] == [
        {"creator"},
        {"title"},
    ]


def test_the_rijksmuseum_s_next_page(session: Session, archive: Any, record: Records) -> None:
    """Followed on its own host alone, and never twice."""
    archive.put("rijksmuseum", *(record("rijksmuseum", number) for number in (1, 2)))
    archive.web.remove("GET", RIJKS)

    def page(query: dict[str, str]) -> object:
        number = 2 if "pageToken" in query else 1
        onward = f"{RIJKS}?pageToken=a" if number == 1 else "https://elsewhere.test/?pageToken=b"
        return {"orderedItems": [{"id": f"{RIJKS_ID}200{number}"}], "next": {"id": onward}}

    archive._paged(RIJKS, page)
    assert len(discovered(session, "rijksmuseum", limit=5)) == 2
    assert len(archive.asked(RIJKS)) == 2


@pytest.mark.parametrize(
    ("hop", "why"),
    [
        ("2007", "unreadable"),
        ("2027", "unreadable"),
        ("5007", "without a picture"),
    ],
)
def test_a_hop_that_leads_nowhere_skips_the_painting(
    session: Session, archive: Any, record: Records, hop: str, why: str
) -> None:
    archive.put("rijksmuseum", record("rijksmuseum", 7), record("rijksmuseum", 8))
    archive.web.replace("GET", f"{RIJKS_ID}{hop}", status=404)
    (photo,) = discovered(session, "rijksmuseum")
    assert photo.title == "Self-portrait 8"
    archive.web.replace("GET", RIJKS, json={"orderedItems": [{"id": f"{RIJKS_ID}2007"}]})
    with pytest.raises(SourceError, match=f"1 {why}"):
        discovered(session, "rijksmuseum")


@pytest.mark.parametrize(
    "subject_to",
    [
        [],
        [{"classified_as": [{"id": "https://creativecommons.org/licenses/by/4.0/"}]}],
        [
            {"classified_as": [{"id": "https://creativecommons.org/publicdomain/mark/1.0/"}]},
            {"classified_as": [{"id": "https://rightsstatements.org/vocab/InC/1.0/"}]},
        ],
        [{"classified_as": [{"id": "https://evil.test/creativecommons.org/publicdomain/zero/"}]}],
    ],
)
def test_a_licence_that_is_not_the_public_domain_s_or_not_alone(
    session: Session, archive: Any, record: Records, subject_to: list[Any]
) -> None:
    """The third hop is not made."""
    painting = record("rijksmuseum", 7)
    painting["_visual"]["subject_to"] = subject_to
    archive.put("rijksmuseum", painting)
    with pytest.raises(SourceError, match="1 not in the public domain"):
        discovered(session, "rijksmuseum")
    assert not any("5007" in str(call.request.url) for call in archive.web.calls)


def test_the_rijksmuseum_s_bare_records(session: Session, archive: Any, record: Records) -> None:
    """A Dutch title where there is no English one, a line where the painter has no name."""
    painting = record("rijksmuseum", 7)
    painting["identified_by"] = [{"type": "Name", "content": "Zelfportret"}]
    painting["produced_by"] = {"referred_to_by": {"content": "Vincent van Gogh, Paris"}}
    painting["_digital"]["access_point"] = {"id": "http://iiif.micr.io/P7/full/max/0/default.jpg"}
    archive.put("rijksmuseum", painting)
    (photo,) = discovered(session, "rijksmuseum")
    assert (photo.title, photo.credit.creator) == ("Zelfportret", "Vincent van Gogh, Paris")
    assert photo.candidates[0] == "https://iiif.micr.io/P7/full/843,/0/default.jpg"


def test_chicago(session: Session, archive: Any, record: Records) -> None:
    """Public domain by the search and by each record; flat works, 843 pixels wide."""
    archive.put(
        "artic",
        record("artic", 1),
        record("artic", 2, artwork_type_title="Necklace"),
        record("artic", 3, image_id=None),
        record("artic", 4, image_id="../../x", artwork_type_title="Print"),
    )
    first, fourth = discovered(session, "artic")
    iiif = "https://www.artic.edu/iiif/2"
    assert first.candidates == (f"{iiif}/25c31d8d-1/full/843,/0/default.jpg",)
    assert fourth.candidates == (f"{iiif}/..%2F..%2Fx/full/843,/0/default.jpg",)
    assert first.landing_url == "https://www.artic.edu/artworks/1"
    (query,) = archive.asked(ARTIC)
    assert query["query[term][is_public_domain]"] == "true"
    assert query["q"] == "van gogh"
    assert {"id", "title", "artist_title", "image_id"} <= set(query["fields"].split(","))


def test_chicago_s_challenge_is_respected(
    session: Session, archive: Any, record: Records, tmp_path: Path
) -> None:
    """403 with a page: `blocked`, one request, no other way in is tried."""
    archive.put("artic", record("artic", 1))
    picture = "https://www.artic.edu/iiif/2/25c31d8d-1/full/843,/0/default.jpg"
    archive._robots(picture)
    archive.web.get(picture, status=403, body="<html>Just a moment…", content_type="text/html")
    (row,) = scrape(COLLECTIONS["artic"]("van gogh"), tmp_path / "content", session=session)
    assert (row.status, row.attempts) == ("blocked", 1)
    assert sum("/full/" in str(call.request.url) for call in archive.web.calls) == 1


def test_the_met(session: Session, archive: Any, record: Records) -> None:
    """`q` is given, every object asked for itself, the original first."""
    archive.put("met", record("met", 1))
    (photo,) = discovered(session, "met")
    images = "https://images.metmuseum.org/CRDImages/ep"
    assert photo.candidates == (f"{images}/original/1.jpg", f"{images}/web-large/1.jpg")
    assert photo.landing_url == "https://www.metmuseum.org/art/collection/search/1"
    query = archive.asked(f"{MET}search")[0]
    assert query == {"q": "van gogh", "hasImages": "true", "medium": "Paintings"}


def test_the_met_s_has_images_is_unreliable(
    session: Session, archive: Any, record: Records
) -> None:
    """Objects without a picture, and numbers without an object, are passed over."""
    empty = {"primaryImage": "", "primaryImageSmall": ""}
    archive.put("met", record("met", 1, **empty), record("met", 2), record("met", 3))
    archive.web.replace(
        "GET", f"{MET}objects/2", status=404, json={"message": "ObjectID not found"}
    )
    (photo,) = discovered(session, "met")
    assert photo.title == "Wheat Field 3"


def test_the_met_that_stops_answering(session: Session, archive: Any, record: Records) -> None:
    """What it said before stays; nothing more is asked of a host that refuses."""
    archive.put("met", *(record("met", number) for number in range(1, 9)))
    archive.web.replace("GET", f"{MET}objects/2", status=403, body="no", content_type="text/html")
    found = COLLECTIONS["met"]("van gogh", 5).discover(session)
    assert len(found.photos) == 1
    assert found.failures[0].status == "page_failed"
    assert not any("objects/3" in str(call.request.url) for call in archive.web.calls)


def test_the_met_is_not_asked_without_end(session: Session, archive: Any, record: Records) -> None:
    """Thousands of numbers, none of them free: it ends after a few for each wanted."""
    numbers = list(range(1, 400))
    archive.answer(f"{MET}search", {"total": len(numbers), "objectIDs": numbers})
    for number in numbers:
        archive.answer(f"{MET}objects/{number}", record("met", number, isPublicDomain=False))
    with pytest.raises(SourceError, match=r"can be used \(34 not in the public domain\)"):
        discovered(session, "met", limit=3)


def test_the_met_without_numbers(session: Session, archive: Any) -> None:
    archive.answer(f"{MET}search", {"total": 3})
    with pytest.raises(PageError, match="no 'objectIDs'"):
        discovered(session, "met")
