"""The errors of this package.

    ScrapeError
    ├── SourceError     a source that cannot be used as given: a bad address, a missing folder
    ├── PageError       the first page of a source cannot be read, so nothing is known about it
    ├── FetchError      one address cannot be had; `reason` is a word of `scraping.REASONS`
    └── StoreError      the content folder cannot be written

`scrape` turns every FetchError about a picture or a later page into a row; the other three end it.
Each message is one sentence with the address or path in it.
"""

from __future__ import annotations

__all__ = ["FetchError", "PageError", "ScrapeError", "SourceError", "StoreError"]


class ScrapeError(Exception):
    """Base of what this package raises; `str(error)` is one sentence."""


class SourceError(ScrapeError):
    """A source cannot be used as it is given."""


class PageError(ScrapeError):
    """The first page of a source cannot be read; `reason` says why in one word."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class StoreError(ScrapeError):
    """The content folder cannot be written."""


class FetchError(ScrapeError):
    """One address cannot be had.

    `reason` is a word of `scraping.REASONS`, `transient` says whether another attempt may help now,
    `attempts` counts the requests that were made for it, `retry_after` is what the server asked
    for, in seconds.
    """

    def __init__(
        self,
        reason: str,
        sentence: str,
        *,
        transient: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.transient = transient
        self.retry_after = retry_after
        self.attempts = 0
