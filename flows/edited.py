"""A manifest as it is found: as Atelier wrote it, as a spreadsheet saved it, or damaged.

What a spreadsheet does to a table is undone: another separator, order of columns, encoding, line
end, decimal comma, marks between thousands, form of a time, everything in quotes. A row that cannot
be right (it lacks its fingerprint, status or time, is torn, or has cells too many) is left out; the
picture it was of brings it back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.cells import SEPARATORS, restore
from flows.columns import COLUMN_NAMES, COLUMNS
from flows.errors import ManifestError
from flows.numbers import as_numbers
from flows.times import as_iso

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Reading", "read_table", "sound"]

_KINDS = {column.name: column.type for column in COLUMNS}
_NAME = r"\w[\w.-]{0,99}"
_HEAD = ",".join(COLUMN_NAMES).encode()
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True)
class Reading:
    """A manifest file, read: its typed rows, one a fingerprint.

    `tidy` where the file is as Atelier writes it; `lost` says what was not understood, "" where
    everything was.
    """

    frame: pd.DataFrame
    tidy: bool = True
    lost: str = ""


def read_table(path: Path) -> Reading:
    """Read the manifest file at `path`; without a file, one without rows.

    Raises `ManifestError` when it is no table with a fingerprint column.
    """
    from flows.tables import frame_of, parse_csv

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Reading(frame_of([]))
    if not data.strip():
        return Reading(frame_of([]), tidy=False)
    if data.startswith(_HEAD) and data.endswith(b"\n"):
        try:
            frame = parse_csv(io.BytesIO(data), path)
        except ManifestError:
            return _laboriously(path, data)
        # With a cell too many in the first row, pandas makes the first column its index.
        whole = list(frame.index[:1]) in ([], [0]) and bool(sound(frame).all())
        whole = whole and all(word == _status(word) for word in frame["status"].unique())
        if whole and not frame["fingerprint"].duplicated().any():
            return Reading(frame)
    return _laboriously(path, data)


def sound(frame: pd.DataFrame) -> pd.Series[bool]:
    """Which rows can be right: they name a picture, its status and the time.

    Files are named by fingerprints: one that cannot be a name, or leads to another folder, is none.
    """
    named = frame["fingerprint"].str.fullmatch(_NAME).astype(bool) & (frame["status"] != "")
    return named & frame["created_at"].notna()


def _laboriously(path: Path, data: bytes) -> Reading:
    """Cell by cell, forgiving what can be forgiven."""
    from flows.tables import frame_of, merge

    text, guessed = _decoded(path, data)
    head, *records = _records(path, text)
    lost = ["its letters may be wrong"] if guessed else []
    torn = 0
    if records and not text.endswith(("\n", "\r")):
        records, torn = records[:-1], 1
    width = len(head)
    fitting = [cells for cells in records if not any(cells[width:])]
    columns = {
        name: [cells[place] if place < len(cells) else "" for cells in fitting]
        for place, name in enumerate(head)
    }
    plain = {name: _plain(name, columns.pop(name, None), lost) for name in COLUMN_NAMES}
    known = {name: cells for name, cells in plain.items() if cells is not None}
    frame = frame_of(
        dict(zip(known, row, strict=True)) for row in zip(*known.values(), strict=True)
    )
    for name, cells in columns.items():
        if name or any(cells):
            frame[restore(name) or "Unnamed"] = _texts(frame, cells)
    good = sound(frame)
    bad = torn + len(records) - len(fitting) + int((~good).sum())
    if bad:
        lost.append(f"{bad} row{'s' * (bad > 1)} could not be read")
    return Reading(merge(frame[good], frame_of([])), tidy=False, lost=", ".join(lost))


def _decoded(path: Path, data: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding was a guess."""
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), False
            except UnicodeDecodeError as error:
                raise ManifestError(_broken(path, str(error))) from error
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), True


def _records(path: Path, text: str) -> list[list[str]]:
    """The cells of every line that has any, the header first; its separator is found out."""
    csv.field_size_limit(2**31 - 1)
    for separator in SEPARATORS:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            head = [name.strip() for name in next(reader, [])]
            if "fingerprint" in head:
                return [_distinct(head), *(cells for cells in reader if any(cells))]
        except csv.Error as error:
            raise ManifestError(_broken(path, str(error))) from error
    raise ManifestError(_broken(path, "it has no column fingerprint"))


def _distinct(names: Sequence[str]) -> list[str]:
    """Column names of which no two are the same."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return made


def _plain(name: str, cells: list[str] | None, lost: list[str]) -> list[Any] | None:
    """A column of the manifest as `frame_of` takes it; None where the file has no such."""
    if cells is None:
        return None
    kind = _KINDS[name]
    if name == "status":
        return [_status(cell) for cell in cells]
    if kind == "text":
        return [restore(cell) for cell in cells]
    values = as_iso(cells) if kind == "time" else as_numbers(cells, whole=kind == "integer")
    missing = sum(
        value is None and cell.strip() != "" for value, cell in zip(values, cells, strict=True)
    )
    if missing and kind != "time":  # without its time, a row is left out, and counted so
        lost.append(f"{missing} cell{'s' * (missing > 1)} in {name} could not be read")
    return values


def _status(cell: str) -> str:
    return cell.strip().lower()


def _texts(frame: pd.DataFrame, cells: Sequence[str]) -> pd.Series[str]:
    values = frame["fingerprint"]
    return values.__class__(
        [restore(cell) for cell in cells], index=frame.index, dtype=values.dtype
    )


def _broken(path: Path, why: str) -> str:
    why = " ".join(why.split())
    return f"The manifest {path} cannot be read ({why}); move it away and run again to rebuild it."
