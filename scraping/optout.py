"""Whether a page or picture asks not to be used by machines that make pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["opted_out"]

_REFUSALS = frozenset({"noai", "noimageai"})
_NAMED = re.compile(r"\s*([A-Za-z][\w.-]*)\s*:\s*(.*)", re.DOTALL)
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})


def opted_out(values: Iterable[str], agent: str, now: datetime | None = None) -> bool:
    """Tell whether X-Robots-Tag or meta robots `values`, one a header, refuse the bot `agent`.

    "noai" and "noimageai" refuse, as does an "unavailable_after" in the past. A value may open with
    the name of the bot it is meant for ("otherbot: noai"); it then holds for that bot only.
    """
    moment = now or datetime.now(UTC)
    return any(_refuses(value, agent.lower(), moment) for value in values)


def _refuses(value: str, agent: str, now: datetime) -> bool:
    meant = True
    for part in value.split(","):
        directive = part.strip().lower()
        named = _NAMED.fullmatch(part)
        if named and named[1].lower() not in _VALUED:
            meant = named[1].lower() in (agent, "*")
            directive = named[2].strip().lower()
        elif named and named[1].lower() == "unavailable_after" and meant:
            # A date may hold a comma itself, so the rest of the value is read.
            return _is_past(value[value.lower().index("unavailable_after") :], now)
        if meant and directive in _REFUSALS:
            return True
    return False


def _is_past(directive: str, now: datetime) -> bool:
    try:
        date = parsedate_to_datetime(directive.partition(":")[2].strip())
    except (ValueError, TypeError):
        return False
    return (date if date.tzinfo else date.replace(tzinfo=UTC)) < now
