"""What is asked for, and a whole answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scraping.address import Scope

__all__ = ["Fetched", "Question", "condition"]


@dataclass(frozen=True)
class Fetched:
    """A whole answer: `url` after redirects, `headers` in lower case, decoded `body`."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    attempts: int = field(default=1, compare=False)

    @property
    def media_type(self) -> str:
        """The announced type without its parameters, in lower case; "" where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Question:
    """What is asked for: at most `cap` decoded bytes, under `conditions` (headers)."""

    url: str
    scope: Scope
    cap: int
    conditions: Mapping[str, str] = field(default_factory=dict)
    robots: bool = False


def condition(etag: str, last_modified: str) -> dict[str, str]:
    """Return the headers that ask for an answer only if it is another than one had before."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value.strip() for name, value in headers.items() if _is_sendable(value)}


def _is_sendable(value: str) -> bool:
    return bool(value.strip()) and value.isascii() and value.isprintable()
