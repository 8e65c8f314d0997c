"""Rows of the manifest, read once, leniently, into typed records."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gallery.values import integer, is_hash, json_mapping, number, text, without_folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

__all__ = ["Record", "read_records"]


@dataclass(frozen=True, slots=True)
class Record:
    """One manifest row. Text is "" and a number None where the row says nothing.

    `key` is the fingerprint when that is safe as a file name, otherwise a hash of it.
    `blend` names the styles when there are several. `recipe` holds (parameter, value) pairs, `row`
    the text of every column that is not empty.
    """

    key: str
    fingerprint: str
    status: str
    output: str
    output_sha256: str
    content: str
    content_sha256: str
    image_url: str
    landing_url: str
    title: str
    licence: str
    attribution: str
    creator: str
    licence_url: str
    style: str
    style_title: str
    style_licence: str
    style_attribution: str
    style_creator: str
    style_licence_url: str
    style_landing_url: str
    picture_licence: str
    blend: tuple[str, ...]
    engine: str
    engine_version: str
    preset: str
    recipe: tuple[tuple[str, str], ...]
    weights: str
    backend: str
    device: str
    precision: str
    created_at: str
    error: str
    flow_run: str
    source: str
    alt: str
    command: str
    width: int | None
    height: int | None
    steps: int | None
    seed: int | None
    attempts: int | None
    content_loss: float | None
    style_loss: float | None
    tv_loss: float | None
    seconds: float | None
    total_loss: float | None
    row: Mapping[str, str]

    @property
    def loss(self) -> float | None:
        """What the painting minimised; where that is not known, content and style loss summed."""
        if self.total_loss is not None or self.content_loss is None or self.style_loss is None:
            return self.total_loss
        return self.content_loss + self.style_loss


_NUMBERS = {
    "width": integer,
    "height": integer,
    "steps": integer,
    "seed": integer,
    "attempts": integer,
    "content_loss": number,
    "style_loss": number,
    "tv_loss": number,
    "seconds": number,
    "total_loss": number,
}
_DERIVED = ("key", "blend", "recipe", "row")
_TEXTS = tuple(
    name for name in Record.__dataclass_fields__ if name not in _NUMBERS and name not in _DERIVED
)


def read_records(manifest: pd.DataFrame) -> list[Record]:
    """Every row as a Record, oldest first; of rows with one fingerprint the newest alone.

    Columns that are missing count as empty; columns that are not known are ignored.
    """
    records = [_record(cells) for cells in _cells(manifest)]
    records.sort(key=lambda record: record.created_at)
    newest = {record.key: record for record in records}
    return sorted(newest.values(), key=lambda record: record.created_at)


def _cells(manifest: pd.DataFrame) -> Iterator[dict[str, str]]:
    """The text of every row's cells by column, read a column at a time, which is much quicker."""
    names = [str(name) for name in manifest.columns]
    columns = [
        [text(value) for value in manifest.iloc[:, place].tolist()] for place in range(len(names))
    ]
    for row in zip(*columns, strict=True):
        yield dict(zip(names, row, strict=True))


def _record(cells: dict[str, str]) -> Record:
    texts = {name: cells.get(name, "") for name in _TEXTS}
    texts["error"] = without_folders(texts["error"])
    numbers: dict[str, Any] = {name: reads(cells.get(name, "")) for name, reads in _NUMBERS.items()}
    return Record(
        key=_key(texts["fingerprint"], cells),
        blend=_blend(cells.get("styles", "")),
        recipe=_recipe(cells.get("recipe", "")),
        row={name: value for name, value in cells.items() if value},
        **{**texts, **numbers},
    )


def _key(fingerprint: str, cells: dict[str, str]) -> str:
    if is_hash(fingerprint):
        return fingerprint
    seed = fingerprint or repr(sorted(cells.items()))
    return hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:32]


@functools.lru_cache(maxsize=1024)
def _blend(value: str) -> tuple[str, ...]:
    try:
        entries = json.loads(value)
    except (ValueError, RecursionError):
        return ()
    if isinstance(entries, dict):
        entries = list(entries)
    if not isinstance(entries, list):
        return ()
    names = (entry.get("name") if isinstance(entry, dict) else entry for entry in entries)
    found = tuple(text(name) for name in names if isinstance(name, str) and text(name))
    return found if len(found) > 1 else ()


@functools.lru_cache(maxsize=1024)
def _recipe(value: str) -> tuple[tuple[str, str], ...]:
    pairs = json_mapping(value).items()
    return tuple(
        (str(name), item if isinstance(item, str) else json.dumps(item, ensure_ascii=False))
        for name, item in pairs
    )
