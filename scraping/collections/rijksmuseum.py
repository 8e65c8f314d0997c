"""The Rijksmuseum: paintings in the public domain, as Linked Art.

https://data.rijksmuseum.nl/docs/: a search gives addresses of objects; an object *shows* a visual
item, which carries the licence and is *digitally shown by* a digital object, whose *access point*
is an IIIF picture. That is three calls for a painting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scraping.collections.desk import Desk
from scraping.collections.record import (
    Json,
    address,
    credit_line,
    many,
    objects,
    reach,
    text,
)
from scraping.collections.source import OpenCollection, Skipped
from scraping.credits import licence_name
from scraping.found import Credit, Found

__all__ = ["Rijksmuseum"]

_SEARCH = "https://data.rijksmuseum.nl/search/collection"
_IDS = "https://id.rijksmuseum.nl/"
_LINKED_ART: dict[str, str | int] = {
    "_profile": "la-framed",
    "_mediatype": "application/ld+json",
}
_ENGLISH = "http://vocab.getty.edu/aat/300388277"
_LICENCES = re.compile(r"https?://(creativecommons|rightsstatements)\.org/")
_PUBLIC_DOMAIN = re.compile(r"https?://creativecommons\.org/publicdomain/(zero|mark)/")
_IIIF_SIZE = re.compile(r"/full/[^/]+/(\d+)/(default\.\w+)$")
_NO_RECORD = Skipped("unreadable")
_NO_PICTURE = Skipped("without a picture")


class Rijksmuseum(OpenCollection):
    """Paintings of rijksmuseum.nl; the query is the name of a painter, or else words of a title."""

    slug = "rijksmuseum"
    holder = "Rijksmuseum"
    api = ("https://data.rijksmuseum.nl/", _IDS)
    styles = True
    needs_query = False
    calls_each = 3

    def records(self, desk: Desk) -> Iterator[Found | Skipped]:
        """Yield the paintings of the painter; where there are none, those of that title."""
        for key in ("creator", "title") if self.words else ("",):
            found = False
            for url in self._addresses(desk, {key: self.words} if key else {}):
                found = True
                yield _painting(desk, url)
            if found:
                return

    def _addresses(self, desk: Desk, wanted: dict[str, str]) -> Iterator[str]:
        query: dict[str, str | int] | None
        query = {"type": "painting", "imageAvailable": "true", **wanted}
        url, asked = _SEARCH, set[str]()
        while url and url not in asked:
            asked.add(url)
            answer = desk.ask(url, query)
            items = objects(desk.listed(answer, "orderedItems"))
            yield from filter(None, (_identifier(item.get("id")) for item in items))
            url, query = _next(answer), None


def _next(answer: Json) -> str:
    link = answer.get("next")
    url = address(reach(link, "id") if isinstance(link, dict) else link, secure=True)
    return url if url.startswith(f"{_SEARCH}?") else ""


def _identifier(value: object) -> str:
    url = address(value, secure=True)
    return url if url.startswith(_IDS) else ""


def _painting(desk: Desk, url: str) -> Found | Skipped:
    """Follow the three hops; the licence is looked at before the third."""
    record = desk.ask_for_record(url, _LINKED_ART)
    if record is None:
        return _NO_RECORD
    visual_url = _identifier(_first_id(record.get("shows")))
    if not visual_url:
        return _NO_PICTURE
    visual = desk.ask_for_record(visual_url, _LINKED_ART)
    if visual is None:
        return _NO_RECORD
    licence_url = _licence(visual)
    if not licence_url:
        return Skipped("not in the public domain")
    digital_url = _identifier(_first_id(visual.get("digitally_shown_by")))
    digital = desk.ask_for_record(digital_url, _LINKED_ART) if digital_url else None
    picture = address(_first_id(reach(digital, "access_point")), secure=True)
    return _found(record, url, licence_url, picture) if picture else _NO_PICTURE


def _found(record: Json, url: str, licence_url: str, picture: str) -> Found:
    title = _title(record)
    credit = Credit(_creator(record), licence_name(licence_url), licence_url)
    sized = _IIIF_SIZE.sub(r"/full/843,/\1/\2", picture)
    return Found(
        tuple(dict.fromkeys((sized, picture))),
        "collection",
        page_url=url,
        landing_url=url,
        title=title,
        credit=credit,
        id=url.removeprefix(_IDS),
        attribution=credit_line(title, credit.creator, Rijksmuseum.holder, credit.licence),
    )


def _first_id(value: object) -> object:
    return next((entry.get("id") for entry in objects(value) if entry.get("id")), None)


def _licence(visual: Json) -> str:
    """The address of the licence where it, and every other one named, is the public domain."""
    kinds = [kind for right in objects(visual.get("subject_to")) for kind in _kinds(right)]
    stated = [kind for kind in kinds if _LICENCES.match(kind)]
    if not stated or not all(map(_PUBLIC_DOMAIN.match, stated)):
        return ""
    return address(stated[0], secure=True)


def _kinds(right: Json) -> list[str]:
    ids = (entry.get("id") for entry in objects(right.get("classified_as")))
    return [value for value in ids if isinstance(value, str)]


def _title(record: Json) -> str:
    names = [name for name in objects(record.get("identified_by")) if name.get("type") == "Name"]
    english = [name for name in names if _is_english(name)]
    return next(filter(None, (text(name.get("content")) for name in english + names)), "")


def _creator(record: Json) -> str:
    """The makers' names; where they are bare addresses, the line about the making."""
    produced = objects(record.get("produced_by"))
    parts = produced + [part for whole in produced for part in objects(whole.get("part"))]
    actors = [actor for part in parts for actor in objects(part.get("carried_out_by"))]
    names = dict.fromkeys(filter(None, map(_actor, actors)))
    if names:
        return ", ".join(names)
    lines = [line for part in parts for line in objects(part.get("referred_to_by"))]
    english = [line for line in lines if _is_english(line)]
    return next(filter(None, (text(line.get("content")) for line in english + lines)), "")


def _actor(actor: Json) -> str:
    notations = objects(actor.get("notation"))
    english = [entry for entry in notations if entry.get("@language") == "en"]
    said: list[Any] = [entry.get("@value") for entry in english + notations]
    return next(filter(None, map(text, [*said, actor.get("_label")])), "")


def _is_english(entry: Json) -> bool:
    return any(language.get("id") == _ENGLISH for language in objects(many(entry.get("language"))))
