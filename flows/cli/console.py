"""What the commands write: sentences and tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["complain", "console", "emit_json", "place", "say", "table"]

_PAPER_WIDTH = 160
"""Columns of a table that goes to a file or another program."""


def console(stderr: bool = False) -> Console:
    """Return a console on the standard streams as they are now."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """Write one line to standard output."""
    console().print(escape(text), style=style or None)


def complain(text: str) -> None:
    """Write a sentence in red to standard error."""
    console(stderr=True).print(escape(text), style="red")


def emit_json(value: Any) -> None:
    """Write `value` as JSON to standard output: the only thing a command writes there."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()
) -> None:
    """Write a table without frames; the columns in `right` hold numbers."""
    made = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for column in columns:
        number = column in right
        made.add_column(column, justify="right" if number else "left", no_wrap=number)
    for row in rows:
        made.add_row(*(escape(str(cell)) for cell in row))
    width = None if sys.stdout.isatty() else _PAPER_WIDTH
    Console(highlight=False, width=width).print(made)


def place(path: Path) -> str:
    """Return `path` as a person would type it: relative where that is shorter."""
    absolute = path.absolute()
    try:
        return str(absolute.relative_to(Path.cwd()))
    except ValueError:
        return str(absolute)
