"""Paintings of an open collection → style images of a workspace, each with whom to credit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import StyleError
from flows.stages.progress import Progress, silent
from flows.style_images import StyleImage, add_style, list_styles

if TYPE_CHECKING:
    from scraping import Session, Source
    from scraping.found import Found

__all__ = ["Addition", "add_collected", "style_source"]

_TRIED_CANDIDATES = 3
_LONGEST_NAME = 48


@dataclass(frozen=True)
class Addition:
    """A painting that was found: its `style`, unless it was left out.

    `outcome` is "added", "there already", or the reason word of what kept it out; `detail` then
    says it in a sentence.
    """

    title: str
    outcome: str
    style: StyleImage | None = None
    detail: str = ""


def style_source(name: str, query: str, limit: int) -> Source:
    """Return the collection `name` as a source of style images.

    Raises `StyleError` for one that serves photos, `SourceError` for a name or query that is none.
    """
    from scraping.collections import COLLECTIONS, collection_source

    if name in COLLECTIONS and not COLLECTIONS[name].styles:
        museums = ", ".join(name for name, kind in COLLECTIONS.items() if kind.styles)
        raise StyleError(f"{name} is a collection of photos; style images come from: {museums}.")
    return collection_source(name, query, limit)


def add_collected(
    folder: Path, source: Source, session: Session, progress: Progress = silent
) -> list[Addition]:
    """Add the paintings of `source`, up to its limit, to the styles in `folder`.

    A painting that is there already, by its page in the collection, counts and is not asked for
    again. After a host keeps programs out it is left alone. Raises `ScrapeError` where the
    collection cannot be read, `StyleError` where a picture cannot be kept.
    """
    progress("search", 0, 1, source.name)
    found = source.discover(session).photos
    progress("search", 1, 1, source.name)
    limit = min(source.limit or len(found), len(found))
    made: list[Addition] = []
    have = 0
    for addition in _additions(folder, source, session, found):
        made.append(addition)
        have += addition.style is not None
        progress("styles", have, limit, f"{addition.outcome} {addition.title}")
        if have >= limit or addition.outcome == "blocked":
            break
    return made


def _additions(
    folder: Path, source: Source, session: Session, found: tuple[Found, ...]
) -> Iterator[Addition]:
    present = {style.landing_url: style for style in list_styles(folder) if style.landing_url}
    for painting in found:
        known = present.get(painting.landing_url)
        if known is not None:
            yield Addition(painting.title, "there already", known)
        elif painting.credit.derivative_ok == "no":
            sentence = f"its licence {painting.credit.licence} allows no derivatives"
            yield Addition(painting.title, "licence", detail=sentence)
        else:
            yield _fetched(folder, source, session, painting)


def _fetched(folder: Path, source: Source, session: Session, painting: Found) -> Addition:
    """Take the first size that can be had; where none can, the first failure says why."""
    from images import ImageError, decode
    from scraping import FetchError
    from scraping.address import Scope

    failures: list[tuple[str, str]] = []
    for url in painting.candidates[:_TRIED_CANDIDATES]:
        try:
            data = session.fetch(url, source.scope or Scope()).body
            decode(data)
        except (FetchError, ImageError) as error:
            sentence = str(error) if isinstance(error, FetchError) else f"{url}: {error}"
            failures.append((error.reason, sentence))
            if error.reason == "blocked":
                break
        else:
            return Addition(painting.title, "added", _kept(folder, source, painting, data))
    reason, sentence = failures[0]
    return Addition(painting.title, reason, detail=sentence)


def _kept(folder: Path, source: Source, painting: Found, data: bytes) -> StyleImage:
    credit = painting.credit
    return add_style(
        folder,
        _name(folder, source, painting),
        data,
        title=painting.title,
        licence=credit.licence,
        attribution=painting.attribution,
        creator=credit.creator,
        licence_url=credit.licence_url,
        landing_url=painting.landing_url,
    )


def _name(folder: Path, source: Source, painting: Found) -> str:
    """The title as a name; with the collection and the record's id where that is taken or empty."""
    slug = source.name.partition(":")[0]
    plain = _plain(painting.title)
    taken = {style.name for style in list_styles(folder)}
    if plain and plain not in taken:
        return plain
    return "_".join(part for part in (plain, slug, _plain(painting.id)) if part)


def _plain(title: str) -> str:
    """Letters, digits and _, without accents, cut at a word."""
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = "".join(sign if sign.isalnum() else " " for sign in bare).split()
    name = "_".join(words)
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME + 1].rpartition("_")[0]
