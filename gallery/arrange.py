"""Records and files → an Exhibition: which picture hangs where."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gallery.facts import summary
from gallery.licences import licence_link
from gallery.runs import runs_of
from gallery.values import byline, clipped, label, web_link, without_folder
from gallery.view import Cell, Exhibition, Failure, Painting, Photo, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from gallery.records import Record
    from gallery.shelf import Shelf
    from gallery.thumbs import Thumbs

__all__ = ["arrange", "photo_key", "pictures", "style_key"]

_LONG = 160
"""Characters of a title that are shown."""


def arrange(
    records: Sequence[Record],
    shelf: Shelf,
    thumbs: Thumbs,
    title: str,
    reports: Iterable[Mapping[str, Any]] = (),
) -> Exhibition:
    """Hang `records` (oldest first): on a wall, and in a cell for each photo and style.

    Photos stand in the order in which they were first painted, styles in the alphabet's. Records
    that failed become failures, those that are retired are left out. Makes the thumbnails that
    are missing.
    """
    shown = [record for record in records if record.status != "retired"]
    done = [record for record in shown if record.status == "done"]
    photos = {
        key: _photo(record, shelf, thumbs) for key, record in _newest_of(shown, photo_key).items()
    }
    styles = {
        key: _style(key, record, shelf, thumbs)
        for key, record in sorted(_newest_of(shown, style_key).items())
    }
    paintings = tuple(
        _painting(record, photos[photo_key(record)], styles[style_key(record)], shelf, thumbs)
        for record in reversed(done)
    )
    failures = tuple(
        Failure(record, photos[photo_key(record)], styles[style_key(record)])
        for record in reversed(shown)
        if record.status != "done"
    )
    hung_photos, hung_styles = set(map(photo_key, done)), set(map(style_key, done))
    return Exhibition(
        title=title,
        summary=summary(done, len(hung_photos), len(hung_styles)),
        photos={key: photo for key, photo in photos.items() if key in hung_photos},
        styles={key: style for key, style in styles.items() if key in hung_styles},
        paintings=paintings,
        failures=failures,
        cells=_cells(paintings, failures),
        runs=runs_of(reports, paintings, failures),
    )


def photo_key(record: Record) -> str:
    """What tells the photo of `record` from others."""
    return record.content_sha256 or record.content or record.image_url or record.key


def style_key(record: Record) -> str:
    """What tells the style of `record` from others."""
    return record.style or record.style_title or "unnamed style"


def pictures(records: Sequence[Record], shelf: Shelf) -> Iterator[tuple[Path | None, str]]:
    """Every picture file of `records`, with its hash, that a thumbnail is wanted of."""
    records = [record for record in records if record.status != "retired"]
    for sha256 in {record.content_sha256 for record in records}:
        yield shelf.photo(sha256), sha256
    for record in records:
        yield shelf.output(record.output), record.output_sha256


def _cells(
    paintings: Iterable[Painting], failures: Iterable[Failure]
) -> dict[tuple[str, str], Cell]:
    hung: dict[tuple[str, str], list[Painting]] = {}
    for painting in paintings:
        hung.setdefault(_place(painting.record), []).append(painting)
    missed = {_place(failure.record) for failure in failures}
    places = hung.keys() | missed
    return {place: Cell(tuple(hung.get(place, ())), place in missed) for place in places}


def _place(record: Record) -> tuple[str, str]:
    return photo_key(record), style_key(record)


def _newest_of(records: Iterable[Record], key: Callable[[Record], str]) -> dict[str, Record]:
    """A record for each key: the newest that is done, else the newest."""
    found: dict[str, Record] = {}
    for record in records:
        known = found.get(key(record))
        if known is None or record.status == "done" or known.status != "done":
            found[key(record)] = record
    return found


def _photo_title(record: Record) -> str:
    name = record.title or record.content.rpartition("/")[2].partition(".")[0]
    short = name if len(name) < 40 or record.title else name[:8]
    if not record.title:
        return f"Untitled {short}".strip()
    # A photo from a folder is called as its file.
    return label(short) if "_" in short and " " not in short else short


def _photo(record: Record, shelf: Shelf, thumbs: Thumbs) -> Photo:
    path = shelf.photo(record.content_sha256)
    thumb = thumbs.url(path, record.content_sha256)
    shown = path is not None and thumb and shelf.shown_by_browsers(path)
    title = clipped(_photo_title(record), _LONG)
    return Photo(
        title=title,
        text=clipped(record.alt, 2 * _LONG) or title,
        source=without_folder(record.source),
        attribution=byline(record.attribution, record.title, record.licence),
        licence=record.licence,
        licence_link=licence_link(record.licence, record.licence_url),
        link=web_link(record.landing_url),
        address=without_folder(record.landing_url),
        thumb=thumb,
        full=shelf.url(path) if path is not None and shown else thumb,
    )


def _style(key: str, record: Record, shelf: Shelf, thumbs: Thumbs) -> Style:
    names = record.blend or (record.style,)
    paths = [path for path in map(shelf.style, names) if path is not None]
    # The file may have changed since the row was written, so its own hash names the thumbnail.
    small = tuple(url for url in (thumbs.url(path) for path in paths) if url)
    title = clipped(record.style_title or label(key), _LONG)
    slug = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]
    return Style(
        title=title,
        page=f"styles/{slug}.html",
        attribution=byline(record.style_attribution, title, record.style_licence),
        licence=record.style_licence,
        licence_link=licence_link(record.style_licence, record.style_licence_url),
        link=web_link(record.style_landing_url),
        thumbs=small[:4],
        full=shelf.url(paths[0]) if small and shelf.shown_by_browsers(paths[0]) else "",
    )


def _painting(record: Record, photo: Photo, style: Style, shelf: Shelf, thumbs: Thumbs) -> Painting:
    path = shelf.output(record.output)
    thumb = thumbs.url(path, record.output_sha256)
    full = shelf.url(path) if path is not None and thumb else ""
    return Painting(record, photo, style, thumb, full)
