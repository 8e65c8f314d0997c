"""The Exhibition → a script of its facts: fetch() does not work from disk, and a script does."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from gallery.arrange import photo_key, style_key
from gallery.values import clipped

if TYPE_CHECKING:
    from gallery.records import Record
    from gallery.view import Exhibition, Photo, Style

__all__ = ["data_script"]

# Inside a script none of these may stand as it is: some end it, the last two end a line.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def data_script(exhibition: Exhibition) -> bytes:
    """Write what the filters, the search and the sorting need of every picture, in few bytes.

    Photos, styles, presets, sources and statuses are listed once; a picture refers to them by
    number. Its other entries: key, thumbnail, width, height, loss, seconds, the date, and why it
    could not be painted.
    """
    photos, styles = _Numbers(), _Numbers()
    presets, sources, statuses = _Numbers(), _Numbers(), _Numbers()
    pictures = []
    hung: list[tuple[Record, Photo, Style, str]] = [
        *((p.record, p.photo, p.style, p.thumb) for p in exhibition.paintings),
        *((f.record, f.photo, f.style, "") for f in exhibition.failures),
    ]
    for record, photo, style, thumb in hung:
        shown = [photo.title, photo.text if photo.text != photo.title else "", photo.thumb]
        pictures.append(
            [
                record.key,
                photos.of(photo_key(record), shown),
                styles.of(style_key(record), [style.title, style.page, list(style.thumbs[:1])]),
                presets.of(record.preset, record.preset),
                sources.of(photo.source, photo.source),
                statuses.of(record.status, record.status),
                thumb.removeprefix("thumbs/").removesuffix(".jpg"),
                record.width or 0,
                record.height or 0,
                _short(record.loss),
                _short(record.seconds),
                record.created_at[:16],
                *_error(record),
            ]
        )
    found = {
        "photos": photos.values,
        "styles": styles.values,
        "presets": presets.values,
        "sources": sources.values,
        "statuses": statuses.values,
        "pictures": pictures,
    }
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"window.atelier={text.translate(_ESCAPES)};\n".encode("utf-8", "replace")


class _Numbers:
    """Values, each numbered at its first appearance."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def of(self, key: Hashable, value: Any) -> int:
        number = self._numbers.setdefault(key, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number


def _error(record: Record) -> list[str]:
    if record.status == "done":
        return []
    return [clipped(record.error, 600) or "No reason was recorded."]


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")
