"""A table written for other programs: Parquet, CSV or JSON, by the file's ending."""

from __future__ import annotations

import json
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import AtelierError
from flows.files import write_whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EXPORTS", "check_export", "export", "records"]

EXPORTS = (".parquet", ".csv", ".json")
"""The endings of the files that can be written."""


def check_export(path: Path) -> None:
    """Find out before any work whether a table can be written to `path`.

    Raises `ValueError` for another ending than `EXPORTS` and for a folder, `AtelierError` where
    Parquet is wanted and pyarrow is not installed.
    """
    if path.suffix.lower() not in EXPORTS:
        endings = f"{', '.join(EXPORTS[:-1])} or {EXPORTS[-1]}"
        raise ValueError(f"an export ends in {endings}, not {path.name!r}")
    if path.is_dir():
        raise ValueError(f"{path} is a folder; name a file")
    if path.suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
        raise AtelierError("Parquet is written by pyarrow: run pip install 'atelier[parquet]'.")


def export(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` to `path`, whole or not at all; times in UTC, what is missing as missing.

    Text in a CSV file is neutralised against spreadsheets that run formulas, as the manifest's is.
    Raises as `check_export` does, and `OSError` where `path` cannot be written.
    """
    check_export(path)
    write = {".parquet": _parquet, ".csv": _csv, ".json": _json}[path.suffix.lower()]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, write(frame))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries of plain values, None for what is missing."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _parquet(frame: pd.DataFrame) -> bytes:
    made = BytesIO()
    frame.to_parquet(made, engine="pyarrow", index=False)
    return made.getvalue()


def _csv(frame: pd.DataFrame) -> bytes:
    from flows.tables import csv_bytes

    return csv_bytes(frame)


def _json(frame: pd.DataFrame) -> bytes:
    text = json.dumps(records(frame), indent=1, ensure_ascii=False, default=_plain)
    return text.encode("utf-8", "replace") + b"\n"


def _plain(value: Any) -> Any:
    """Times in ISO 8601, numbers of arrays as numbers."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else str(value)
