"""The closed list of reason words: what became of a photo."""

from __future__ import annotations

import re

__all__ = ["PRESENT", "REASONS", "is_reason", "may_change"]

REASONS = (
    "taken",
    "duplicate",
    "near_duplicate",
    "unchanged",
    "too_small",
    "too_large",
    "aspect",
    "empty",
    "truncated",
    "not_image",
    "http_NNN",
    "timeout",
    "too_many_bytes",
    "deferred",
    "blocked",
    "opted_out",
    "robots",
    "refused_address",
    "refused_scheme",
    "refused_port",
    "redirect_loop",
    "host_down",
    "licence",
    "limit",
    "page_failed",
)
"""Every `status` a row can have; "http_NNN" stands for a status code: "http_404"."""

PRESENT = frozenset({"taken", "duplicate", "unchanged"})
"""The words of photos that lie in the content folder."""

_PASSING = frozenset({"timeout", "host_down", "deferred", "limit", "page_failed"})
_STATUS = re.compile(r"http_[1-5]\d\d")


def is_reason(word: str) -> bool:
    """Tell whether `word` is of the closed list."""
    return (word in REASONS and word != "http_NNN") or _STATUS.fullmatch(word) is not None


def may_change(word: str) -> bool:
    """Tell whether a later run may end otherwise: a time-out may, a 404 or a refusal may not."""
    return (
        word in _PASSING
        or word.startswith("http_5")
        or word in ("http_408", "http_425", "http_429")
    )
