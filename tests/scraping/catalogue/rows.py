"""One row of the hostile-input catalogue: what comes in, and what must be seen."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

__all__ = ["NUMBERS", "Entry", "Row", "catalogued", "entries"]

NUMBERS = range(1, 61)
"""The rows of the catalogue."""

_ROOT = Path(__file__).parents[3]
_ELSEWHERE = ("tests.flows.test_hostile_cells",)


class Row(NamedTuple):
    """One input of the catalogue.

    `number` is the catalogue's; a number with several inputs has several rows. `kind` is R for
    answers made by `responses`, H for a real local server and – for neither. `expected` holds the
    reason words that the test finds in the column `status`, one a photo in the order of the page;
    `also` says what else it asserts. `setup` is what the test makes the input from.
    """

    number: int
    kind: str
    given: str
    expected: str
    setup: Any = None
    also: str = ""

    @property
    def words(self) -> list[str]:
        """The reason words that are expected, one a photo."""
        return self.expected.split()


class Entry(NamedTuple):
    """A row and the test that holds it: "test_bodies.py::test_a_body"."""

    row: Row
    test: str


def catalogued(*rows: Row) -> pytest.MarkDecorator:
    """Run the test once for each of `rows`, which it takes as the argument `row`."""
    return pytest.mark.parametrize("row", rows, ids=_name)


def entries() -> list[Entry]:
    """Every row of the catalogue with its test, by number; rows of one number as they stand."""
    found = [Entry(row, test) for name in _modules() for row, test in _rows_in(name)]
    return sorted(found, key=lambda entry: entry.row.number)


def _modules() -> list[str]:
    here = sorted(Path(__file__).parent.glob("test_*.py"))
    names = [path.relative_to(_ROOT).with_suffix("").as_posix().replace("/", ".") for path in here]
    return [*names, *_ELSEWHERE]


def _rows_in(module: str) -> Iterator[tuple[Row, str]]:
    for name, test in vars(importlib.import_module(module)).items():
        for row in _rows_of(test) if name.startswith("test_") else ():
            yield row, f"{module.rpartition('.')[2]}.py::{name}"


def _rows_of(test: Callable[..., object]) -> list[Row]:
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    return [row for mark in marks if mark.args[0] == "row" for row in mark.args[1]]


def _name(row: Row) -> str:
    words = re.sub(r"[^a-z0-9.]+", "-", row.given.lower()).strip("-")
    return f"{row.number:02}-{words[:48]}"
