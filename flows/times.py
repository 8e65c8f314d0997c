"""Times as spreadsheets write them, brought back to ISO 8601."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

__all__ = ["as_iso"]

_ONE_WAY = ("%d.%m.%Y", "%Y/%m/%d", "%d %b %Y", "%d-%b-%Y")
_EITHER_WAY = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y")
_HOURS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")


def as_iso(cells: Sequence[str]) -> list[str | None]:
    """The times of a column in ISO 8601; None for what is none, or could be two days.

    Whether the day or the month comes first is judged by the column: where just one reading fits
    all of its times, that one is meant.
    """
    made = [_iso(cell.strip(), _ONE_WAY) for cell in cells]
    open_ = [place for place, one in enumerate(made) if one is None and cells[place].strip()]
    readings = []
    for day in _EITHER_WAY:
        times = [_iso(cells[place].strip(), (day,)) for place in open_]
        if all(times) and times not in readings:
            readings.append(times)
    if len(readings) == 1:
        for place, time in zip(open_, readings[0], strict=True):
            made[place] = time
    return made


def _iso(cell: str, days: Sequence[str]) -> str | None:
    try:
        return datetime.fromisoformat(cell).isoformat()
    except ValueError:
        pass
    for day in days:
        for hour in _HOURS:
            try:
                return datetime.strptime(cell, day + hour).isoformat()
            except ValueError:
                continue
    return None
