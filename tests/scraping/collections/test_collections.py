"""What holds for every open collection: credits, paging, limits, and answers that are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import responses

from scraping import PageError, Session, Source, SourceError, scrape
from scraping.collections import COLLECTIONS, Ledger, OpenCollection, collection_source

Web = responses.RequestsMock
Records = Callable[..., dict[str, Any]]
NAMES = sorted(COLLECTIONS)
SEARCHES = {
    "openverse": "https://api.openverse.org/v1/images/",
    "commons": "https://commons.wikimedia.org/w/api.php",
    "nasa": "https://images-api.nasa.gov/search",
    "cleveland": "https://openaccess-api.clevelandart.org/api/artworks/",
    "rijksmuseum": "https://data.rijksmuseum.nl/search/collection",
    "artic": "https://api.artic.edu/api/v1/artworks/search",
    "met": "https://collectionapi.metmuseum.org/public/collection/v1/search",
}
MUSEUMS = ["artic", "cleveland", "met", "rijksmuseum"]


def source(name: str, limit: int = 3, query: str = "van gogh") -> OpenCollection:
    """A source with a ledger of its own."""
    return COLLECTIONS[name](query, limit, Ledger(lambda: 0.0))


@pytest.mark.parametrize("name", NAMES)
def test_every_record_says_whose_it_is(
    session: Session, archive: Any, record: Records, name: str
) -> None:
    """Id, candidates over https, landing page, title, maker, licence, a line to credit it by."""
    archive.put(name, record(name, 1), record(name, 2))
    found = source(name).discover(session)
    assert found.failures == ()
    assert len({photo.key for photo in found.photos}) == 2
    photo = found.photos[0]
    assert photo.id
    assert photo.id == photo.key
    assert photo.kind == "collection"
    assert all(url.startswith("https://") and " " not in url for url in photo.candidates)
    assert photo.landing_url.startswith("https://")
    assert photo.title.endswith(" 1")
    assert photo.credit.creator
    assert "<" not in photo.credit.creator
    assert photo.credit.licence
    assert photo.credit.licence_url.startswith("https://")
    assert photo.credit.licence in photo.attribution
    assert photo.credit.derivative_ok in ("yes", "")


@pytest.mark.parametrize("name", NAMES)
def test_enough_is_asked_for_and_no_more(
    session: Session, archive: Any, record: Records, clock: Any, name: str
) -> None:
    """Some more than the limit, for pictures that fail; calls are serial and a second apart."""
    archive.put(name, *(record(name, number) for number in range(1, 130)))
    found = source(name, limit=10).discover(session)
    assert len(found.photos) == 12
    assert all(seconds >= 0.99 for seconds in clock.slept)
    calls = len([call for call in archive.web.calls if "robots" not in str(call.request.url)])
    assert calls == {"rijksmuseum": 1 + 3 * 12, "met": 1 + 12}.get(name, 1)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("met", "rijksmuseum")])
def test_pages_are_read_until_there_is_enough(
    session: Session, archive: Any, record: Records, name: str
) -> None:
    """However the collection pages; each record once, in its order, though pages overlap."""
    records = [record(name, number) for number in range(1, 121)]
    archive.put(name, *records, *records[:5])
    found = source(name, limit=200).discover(session)
    assert len(found.photos) == 120
    titles = [photo.title.rpartition(" ")[2] for photo in found.photos]
    assert titles == [str(number) for number in range(1, 121)]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_found_is_a_sentence(session: Session, archive: Any, name: str) -> None:
    """The source, what was looked for, and what to do."""
    archive.put(name)
    with pytest.raises(SourceError, match=rf"{name}:van gogh: .*try other words"):
        source(name).discover(session)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"body": "{", "content_type": "application/json"}, "JSON of the answer is broken"),
        ({"body": "[" * 100_000, "content_type": "application/json"}, "JSON .* broken"),
        ({"body": b"\xff\xfe\x00", "content_type": "application/json"}, "JSON .* broken"),
        ({"body": "<html>Down for repairs", "content_type": "text/html"}, "a page where JSON"),
        ({"json": []}, "no JSON object"),
        ({"body": "null", "content_type": "application/json"}, "no JSON object"),
        ({"json": {}}, "answer has no"),
        ({"body": " " * 5_000_001, "content_type": "application/json"}, "5,000,000 bytes"),
    ],
)
def test_an_answer_that_is_none_is_a_page_error(
    session: Session, archive: Any, name: str, answer: dict[str, Any], says: str
) -> None:
    """Broken JSON, HTML, another shape, too much of it: one sentence, no other exception."""
    archive._robots(SEARCHES[name])
    archive.web.get(SEARCHES[name], **answer)
    with pytest.raises(PageError, match=f"{name}:van gogh cannot be read .*{says}"):
        source(name).discover(session)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (429, "application/json", "http_429"),
        (500, "text/html", "http_500"),
        (403, "text/html", "blocked"),
        (404, "application/json", "http_404"),
    ],
)
def test_a_refusal_is_a_page_error_with_its_reason(
    session: Session, archive: Any, name: str, status: int, kind: str, reason: str
) -> None:
    archive._robots(SEARCHES[name])
    archive.web.get(SEARCHES[name], status=status, body="{}", content_type=kind)
    with pytest.raises(PageError) as caught:
        source(name).discover(session)
    assert caught.value.reason == reason


def spoilt(value: Any, by: Any) -> Any:
    """`value` with each string, number and truth inside it replaced."""
    if isinstance(value, dict):
        return {key: spoilt(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [spoilt(inner, by) for inner in value]
    return by


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by", [None, "", 7, True, [], {}, "javascript:alert(1)", ["x"], 1e308])
def test_records_of_another_kind_are_skipped(
    session: Session, archive: Any, record: Records, name: str, by: Any
) -> None:
    """A record whose every value is of the wrong type leaves the others as they are."""
    bad = record(name, 1)
    kept = {key: bad[key] for key in ("id", "_visual", "_digital") if name == "rijksmuseum"}
    bad = spoilt(bad, by) | kept | {key: 1 for key in ("objectID", "pageid") if key in bad}
    archive.put(name, bad, record(name, 2))
    found = source(name).discover(session)
    assert [photo.title.rpartition(" ")[2] for photo in found.photos][-1] == "2"
    assert all(url.startswith("https://") for photo in found.photos for url in photo.candidates)
    assert not any("javascript" in photo.landing_url for photo in found.photos)


@pytest.mark.parametrize("name", NAMES)
def test_records_without_their_parts_are_skipped(
    session: Session, archive: Any, record: Records, name: str
) -> None:
    """None of the fields is counted on but those that name the record."""
    whole = record(name, 1)
    named = {"id", "_visual", "_digital", "objectID", "pageid"}
    bare = {key: value for key, value in whole.items() if key in named}
    archive.put(name, bare, record(name, 2))
    (photo,) = source(name).discover(session).photos
    assert photo.title.endswith(" 2")


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_taken_with_its_credit(
    session: Session, archive: Any, record: Records, picture: Any, tmp_path: Path, name: str
) -> None:
    """Through the same scrape as a web page's; a second run takes nothing again."""
    archive.put(name, record(name, 1))
    url = source(name).discover(session).photos[0].candidates[0]
    archive._robots(url)
    archive.web.get(url, body=picture(1, size=(900, 700)), content_type="image/jpeg")
    (row,) = scrape(source(name), tmp_path / "content", session=session)
    assert (row.status, row.source, row.image_url) == ("taken", f"{name}:van gogh", url)
    assert row.creator
    assert row.licence
    assert row.attribution
    (again,) = scrape(source(name), tmp_path / "content", [row], session=session)
    assert again.status == "unchanged"
    fetched = [call for call in archive.web.calls if call.request.url == url]
    assert len(fetched) == 1


def test_a_later_page_that_fails_is_a_failure_beside_the_photos(
    session: Session, web: Web, archive: Any, record: Records
) -> None:
    archive._robots(SEARCHES["openverse"])
    first = {"page_count": 3, "results": [record("openverse", n) for n in range(20)]}
    web.get(SEARCHES["openverse"], json=first)
    web.get(SEARCHES["openverse"], status=404)
    found = source("openverse", limit=50).discover(session)
    assert len(found.photos) == 20
    (failure,) = found.failures
    assert (failure.status, failure.url) == ("page_failed", "openverse:van gogh")
    assert "404" in failure.detail


@pytest.mark.parametrize("name", MUSEUMS)
def test_museums_serve_styles_and_only_what_is_free(
    session: Session, archive: Any, record: Records, name: str
) -> None:
    """Whatever does not say that it is in the public domain is left, and the sentence counts it."""
    shut: dict[str, dict[str, Any]] = {
        "artic": {"is_public_domain": False},
        "cleveland": {"share_license_status": "Copyrighted"},
        "met": {"isPublicDomain": False},
        "rijksmuseum": {"licence": "https://rightsstatements.org/vocab/InC/1.0/"},
    }
    archive.put(name, record(name, 1, **shut[name]), record(name, 2))
    assert COLLECTIONS[name].styles
    (photo,) = source(name).discover(session).photos
    assert photo.title.endswith(" 2")
    assert photo.credit.licence in ("CC0 1.0", "Public Domain Mark 1.0")
    archive.web.reset()
    archive.put(name, record(name, 3, **shut[name]))
    with pytest.raises(SourceError, match=r"can be used \(1 not in the public domain\)"):
        source(name).discover(session)


def test_which_serve_photos() -> None:
    assert sorted(name for name in NAMES if not COLLECTIONS[name].styles) == [
        "commons",
        "nasa",
        "openverse",
    ]


@pytest.mark.parametrize(
    ("name", "query", "limit", "says"),
    [
        ("openvrse", "x", 3, "'openvrse' is no open collection: did you mean 'openverse'"),
        (
            "flickr!",
            "x",
            3,
            "there are openverse, commons, nasa, cleveland, rijksmuseum, artic, met",
        ),
        ("met", " ", 3, "met: a query is missing"),
        ("nasa", "", 3, "nasa: a query is missing"),
        ("met", "x", 0, "met: limit must be at least 1, not 0"),
        ("met", "x" * 201, 1, "the query has 201 characters; give at most 200"),
    ],
)
def test_what_cannot_be_asked_is_a_source_error(
    name: str, query: str, limit: int, says: str
) -> None:
    with pytest.raises(SourceError, match=says):
        collection_source(name, query, limit)


def test_a_collection_is_a_source() -> None:
    """Nobody has to know which kind a source is; equal ones are equal."""
    made: Source = collection_source("openverse", "  old\nharbour ", limit=7)
    assert (made.name, made.limit) == ("openverse:old harbour", 7)
    assert made.scope is not None
    assert made.scope.delay == 1.0
    assert not made.scope.private
    assert made == collection_source("openverse", "  old\nharbour ", limit=7)
    assert collection_source("cleveland").name == "cleveland"
