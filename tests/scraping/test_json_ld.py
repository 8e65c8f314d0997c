"""JSON-LD in, photos with their words and credit out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scraping.found import Found
from scraping.json_ld import json_ld_photos

BASE = "https://site.test/p/"


def photos(record: Any) -> list[Found]:
    return json_ld_photos(json.dumps(record), BASE)


def test_an_image_object_with_its_licence() -> None:
    """Google's example of an image licence: everything that credits it is kept."""
    (photo,) = photos(
        {
            "@context": "https://schema.org/",
            "@type": "ImageObject",
            "contentUrl": "https://cdn.test/black.jpg",
            "url": "/photos/black",
            "thumbnailUrl": "black-small.jpg",
            "license": "https://creativecommons.org/licenses/by-nd/4.0/",
            "acquireLicensePage": "https://site.test/how-to-use",
            "creditText": "Labrador PhotoLab",
            "creator": {"@type": "Person", "name": "Brixton Brownstone"},
            "copyrightNotice": "© Clara Kent",
            "name": "Black dog",
            "caption": "A dog at the beach",
            "description": "unused",
        }
    )
    assert photo.candidates == ("https://cdn.test/black.jpg", f"{BASE}black-small.jpg")
    assert (photo.kind, photo.landing_url) == ("json-ld", "https://site.test/photos/black")
    assert (photo.title, photo.alt) == ("Black dog", "A dog at the beach")
    assert (photo.credit.creator, photo.credit.licence) == ("Brixton Brownstone", "CC BY-ND 4.0")
    assert photo.credit.derivative_ok == "no"
    assert photo.attribution == "Labrador PhotoLab"


@pytest.mark.parametrize(
    ("given", "creator"),
    [
        ({"author": [{"name": "Ann"}, {"name": "Bo"}]}, "Ann, Bo"),
        ({"creator": "Ann"}, "Ann"),
        ({"creditText": "By Ann"}, "Ann"),
        ({"copyrightHolder": {"name": "The Club"}}, "The Club"),
        ({"copyrightNotice": "© Ann"}, "Ann"),
        ({"creator": "https://site.test/ann", "author": "Ann"}, "Ann"),
        ({"creator": {"name": {"@value": "Änn", "@language": "de"}}}, "Änn"),
        ({}, ""),
    ],
)
def test_who_made_it(given: dict[str, Any], creator: str) -> None:
    """The creator, else the author, else whom the text credits, else whose copyright it is."""
    (photo,) = photos({"@type": "ImageObject", "url": "a.jpg", **given})
    assert photo.credit.creator == creator


@pytest.mark.parametrize(
    ("given", "licence", "url"),
    [
        (
            {"license": {"@id": "https://creativecommons.org/publicdomain/zero/1.0/"}},
            "CC0 1.0",
            "https://creativecommons.org/publicdomain/zero/1.0/",
        ),
        (
            {"license": {"@type": "CreativeWork", "name": "Ours", "url": "/l"}},
            "Ours",
            "https://site.test/l",
        ),
        ({"license": "All rights reserved"}, "All rights reserved", ""),
        ({"acquireLicensePage": "/buy"}, "", "https://site.test/buy"),
        (
            {"license": ["https://site.test/l"], "acquireLicensePage": "/buy"},
            "https://site.test/l",
            "https://site.test/l",
        ),
    ],
)
def test_its_licence(given: dict[str, Any], licence: str, url: str) -> None:
    """As an address, a record or in words; the page where one is sold only where no other is."""
    (photo,) = photos({"@type": "ImageObject", "url": "a.jpg", **given})
    assert (photo.credit.licence, photo.credit.licence_url) == (licence, url)


def test_a_page_with_a_graph() -> None:
    """As WordPress plugins write it: the picture once, no logo, no portrait of the author."""
    found = photos(
        {
            "@graph": [
                {
                    "@type": "WebPage",
                    "primaryImageOfPage": {"@id": "#primary"},
                    "image": {"@id": "#primary"},
                    "thumbnailUrl": "/t.jpg",
                },
                {
                    "@type": "ImageObject",
                    "@id": "#primary",
                    "url": "/a.jpg",
                    "contentUrl": "/a.jpg",
                    "caption": "Sea",
                },
                {
                    "@type": ["Person", "Organization"],
                    "name": "Ann",
                    "logo": {"@type": "ImageObject", "url": "/logo.png"},
                    "image": {"@type": "ImageObject", "url": "/face.jpg"},
                },
                {
                    "@type": "Article",
                    "author": {"image": "/face2.jpg"},
                    "image": ["/b.jpg", {"url": "/c.jpg"}],
                },
                {"@type": "VideoObject", "contentUrl": "/film.mp4", "thumbnailUrl": "/film.jpg"},
            ]
        }
    )
    names = [photo.candidates[0].rpartition("/")[2] for photo in found]
    assert names == ["a.jpg", "b.jpg", "c.jpg"]
    assert found[0].title == "Sea"


def test_a_works_credit_is_its_pictures() -> None:
    """What holds of a photograph holds of its image; an article's author is no photographer."""
    licence = "https://creativecommons.org/licenses/by/4.0/"
    (work,) = photos({"@type": "Photograph", "image": "a.jpg", "author": "Ann", "license": licence})
    assert (work.credit.creator, work.credit.licence) == ("Ann", "CC BY 4.0")
    (article,) = photos({"@type": "Article", "image": "a.jpg", "author": {"name": "Bo"}})
    assert article.credit.creator == ""


def test_wrapped_and_sloppy_json() -> None:
    """Comments around it, a line end inside a string."""
    inside = '{"@type": "ImageObject", "url": "/a.jpg", "caption": "two\nlines"}'
    for text in (f"<!-- {inside} -->", f"//<![CDATA[\n{inside}\n//]]>", f"\ufeff{inside}\n"):
        assert [photo.title for photo in json_ld_photos(text, BASE)] == ["two lines"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "3",
        '"a.jpg"',
        "[" * 100_000,
        '{"image":' * 100_000,
        '{"image": 1e999}',
        '{"image": ' + "9" * 9_000 + "}",
        '{"@type": {"a": []}, "image": {"url": {"url": {"url": "x"}}}}',
        '{"image": "javascript:x"}',
    ],
)
def test_what_holds_no_photo(text: str) -> None:
    """Broken, bottomless or odd records raise nothing."""
    assert json_ld_photos(text, BASE) == []
