"""What the commands write: sentences and tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from flows.printable import printable

__all__ = ["complain", "console", "emit_json", "place", "say", "table"]

_PAPER_WIDTH = 160
"""Columns of a table that goes to a file or another program."""
_NONE: Mapping[str, float] = {}


def console(stderr: bool = False) -> Console:
    """Return a console on the standard streams as they are now."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """Write one line to standard output."""
    console().print(_escaped(text), style=style or None)


def complain(text: str) -> None:
    """Write a sentence in red to standard error."""
    console(stderr=True).print(_escaped(text), style="red")


def emit_json(value: Any) -> None:
    """Write `value` as JSON to standard output: the only thing a command writes there."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
    styles: Sequence[str] = (),
    shares: Mapping[str, float] = _NONE,
    indent: int = 0,
) -> None:
    """Write a table without frames; the columns in `right` hold numbers.

    The text of columns in `whole` goes on in the next line where it is too long, also within a
    word, so that an address can be read to its end. `styles` are those of the first rows.
    `shares` says for a column how much of the width it takes at most, 0 to 1.
    """
    width = console().width if sys.stdout.isatty() else _PAPER_WIDTH
    made = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for column in columns:
        number = column in right
        made.add_column(
            column,
            justify="right" if number else "left",
            no_wrap=number,
            overflow="fold" if column in whole else "ellipsis",
            max_width=round(shares[column] * width) if column in shares else None,
        )
    for row, style in zip_longest(list(rows), styles):
        made.add_row(*(escape(printable(str(cell))) for cell in row), style=style or None)
    Console(highlight=False, width=width).print(Padding(made, (0, 0, 0, indent)))


def place(path: Path | str) -> str:
    """Return `path` as a person would type it: relative where that is shorter; an address whole."""
    if isinstance(path, str):
        return path
    absolute = path.absolute()
    try:
        return str(absolute.relative_to(Path.cwd()))
    except ValueError:
        return str(absolute)


def _escaped(text: str) -> str:
    """What rich would take for markup, and a terminal for an order, as plain text."""
    return escape("\n".join(map(printable, text.split("\n"))))
