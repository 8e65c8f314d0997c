"""Whether a page or picture asks not to be used, and whether a page's links may be followed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["keeps_links", "opted_out"]

_REFUSALS = frozenset({"noai", "noimageai"})
_NO_LINKS = frozenset({"nofollow", "none"})
_NAMED = re.compile(r"\s*([A-Za-z][\w.-]*)\s*:\s*(.*)", re.DOTALL)
_LONGEST, _LONGEST_DATE = 5_000, 80
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})


def opted_out(values: Iterable[str], agent: str, now: datetime | None = None) -> bool:
    """Tell whether X-Robots-Tag or meta robots `values`, one a header, refuse the bot `agent`.

    "noai" and "noimageai" refuse, as does an "unavailable_after" in the past. A value may open with
    the name of the bot it is meant for ("otherbot: noai"); it then holds for that bot only.
    """
    moment = now or datetime.now(UTC)
    return any(_refuses(value, agent.lower(), _REFUSALS, moment) for value in values)


def keeps_links(values: Iterable[str], agent: str) -> bool:
    """Tell whether the same `values` ask `agent` to follow no link of the page: "nofollow"."""
    return any(_refuses(value, agent.lower(), _NO_LINKS, None) for value in values)


def _refuses(value: str, agent: str, words: frozenset[str], now: datetime | None) -> bool:
    meant = True
    for part in value[:_LONGEST].split(","):
        directive = part.strip().lower()
        named = _NAMED.fullmatch(part)
        if named and named[1].lower() not in _VALUED:
            meant = named[1].lower() in (agent, "*")
            directive = named[2].strip().lower()
        elif named and named[1].lower() == "unavailable_after" and now is not None:
            # A date may hold a comma itself, so the rest of the value is read.
            rest = value[value.lower().index("unavailable_after") :][:_LONGEST_DATE]
            if meant and _is_past(rest, now):
                return True
        if meant and directive in words:
            return True
    return False


def _is_past(directive: str, now: datetime) -> bool:
    try:
        date = parsedate_to_datetime(directive.partition(":")[2].strip())
    except (ValueError, TypeError):
        return False
    return (date if date.tzinfo else date.replace(tzinfo=UTC)) < now
