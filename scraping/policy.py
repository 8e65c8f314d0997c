"""The numbers of asking, and who asks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import metadata

__all__ = ["AGENT", "CONTACT_VARIABLE", "Policy"]

AGENT = "Atelier"
"""The product token that robots.txt and X-Robots-Tag can name."""

CONTACT_VARIABLE = "ATELIER_CONTACT"
"""The environment variable that says where to complain: an address of the web or of e-mail."""


@dataclass(frozen=True)
class Policy:
    """The numbers of asking: seconds, bytes and counts.

    `contact` is where a site's owner can complain; empty, the environment's ATELIER_CONTACT is
    used. `total_timeout` bounds one request from connection to last byte, however its bytes drip
    in; `max_bytes` counts a picture's decoded bytes, `page_bytes` a page's. `attempts` include the
    first. `longest_wait` is how long a host's Retry-After is waited for, `longest_delay` the
    largest Crawl-delay that is followed; after `patience` failures in a row a host is left alone.
    """

    contact: str = ""
    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    total_timeout: float = 60.0
    max_bytes: int = 25_000_000
    page_bytes: int = 5_000_000
    attempts: int = 3
    backoff: float = 1.0
    max_hops: int = 5
    longest_wait: float = 120.0
    longest_delay: float = 60.0
    patience: int = 5

    @property
    def user_agent(self) -> str:
        """Who asks: product, version, and where to complain if anybody said so."""
        contact = _one_line(self.contact or os.environ.get(CONTACT_VARIABLE, ""))
        return f"{AGENT}/{_version()} ({f'+{contact}' if contact else 'no contact given'})"


def _one_line(text: str) -> str:
    """What of `text` a header can hold."""
    return "".join(sign for sign in text.strip() if sign.isascii() and sign.isprintable())


def _version() -> str:
    try:
        return metadata.version("atelier")
    except metadata.PackageNotFoundError:
        return "0"
