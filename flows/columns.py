"""The manifest's columns: name, type and meaning, in the order of the file."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from flows.cells import clean

__all__ = [
    "COLUMNS",
    "COLUMN_NAMES",
    "DONE",
    "FAILED",
    "RETIRED",
    "Column",
    "ColumnType",
    "complete_row",
]

DONE, FAILED, RETIRED = "done", "failed", "retired"
"""What a row's status may be; ``retired``: another picture took its place, see --replace."""

ColumnType = Literal["text", "integer", "number", "time"]


class Column(NamedTuple):
    """One column: ``text`` is never missing (empty instead), the other types may be."""

    name: str
    type: ColumnType
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column("fingerprint", "text", "names the output: recipe, input hashes and weights, hashed"),
    Column("status", "text", "done, failed, or retired: replaced by another picture"),
    Column("output", "text", "the picture, relative to the workspace, with /"),
    Column("output_sha256", "text", "SHA-256 of the picture's file"),
    Column("content", "text", "the content photo, relative to the workspace"),
    Column("content_sha256", "text", "SHA-256 of the photo's bytes as they were decoded"),
    Column("image_url", "text", "where the photo was fetched"),
    Column("landing_url", "text", "the page to credit"),
    Column("title", "text", "the photo's title"),
    Column("licence", "text", "the photo's licence"),
    Column("attribution", "text", "the credit line its licence asks for"),
    Column("style", "text", "the style's name; names joined by + for a blend"),
    Column("style_sha256", "text", "SHA-256 of the style image; of the first of a blend"),
    Column("styles", "text", "JSON list of name, sha256 and weight of every style"),
    Column("style_title", "text", "the style image's title"),
    Column("style_licence", "text", "the style image's licence"),
    Column("style_attribution", "text", "the style image's credit line"),
    Column("engine", "text", "how it was painted, such as optimize"),
    Column("preset", "text", "the preset the recipe started from"),
    Column("recipe", "text", "canonical JSON of every parameter that affects pixels"),
    Column("weights", "text", "the network weights' name"),
    Column("weights_sha256", "text", "their SHA-256"),
    Column("engine_version", "text", "the engine that painted it; older ones count as stale"),
    Column("versions", "text", "JSON of the Python and package versions"),
    Column("backend", "text", "what did the arithmetic, such as tensorflow"),
    Column("device", "text", "where, such as cpu"),
    Column("precision", "text", "of the features, such as float32"),
    Column("width", "integer", "of the picture, pixels"),
    Column("height", "integer", "of the picture, pixels"),
    Column("steps", "integer", "optimiser steps taken"),
    Column("content_loss", "number", "at the end"),
    Column("style_loss", "number", "at the end"),
    Column("tv_loss", "number", "total variation loss at the end"),
    Column("seconds", "number", "that the painting took"),
    Column("seed", "integer", "of the recipe"),
    Column("flow_run", "text", "the run that made the row, whose report is in runs/"),
    Column("created_at", "time", "when, in UTC"),
    Column("attempts", "integer", "how often it was tried, over all runs"),
    Column("error", "text", "why it failed, one sentence"),
    Column("creator", "text", "who made the photo"),
    Column("licence_url", "text", "where the photo's licence can be read"),
    Column("style_creator", "text", "who made the style image"),
    Column("style_licence_url", "text", "where the style image's licence can be read"),
    Column("style_landing_url", "text", "the style image's page"),
    Column("picture_licence", "text", "the share-alike licence that the picture itself must bear"),
)
COLUMN_NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)


def complete_row(row: dict[str, Any]) -> dict[str, Any]:
    """`row` with exactly the manifest's columns, in order, as plain JSON values.

    Missing text becomes ``""``, missing numbers and times None; other keys are dropped.
    """
    return {column.name: _cell(column.type, row.get(column.name)) for column in COLUMNS}


def _cell(kind: ColumnType, value: Any) -> Any:
    if kind == "text":
        return clean(str(value)) if value is not None else ""
    if value is None or value == "":
        return None
    if kind == "time":
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if number != number or abs(number) >= (2.0**63 if kind == "integer" else float("inf")):
        return None
    return int(number) if kind == "integer" else number
