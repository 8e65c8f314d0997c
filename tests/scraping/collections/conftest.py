"""The seven collections as they answer: records of the documented shapes, given page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

Web = responses.RequestsMock
Record = dict[str, Any]
Answer = tuple[int, dict[str, str], str]

OPENVERSE = "https://api.openverse.org/v1/images/"
COMMONS = "https://commons.wikimedia.org/w/api.php"
NASA = "https://images-api.nasa.gov/search"
CLEVELAND = "https://openaccess-api.clevelandart.org/api/artworks/"
RIJKS = "https://data.rijksmuseum.nl/search/collection"
RIJKS_ID = "https://id.rijksmuseum.nl/"
ARTIC = "https://api.artic.edu/api/v1/artworks/search"
MET = "https://collectionapi.metmuseum.org/public/collection/v1/"
PUBLIC_DOMAIN = "https://creativecommons.org/publicdomain/mark/1.0/"


def openverse(number: int, **changes: Any) -> Record:
    record = {
        "id": f"uuid-{number}",
        "title": f"Harbour {number}",
        "creator": "Ann",
        "license": "by-sa",
        "license_version": "2.0",
        "license_url": "https://creativecommons.org/licenses/by-sa/2.0/",
        "attribution": f'"Harbour {number}" by Ann is licensed under CC BY-SA 2.0.',
        "foreign_landing_url": f"https://photos.test/ann/{number}",
        "url": f"https://live.photos.test/{number}_b.jpg",
        "thumbnail": f"{OPENVERSE}uuid-{number}/thumb/",
        "width": 1024,
        "height": 683,
    }
    return record | changes


def commons(number: int, *, info: Record | None = None, **said: Any) -> Record:
    words = {
        "LicenseShortName": "CC BY-SA 4.0",
        "LicenseUrl": "https://creativecommons.org/licenses/by-sa/4.0",
        "Artist": '<a href="//commons.wikimedia.org/wiki/User:Ann">Ann &amp; Co</a>',
        "ObjectName": f"Harbour {number}",
        "ImageDescription": "<p>Boats in the <b>harbour</b></p>",
    } | said
    thumb = f"https://upload.wikimedia.org/thumb/{number}.jpg/1280px-{number}.jpg"
    return {
        "pageid": number,
        "title": f"File:Harbour {number}.jpg",
        "index": number,
        "imageinfo": [
            {
                "url": f"https://upload.wikimedia.org/{number}.jpg",
                "thumburl": thumb,
                "descriptionurl": f"https://commons.wikimedia.org/wiki/File:{number}.jpg",
                "width": 6000,
                "height": 4000,
                "mime": "image/jpeg",
                "extmetadata": {
                    key: {"value": value, "source": "commons-desc-page"}
                    for key, value in words.items()
                },
            }
            | (info or {})
        ],
    }


def nasa(number: int, **changes: Any) -> Record:
    data = {
        "nasa_id": f"KSC {number}",
        "title": f"Launch {number}",
        "photographer": "NASA/Ann",
        "center": "KSC",
        "description": "A rocket at sunrise",
        "media_type": "image",
    }
    base = f"http://images-assets.nasa.gov/image/KSC {number}/KSC {number}"
    links = [
        {"href": f"{base}~{size}.jpg", "rel": rel, "render": "image", "width": width}
        for size, rel, width in (
            ("orig", "canonical", 5000),
            ("large", "alternate", 1920),
            ("medium", "alternate", 1280),
            ("thumb", "preview", 640),
        )
    ]
    return {"href": f"{base}/collection.json", "data": [data | changes], "links": links}


def cleveland(number: int, **changes: Any) -> Record:
    cdn = f"https://openaccess-cdn.clevelandart.org/{number}/{number}"
    record = {
        "id": number,
        "accession_number": f"1947.{number}",
        "share_license_status": "CC0",
        "title": f"Poplars {number}",
        "creators": [{"id": 1, "description": "Vincent van Gogh (Dutch, 1853–1890)"}],
        "type": "Painting",
        "url": f"https://clevelandart.org/art/1947.{number}",
        "images": {
            "web": {"url": f"{cdn}_web.jpg", "width": "893", "height": "700"},
            "print": {"url": f"{cdn}_print.jpg", "width": "3400", "height": "2700"},
            "full": {"url": f"{cdn}_full.tif"},
        },
    }
    return record | changes


def artic(number: int, **changes: Any) -> Record:
    record = {
        "id": number,
        "title": f"The Bedroom {number}",
        "artist_title": "Vincent van Gogh",
        "image_id": f"25c31d8d-{number}",
        "is_public_domain": True,
        "artwork_type_title": "Painting",
    }
    return record | changes


def met(number: int, **changes: Any) -> Record:
    record = {
        "objectID": number,
        "isPublicDomain": True,
        "primaryImage": f"https://images.metmuseum.org/CRDImages/ep/original/{number}.jpg",
        "primaryImageSmall": f"https://images.metmuseum.org/CRDImages/ep/web-large/{number}.jpg",
        "title": f"Wheat Field {number}",
        "artistDisplayName": "Vincent van Gogh",
        "objectURL": f"https://www.metmuseum.org/art/collection/search/{number}",
    }
    return record | changes


@dataclass
class Archive:
    """The collections' servers: `put` tells one of them what it has."""

    web: Web

    def put(self, name: str, *records: Record) -> None:
        """Serve `records`, of the museum's own paging."""
        getattr(self, f"_{name}")(list(records))

    def asked(self, start: str) -> list[dict[str, str]]:
        """The queries of the calls to addresses that begin with `start`, in order."""
        urls = [str(call.request.url) for call in self.web.calls]
        return [
            {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
            for url in urls
            if url.startswith(start) and not url.endswith("/robots.txt")
        ]

    def answer(self, url: str, value: object) -> None:
        """Answer `url`, whatever its query, with JSON."""
        self._robots(url)
        self.web.get(url, json=value)

    def _paged(self, url: str, page: Callable[[dict[str, str]], object]) -> None:
        def answer(request: Any) -> Answer:
            query = {
                key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()
            }
            return 200, {"Content-Type": "application/json"}, json.dumps(page(query))

        self._robots(url)
        self.web.add_callback("GET", url, callback=answer)

    def _robots(self, url: str) -> None:
        split = urlsplit(url)
        self.web.get(f"{split.scheme}://{split.netloc}/robots.txt", status=404)

    def _openverse(self, records: list[Record]) -> None:
        def page(query: dict[str, str]) -> object:
            start = 20 * (int(query["page"]) - 1)
            return {
                "result_count": len(records),
                "page_count": -(-len(records) // 20),
                "results": records[start : start + 20],
            }

        self._paged(OPENVERSE, page)

    def _commons(self, records: list[Record]) -> None:
        def page(query: dict[str, str]) -> object:
            start = int(query.get("gsroffset", 0))
            pages = {str(r["pageid"]): r for r in reversed(records[start : start + 50])}
            onward = {"gsroffset": start + 50, "continue": "gsroffset||"}
            more = {"continue": onward} if start + 50 < len(records) else {}
            found = {"query": {"pages": pages}} if pages else {}
            return {"batchcomplete": "", **more, **found}

        self._paged(COMMONS, page)

    def _nasa(self, records: list[Record]) -> None:
        def page(query: dict[str, str]) -> object:
            number = int(query["page"])
            more = [
                {"rel": "next", "prompt": "Next", "href": f"http://images-api.nasa.gov/{number}"}
            ]
            return {
                "collection": {
                    "items": records[100 * (number - 1) : 100 * number],
                    "links": more if 100 * number < len(records) else [],
                }
            }

        self._paged(NASA, page)

    def _cleveland(self, records: list[Record]) -> None:
        def page(query: dict[str, str]) -> object:
            skip, limit = int(query["skip"]), int(query["limit"])
            return {"info": {"total": len(records)}, "data": records[skip : skip + limit]}

        self._paged(CLEVELAND, page)

    def _artic(self, records: list[Record]) -> None:
        def page(query: dict[str, str]) -> object:
            number, limit = int(query["page"]), int(query["limit"])
            return {
                "pagination": {"total": len(records), "total_pages": -(-len(records) // limit)},
                "data": records[limit * (number - 1) : limit * number],
                "config": {"iiif_url": "https://www.artic.edu/iiif/2"},
            }

        self._paged(ARTIC, page)

    def _met(self, records: list[Record]) -> None:
        numbers = [record["objectID"] for record in records]
        self.answer(f"{MET}search", {"total": len(numbers), "objectIDs": numbers or None})
        for record in records:
            self.answer(f"{MET}objects/{record['objectID']}", record)

    def _rijksmuseum(self, records: list[Record]) -> None:
        items = [{"id": record["id"], "type": "HumanMadeObject"} for record in records]
        self.answer(RIJKS, {"type": "OrderedCollectionPage", "orderedItems": items})
        for record in records:
            for hop in (record, record.pop("_visual"), record.pop("_digital")):
                self.answer(hop["id"], hop)


def rijksmuseum(number: int, *, licence: str = PUBLIC_DOMAIN, **changes: Any) -> Record:
    english, dutch = ([{"id": f"http://vocab.getty.edu/aat/30038{n}"}] for n in ("8277", "8256"))
    visual, digital = f"{RIJKS_ID}202{number}", f"{RIJKS_ID}500{number}"
    picture = f"https://iiif.micr.io/P{number}/full/max/0/default.jpg"
    right = [{"type": "Right", "classified_as": [{"id": licence, "type": "Type"}]}]
    painter = {
        "type": "Person",
        "notation": [{"@language": "en", "@value": "Vincent van Gogh"}],
    }
    record = {
        "id": f"{RIJKS_ID}200{number}",
        "type": "HumanMadeObject",
        "identified_by": [
            {"type": "Name", "content": "Zelfportret", "language": dutch},
            {"type": "Name", "content": f"Self-portrait {number}", "language": english},
            {"type": "Identifier", "content": "SK-A-3262"},
        ],
        "produced_by": {"type": "Production", "part": [{"carried_out_by": [painter]}]},
        "shows": [{"id": visual, "type": "VisualItem"}],
        "_visual": {
            "id": visual,
            "subject_to": right if licence else [],
            "digitally_shown_by": [{"id": digital, "type": "DigitalObject"}],
        },
        "_digital": {"id": digital, "access_point": [{"id": picture, "type": "DigitalObject"}]},
    }
    return record | changes


RECORDS = {
    "openverse": openverse,
    "commons": commons,
    "nasa": nasa,
    "cleveland": cleveland,
    "rijksmuseum": rijksmuseum,
    "artic": artic,
    "met": met,
}


@pytest.fixture
def archive(web: Web) -> Archive:
    return Archive(web)


@pytest.fixture
def record() -> Callable[..., Record]:
    """record(name, number, **changes): a record of that collection as its API gives it."""
    return lambda name, number, **changes: RECORDS[name](number, **changes)
