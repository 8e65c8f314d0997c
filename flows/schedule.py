"""When a served collection runs: a cron line in a timezone, an interval, or both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.errors import ScheduleError

if TYPE_CHECKING:
    from prefect.schedules import Schedule

__all__ = ["When", "parse_interval", "when"]

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class When:
    """A schedule that was checked; `anchor` is what an interval counts from."""

    cron: str
    interval: timedelta | None
    timezone: str
    anchor: datetime

    @property
    def words(self) -> str:
        """The schedule as a person would say it."""
        parts = [f'cron "{self.cron}" ({self.timezone})'] if self.cron else []
        if self.interval:
            parts.append(f"every {_length(self.interval)}")
        return " and ".join(parts)

    def for_prefect(self) -> list[Schedule]:
        """The same for a deployment."""
        from prefect.schedules import Cron, Interval

        made = [Cron(self.cron, timezone=self.timezone)] if self.cron else []
        if self.interval:
            made.append(Interval(self.interval, anchor_date=self.anchor, timezone=self.timezone))
        return made

    def local(self, time: datetime) -> str:
        """A point of time in the schedule's timezone, such as ``2025-01-31 03:00:00 UTC``."""
        return f"{time.astimezone(ZoneInfo(self.timezone)):%Y-%m-%d %H:%M:%S %Z}"


def when(cron: str, interval: str, timezone: str) -> When:
    """Check what `--cron`, `--interval` and `--timezone` say; "" is not given.

    Raises `ScheduleError`, a sentence that says what would be right.
    """
    if not cron and not interval:
        raise ScheduleError(
            'A schedule is needed: --cron "0 3 * * *" for every night at three, or --interval 6h; '
            "to build once, run atelier build."
        )
    _check_timezone(timezone)
    if cron:
        _check_cron(cron, timezone)
    length = parse_interval(interval) if interval else None
    return When(cron, length, timezone, datetime.now(UTC))


def parse_interval(text: str) -> timedelta:
    """The length of ``30s``, ``15m``, ``6h``, ``1d`` or a number of seconds.

    Raises `ScheduleError` for anything else, and for less than a second or more than 366 days.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text.strip())
    try:
        length = timedelta(seconds=float(found[1]) * _UNITS[found[2]]) if found else None
    except OverflowError:
        length = None
    if length is None or not timedelta(seconds=1) <= length <= _LONGEST:
        raise ScheduleError(
            f"--interval takes 30s, 15m, 6h, 1d or a number of seconds, from 1 second to 366 days, "
            f"not {text!r}."
        )
    return length


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ScheduleError(
            f"There is no timezone {name!r}; --timezone takes a name such as UTC or Europe/Berlin."
        ) from None


def _check_cron(cron: str, timezone: str) -> None:
    from prefect.client.schemas.schedules import CronSchedule
    from pydantic import ValidationError

    try:
        CronSchedule(cron=cron, timezone=timezone)
    except ValidationError:
        raise ScheduleError(
            f"--cron takes five fields: minute, hour, day of month, month, day of week, such as "
            f'"0 3 * * *" or "*/30 8-18 * * mon-fri", not {cron!r}.'
        ) from None


def _length(interval: timedelta) -> str:
    seconds = interval.total_seconds()
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % _UNITS[unit] == 0 or unit == "s")
    return f"{seconds / _UNITS[unit]:g} {unit}"
