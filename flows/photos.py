"""photos.csv: one row for every photo found, taken or not, and why."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from flows.cells import SEPARATORS, clean, neutralise, quoted, restore
from flows.errors import WorkspaceError
from flows.files import write_whole

if TYPE_CHECKING:
    from scraping import Photo

__all__ = [
    "identity",
    "kept_photos",
    "merge_photos",
    "photos_bytes",
    "read_photos",
    "save_photos",
]


def read_photos(path: Path) -> list[Photo]:
    """The rows of a photos.csv, also where a spreadsheet saved it; none when there is no file.

    Raises `WorkspaceError` when the file is no such table.
    """
    from scraping import Photo

    if not path.exists():
        return []
    csv.field_size_limit(2**31 - 1)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = _separator(file.readline())
            file.seek(0)
            rows = csv.DictReader(file, delimiter=separator)
            return [Photo.from_row(_restored(row)) for row in rows]
    except (ValueError, TypeError, csv.Error) as error:
        why = " ".join(str(error).split())
        message = f"{path} cannot be read ({why}); move it away and scrape again."
        raise WorkspaceError(message) from error


def save_photos(path: Path, rows: Sequence[Photo]) -> None:
    """Merge `rows` into the file at `path`, under a lock, and replace it whole."""
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=120):
        merged = merge_photos(read_photos(path), rows)
        write_whole(path, photos_bytes(merged))


def merge_photos(older: Iterable[Photo], newer: Iterable[Photo]) -> list[Photo]:
    """Both, one row a photo of a source, in the order found; newer rows win.

    A photo that was taken is not forgotten because a later visit could not see it again.
    """
    rows = {identity(photo): photo for photo in older}
    for photo in newer:
        known = rows.get(identity(photo))
        if known is None or photo.file or not known.file:
            rows[identity(photo)] = photo
    return list(rows.values())


def kept_photos(rows: Iterable[Photo], sources: Collection[str] | None = None) -> list[Photo]:
    """The rows with a picture, one a picture: of `sources`, or of all."""
    kept: dict[str, Photo] = {}
    for photo in rows:
        wanted = sources is None or photo.source in sources
        if wanted and photo.present:
            known = kept.get(photo.sha256)
            if known is None or known.status == "duplicate" != photo.status:
                kept[photo.sha256] = photo
    return list(kept.values())


def identity(photo: Photo) -> tuple[str, str]:
    """What tells one photo from another: its source, and its name there."""
    return photo.source, photo.source_id or photo.image_url


def photos_bytes(rows: Iterable[Photo]) -> bytes:
    """The rows as a photos.csv."""
    from scraping import Photo

    lines = [",".join(field.name for field in fields(Photo))]
    lines += [",".join(map(_cell, photo.as_row().values())) for photo in rows]
    return "\n".join([*lines, ""]).encode("utf-8")


def _separator(head: str) -> str:
    """What stands between the columns; rows of other columns would be photos without a file."""
    for separator in SEPARATORS:
        names = next(csv.reader([head], delimiter=separator), [])
        if not names or {"source", "status"} <= set(names):
            return separator
    raise ValueError("it has no columns source and status")


def _cell(value: str | int) -> str:
    return quoted(neutralise(clean(value))) if isinstance(value, str) else str(value)


def _restored(row: dict[str, str | None]) -> dict[str, str]:
    """A row of the file without the cells that are missing in it."""
    return {name: restore(cell) for name, cell in row.items() if name and cell is not None}
