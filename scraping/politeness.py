"""What politeness asks for, in seconds."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["POLITE_DELAY", "retry_after_seconds"]

POLITE_DELAY = 1.0
"""Seconds between two requests to one host, at least."""


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or a date; None where it is missing or says nothing."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _until(value, now)
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), 1e9)


def _until(value: str, now: datetime) -> float:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return math.nan
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return (aware - now).total_seconds()
