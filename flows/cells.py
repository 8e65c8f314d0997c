"""Text that is safe in a spreadsheet: formulas neutralised, and restored without loss.

A cell that a spreadsheet would run as a formula (it starts with ``=``, ``+``, ``-``, ``@``, a tab
or a carriage return) gets an apostrophe in front, as does a cell that already looks neutralised;
so `restore` is the exact inverse of `neutralise`.
"""

from __future__ import annotations

import re

__all__ = ["SEPARATORS", "clean", "neutralise", "quoted", "restore"]

SEPARATORS = ",;\t"
"""What spreadsheets put between two cells, our own first."""

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")
_SPECIAL = re.compile(r'[",\r\n]')
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` without what no CSV file can hold: NUL is dropped, lone surrogates become ``?``."""
    if _UNWRITABLE.search(text) is None:
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def neutralise(text: str) -> str:
    """`text` as it is written to a CSV file; numbers are no text and never come here."""
    return f"'{text}" if _RISKY.match(text) else text


def quoted(text: str) -> str:
    """A cell as CSV has it: in quotes where need be.

    Python's own writer leaves a lone carriage return bare (before 3.13), which ends a row for
    some readers.
    """
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def restore(text: str) -> str:
    """The text that `neutralise` was given."""
    return text[1:] if _NEUTRALISED.match(text) else text
