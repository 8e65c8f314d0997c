"""What people and their programs do to a manifest: text in, text out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

__all__ = ["EDITS", "LOSSY", "SAVED", "rewritten"]

Table = list[list[str]]


def rewritten(path: Path, change: Callable[[Table], object], **dialect: object) -> None:
    """The file after `change` was made to its cells, saved in another `dialect` of CSV."""
    table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    change(table)
    saved = io.StringIO(newline="")
    how = {"lineterminator": "\n", **dialect}
    csv.writer(saved, **how).writerows(table)  # type: ignore[arg-type]
    path.write_text(saved.getvalue(), encoding="utf-8", newline="")


def column(table: Table, name: str, change: Callable[[str], str]) -> None:
    """Change every cell of a column."""
    place = table[0].index(name)
    for row in table[1:]:
        row[place] = change(row[place])


def times(form: str) -> Callable[[Table], None]:
    """Times as a spreadsheet of some locale writes them."""

    def change(table: Table) -> None:
        column(table, "created_at", lambda c: datetime.fromisoformat(c).strftime(form))

    return change


def cell(name: str, text: str = "") -> Callable[[Table], None]:
    """A cell of the first picture, emptied or otherwise."""

    def change(table: Table) -> None:
        table[1][table[0].index(name)] = text

    return change


def commas(table: Table) -> None:
    """Decimal commas."""
    for name in ("content_loss", "style_loss", "tv_loss", "seconds"):
        column(table, name, lambda c: c.replace(".", ","))


def reordered(table: Table) -> None:
    """The columns backwards."""
    for row in table:
        row.reverse()


def nothing(table: Table) -> None:
    """Saved as it is."""


def shortened(table: Table) -> None:
    """Some programs leave out empty cells at the end of a row."""
    for row in table[1:]:
        while row and not row[-1]:
            row.pop()


EDITS: dict[str, Callable[[Path], object]] = {
    "columns in another order": lambda p: rewritten(p, reordered),
    "line ends of Windows": lambda p: rewritten(p, nothing, lineterminator="\r\n"),
    "a byte order mark": lambda p: p.write_bytes(b"\xef\xbb\xbf" + p.read_bytes()),
    "semicolons": lambda p: rewritten(p, nothing, delimiter=";"),
    "semicolons, decimal commas": lambda p: rewritten(p, commas, delimiter=";"),
    "decimal commas": lambda p: rewritten(p, commas),
    "tabs, UTF-16": lambda p: (
        rewritten(p, nothing, delimiter="\t"),
        p.write_bytes(b"\xff\xfe" + p.read_text().encode("utf-16-le")),
    ),
    "everything in quotes": lambda p: rewritten(p, nothing, quoting=csv.QUOTE_ALL),
    "short rows": lambda p: rewritten(p, shortened),
    "a row twice": lambda p: rewritten(p, lambda t: t.append(list(t[1]))),
    "a row deleted": lambda p: rewritten(p, lambda t: t.pop(1)),
    "times with a space": lambda p: rewritten(p, times("%Y-%m-%d %H:%M:%S")),
    "times of Germany": lambda p: rewritten(p, times("%d.%m.%Y %H:%M")),
    "statuses in capitals": lambda p: rewritten(
        p, lambda t: column(t, "status", lambda c: f" {c.title()} ")
    ),
    "an empty line": lambda p: p.write_bytes(p.read_bytes() + b"\n,,,\n\n"),
}
"""What is understood whole: nothing is put aside."""

SAVED: dict[str, Callable[[Path], object]] = {
    "emptied": lambda p: p.write_bytes(b""),
    "the header alone": lambda p: p.write_bytes(p.read_bytes().partition(b"\n")[0] + b"\n"),
    "deleted": lambda p: p.unlink(),
    "no output": lambda p: rewritten(p, cell("output")),
    "no output_sha256": lambda p: rewritten(p, cell("output_sha256")),
}
"""What comes back from the pictures, and leaves nothing that could be put aside."""

LOSSY: dict[str, Callable[[Path], object]] = {
    "torn in a line": lambda p: p.write_bytes(p.read_bytes()[:-700]),
    "torn in quotes": lambda p: p.write_bytes(p.read_bytes().rpartition(b'""')[0]),
    "torn behind a comma": lambda p: p.write_bytes(p.read_bytes().rstrip(b"\n")),
    "no fingerprint": lambda p: rewritten(p, cell("fingerprint")),
    "no status": lambda p: rewritten(p, cell("status")),
    "no created_at": lambda p: rewritten(p, cell("created_at")),
    "no time": lambda p: rewritten(p, cell("created_at", "yesterday")),
    "days or months": lambda p: rewritten(p, lambda t: column(t, "created_at", lambda c: "1/2/25")),
    "no number": lambda p: rewritten(p, cell("seconds", "long")),
    "a cell too many": lambda p: rewritten(p, lambda t: t[1].insert(3, "what, comes")),
    "other letters": lambda p: (
        rewritten(p, cell("title", "Müller")),
        p.write_bytes(p.read_text().encode("cp1252")),
    ),
}
"""What is put aside as it was, and comes back from the pictures."""
