"""Records and files → an Exhibition: which picture hangs where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery.facts import facts, note, summary
from gallery.values import byline, label, web_link
from gallery.view import Cell, Exhibition, Failure, Painting, Photo, Row, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gallery.records import Record
    from gallery.shelf import Shelf
    from gallery.thumbs import Thumbs

__all__ = ["arrange"]


def arrange(records: Sequence[Record], shelf: Shelf, thumbs: Thumbs, title: str) -> Exhibition:
    """Hang `records` (oldest first): a row for each photo, a column for each style.

    Photos stand in the order in which they were first painted, styles in the alphabet's. Records
    that failed become failures, those that are retired are left out. Makes the thumbnails that
    are missing.
    """
    done = [record for record in records if record.status == "done"]
    failed = [record for record in records if record.status not in ("done", "retired")]
    photos = _newest_of(done, _photo_key)
    styles = dict(sorted(_newest_of(done, _style_key).items()))
    hung_photos = {key: _photo(record, shelf, thumbs) for key, record in photos.items()}
    hung_styles = {key: _style(record, shelf, thumbs) for key, record in styles.items()}
    hung: dict[tuple[str, str], list[Painting]] = {}
    for record in reversed(done):
        place = (_photo_key(record), _style_key(record))
        painting = _painting(record, hung_photos[place[0]], hung_styles[place[1]], shelf, thumbs)
        hung.setdefault(place, []).append(painting)
    missed = {(_photo_key(record), _style_key(record)) for record in failed}
    rows = tuple(
        Row(
            photo,
            tuple(
                Cell(style, tuple(hung.get((key, name), ())), (key, name) in missed)
                for name, style in hung_styles.items()
            ),
        )
        for key, photo in hung_photos.items()
    )
    failures = tuple(_failure(record) for record in failed)
    counts = summary(done, len(hung_photos), len(hung_styles))
    return Exhibition(title, counts, tuple(hung_styles.values()), rows, failures)


def _photo_key(record: Record) -> str:
    return record.content_sha256 or record.content or record.image_url or record.key


def _style_key(record: Record) -> str:
    return record.style or record.style_title or "unnamed style"


def _newest_of(records: Iterable[Record], key: Callable[[Record], str]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in records:
        found[key(record)] = record
    return found


def _photo_title(record: Record) -> str:
    name = record.title or record.content.rpartition("/")[2].partition(".")[0]
    short = name if len(name) < 40 or record.title else name[:8]
    return short if record.title else f"Untitled {short}".strip()


def _photo(record: Record, shelf: Shelf, thumbs: Thumbs) -> Photo:
    path = shelf.photo(record.content_sha256)
    thumb = thumbs.url(path, record.content_sha256)
    shown = path is not None and thumb and shelf.shown_by_browsers(path)
    return Photo(
        title=_photo_title(record),
        attribution=byline(record.attribution, record.title, record.licence),
        licence=record.licence,
        link=web_link(record.landing_url),
        address=record.landing_url,
        thumb=thumb,
        full=shelf.url(path) if path is not None and shown else thumb,
    )


def _style(record: Record, shelf: Shelf, thumbs: Thumbs) -> Style:
    names = record.blend or (record.style,)
    paths = [path for path in map(shelf.style, names) if path is not None]
    # The file may have changed since the row was written, so its own hash names the thumbnail.
    small = tuple(url for url in (thumbs.url(path) for path in paths) if url)
    title = record.style_title or label(_style_key(record))
    return Style(
        title=title,
        attribution=byline(record.style_attribution, title, record.style_licence),
        licence=record.style_licence,
        thumbs=small[:4],
        full=shelf.url(paths[0]) if small and shelf.shown_by_browsers(paths[0]) else "",
    )


def _painting(record: Record, photo: Photo, style: Style, shelf: Shelf, thumbs: Thumbs) -> Painting:
    path = shelf.output(record.output)
    thumb = thumbs.url(path, record.output_sha256)
    return Painting(
        record=record,
        page=f"pictures/{record.key}.html",
        photo=photo,
        style=style,
        thumb=thumb,
        full=shelf.url(path) if path is not None and thumb else "",
        width=max(1, record.width or 1),
        height=max(1, record.height or 1),
        note=note(record),
        facts=facts(record),
        recipe=record.recipe,
    )


def _failure(record: Record) -> Failure:
    return Failure(
        title=_photo_title(record),
        style=record.style_title or label(_style_key(record)),
        note=note(record),
        error=record.error or "No reason was recorded.",
        link=web_link(record.landing_url),
    )
