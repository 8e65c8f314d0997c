"""The manifest as a typed DataFrame, and as bytes of CSV."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from flows.cells import neutralise, quoted, restore
from flows.columns import COLUMN_NAMES, COLUMNS, ColumnType, complete_row
from flows.errors import ManifestError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["csv_bytes", "frame_of", "merge", "others_of", "parse_csv", "to_csv"]

_STRING: Final = "string[python]"
"""The same with and without pyarrow, whose strings take a plan twice the memory."""

_DTYPES = {"text": _STRING, "integer": "Int64", "number": "Float64"}
_TEXT = tuple(column.name for column in COLUMNS if column.type == "text")
_NAMES = frozenset(COLUMN_NAMES)
_NUMBERS = tuple(column.name for column in COLUMNS if column.type in ("integer", "number"))


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Journal rows as a frame with the manifest's columns and types."""
    import pandas as pd

    complete = [complete_row(dict(row)) for row in rows]
    return _typed(pd.DataFrame(complete, columns=list(COLUMN_NAMES), dtype=object))


def parse_csv(source: Path | BinaryIO, path: Path | None = None) -> pd.DataFrame:
    """The typed frame of a manifest file: text restored, columns complete and in order.

    Columns of other names follow, as text; `path` is what to call an open `source`.
    Raises `ManifestError` when the file is no CSV table with a fingerprint column.
    """
    import pandas as pd

    types: defaultdict[str, str] = defaultdict(lambda: _STRING)
    types.update({column.name: _DTYPES.get(column.type, _STRING) for column in COLUMNS})
    try:
        frame = pd.read_csv(
            source,
            dtype=types,
            keep_default_na=False,
            na_values={name: [""] for name in _NUMBERS},
            encoding="utf-8",
            low_memory=False,
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise ManifestError(_broken(path or source, str(error))) from error
    if "fingerprint" not in frame.columns:
        raise ManifestError(_broken(path or source, "it has no column fingerprint"))
    extra = {restore(name): frame[name].fillna("") for name in others_of(frame)}
    frame = _typed(frame.reindex(columns=list(COLUMN_NAMES))).assign(**extra)
    for name in (*_TEXT, *extra):
        frame[name] = _restored(frame[name])
    return frame


def to_csv(frame: pd.DataFrame) -> bytes:
    """A manifest's typed frame as UTF-8 CSV, the manifest's columns first; see `csv_bytes`."""
    return csv_bytes(frame[[*COLUMN_NAMES, *others_of(frame)]])


def others_of(frame: pd.DataFrame) -> list[str]:
    """The columns that are not the manifest's: a person added them, and they are kept."""
    return [name for name in map(str, frame.columns) if name not in _NAMES]


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Any typed frame as UTF-8 CSV: formulas neutralised, times in ISO 8601, missing as empty."""
    columns = [_cells(frame[name], _kind(frame[name])) for name in frame]
    head = ",".join(quoted(neutralise(str(name))) for name in frame.columns)
    lines = [head, *map(",".join, zip(*columns, strict=True)), ""]
    return "\n".join(lines).encode("utf-8")


def merge(older: pd.DataFrame, newer: pd.DataFrame) -> pd.DataFrame:
    """Both, one row a fingerprint: the latest by `created_at`, and `newer` where that is equal.

    A cell of a column that is not the manifest's stays with its picture. Sorted by content,
    style and fingerprint, so that equal states are equal files.
    """
    import pandas as pd

    if not len(newer) and not len(older):
        return older
    others = list(dict.fromkeys((*others_of(older), *others_of(newer))))
    frame = pd.concat([part for part in (older, newer) if len(part)], ignore_index=True)
    frame = frame.sort_values("created_at", kind="stable", na_position="first")
    for name in others:
        said = frame[name] if name in frame else pd.Series("", index=frame.index, dtype=_STRING)
        said = said.where(said.fillna("") != "").groupby(frame["fingerprint"]).ffill()
        frame[name] = said.astype(_STRING).fillna("")
    frame = frame.drop_duplicates("fingerprint", keep="last")
    order = ["content", "style", "fingerprint"]
    return frame.sort_values(order, kind="stable", ignore_index=True)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, kind, _ in COLUMNS:
        values = frame[name]
        if kind == "time":
            times = pd.to_datetime(
                values.astype(_STRING), utc=True, format="ISO8601", errors="coerce"
            )
            columns[name] = times.astype("datetime64[us, UTC]")
        elif kind == "text":
            columns[name] = values.astype(_STRING).fillna("")
        else:
            columns[name] = values.astype("Int64" if kind == "integer" else "Float64")
    return pd.DataFrame(columns, index=frame.index)


def _restored(values: pd.Series[str]) -> pd.Series[str]:
    """The text as it was; only cells with an apostrophe in front can have been changed."""
    cells = values.to_numpy(dtype=object)
    places = [place for place, cell in enumerate(cells) if cell.startswith("'")]
    if not places:
        return values
    cells = cells.copy()
    for place in places:
        cells[place] = restore(cells[place])
    return values.__class__(cells, index=values.index, dtype=_STRING, name=values.name)


def _kind(values: pd.Series[Any]) -> ColumnType:
    """How the cells of a column are written, by its type."""
    kind = values.dtype.kind
    if kind == "M":
        return "time"
    return "text" if kind == "O" or str(values.dtype).startswith("str") else "number"


def _cells(values: pd.Series[Any], kind: ColumnType) -> list[str]:
    """A column as the cells of a CSV file."""
    if kind == "text":
        return [quoted(neutralise(text)) for text in values.tolist()]
    if kind == "time":
        values = values.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    missing = values.isna().tolist()
    return [
        "" if gone else str(value) for value, gone in zip(values.tolist(), missing, strict=True)
    ]


def _broken(path: object, why: str) -> str:
    why = " ".join(why.split())
    return f"The manifest {path} cannot be read ({why}); move it away and run again to rebuild it."
