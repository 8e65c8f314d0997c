"""Numbers as spreadsheets write them, brought back to what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["as_numbers"]

_SPACES = str.maketrans("", "", " \u00a0\u202f'\u2019")
_MARKS = re.compile(r"[.,]")
_OTHER = {".": ",", ",": "."}


def as_numbers(cells: Sequence[str], whole: bool) -> list[float | int | None]:
    """The numbers of a column; None for what is none.

    Point and comma may stand for decimals or between thousands, which is judged by the column: one
    cell that leaves no choice decides for all. Of `whole` numbers groups of three are thousands.
    """
    texts = [cell.strip().translate(_SPACES) for cell in cells]
    if whole:
        return [_number(_MARKS.sub("", text) if _in_groups(text) else text) for text in texts]
    found = {mark for text in texts if (mark := _decimal_mark(text))}
    decimal = found.pop() if len(found) == 1 else ""
    return [_number(text, decimal) for text in texts]


def _number(text: str, decimal: str = "") -> float | int | None:
    """One number by its decimal mark; where that is not known, a comma is one."""
    decimal = decimal or ("," if "," in text else ".")
    text = text.replace(_OTHER[decimal], "").replace(decimal, ".")
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


def _decimal_mark(text: str) -> str:
    """The decimal mark that a cell cannot do without, "" where it says nothing of it."""
    marks = _MARKS.findall(text)
    if not marks or _in_groups(text):
        return _OTHER[marks[0]] if len(marks) > 1 else ""
    return str(marks[-1])


def _in_groups(text: str) -> bool:
    """Whether the marks of a number can stand between its thousands."""
    return re.fullmatch(r"-?[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+)", text) is not None
