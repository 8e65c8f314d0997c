"""What all open collections share: a query, a limit, and how their records are gathered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from scraping.address import Scope
from scraping.collections.desk import Desk, Ledger
from scraping.errors import FetchError, PageError, SourceError
from scraping.found import Credit, Discovery, Found, PageFailure
from scraping.politeness import POLITE_DELAY
from scraping.session import Session

__all__ = ["CC0", "LEDGER", "OpenCollection", "Skipped"]

LEDGER = Ledger()
"""The ledger that all sources of this process share."""

CC0 = Credit(licence="CC0 1.0", licence_url="https://creativecommons.org/publicdomain/zero/1.0/")
"""What museums give their pictures of works in the public domain."""

_LONGEST_QUERY = 200
_PAGES = 20
_LOOKED_AT_EACH = 3


class Skipped(NamedTuple):
    """A record that is no use; `why` completes “3 records are …”."""

    why: str


@dataclass(frozen=True)
class OpenCollection(ABC):
    """Photos or paintings that an open collection has for `query`; `limit` are taken at most.

    Raises `SourceError` for values that cannot be used. `holder` is what credits call it, `styles`
    tells whether it serves public-domain art for style images, `delay` are the seconds between two
    calls of its API, `daily` the calls a day that it grants, `calls_each` the calls that a record
    takes beyond the search, `api` the addresses of the documented API.
    """

    query: str = ""
    limit: int = 50
    ledger: Ledger = field(default=LEDGER, repr=False, compare=False)

    slug: ClassVar[str]
    holder: ClassVar[str]
    api: ClassVar[tuple[str, ...]]
    styles: ClassVar[bool] = False
    needs_query: ClassVar[bool] = True
    delay: ClassVar[float] = POLITE_DELAY
    daily: ClassVar[int | None] = None
    calls_each: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise SourceError(f"{self.slug}: limit must be at least 1, not {self.limit}")
        if len(self.words) > _LONGEST_QUERY:
            raise SourceError(
                f"{self.slug}: the query has {len(self.words)} characters; "
                f"give at most {_LONGEST_QUERY}"
            )
        if self.needs_query and not self.words:
            raise SourceError(f"{self.slug}: a query is missing; say what to look for in it")

    @property
    def words(self) -> str:
        """The query on one line."""
        return " ".join(self.query.split())

    @property
    def name(self) -> str:
        """What the column `source` holds: the collection, and the query after a colon."""
        return f"{self.slug}:{self.words}" if self.words else self.slug

    @property
    def scope(self) -> Scope:
        """The public web, at the polite pace: pictures lie on other hosts than the API."""
        return Scope(delay=POLITE_DELAY)

    @abstractmethod
    def records(self, desk: Desk) -> Iterator[Found | Skipped]:
        """Yield the collection's records in its order, asking `desk` as it goes.

        Raises `FetchError` where it cannot go on.
        """

    def discover(self, session: Session) -> Discovery:
        """Read the API until there are enough records that may be used; no picture is asked for.

        Some more than `limit` are returned, as a few pictures always fail. Raises `PageError`
        where the API cannot be read at all, `SourceError` where it has nothing of use; what fails
        after the first records is a failure beside them.
        """
        desk = Desk(
            session, Scope(delay=self.delay, api=self.api), self.slug, self.ledger, self.daily
        )
        photos: dict[str, Found] = {}
        skipped: Counter[str] = Counter()
        failures: list[PageFailure] = []
        try:
            self._gather(desk, photos, skipped)
        except FetchError as error:
            if not photos:
                raise self._unreadable(error) from error
            failures.append(PageFailure(self.name, "page_failed", str(error), error.attempts))
        if not photos:
            raise SourceError(self._nothing(skipped))
        return Discovery(tuple(photos.values()), tuple(failures))

    def _gather(self, desk: Desk, photos: dict[str, Found], skipped: Counter[str]) -> None:
        wanted = self.limit + max(2, self.limit // 5)
        most_calls = _PAGES + _LOOKED_AT_EACH * self.calls_each * wanted
        usable = 0
        for record in self.records(desk):
            if isinstance(record, Skipped):
                skipped[record.why] += 1
            elif record.key not in photos:
                photos[record.key] = record
                usable += record.credit.derivative_ok != "no"
            if usable >= wanted or desk.calls >= most_calls:
                return

    def _unreadable(self, error: FetchError) -> PageError:
        return PageError(error.reason, f"{self.name} cannot be read ({error.reason}): {error}.")

    def _nothing(self, skipped: Counter[str]) -> str:
        if not skipped:
            return f"{self.name}: {self.holder} has nothing for it; try other words"
        said = ", ".join(f"{count} {why}" for why, count in skipped.most_common())
        return f"{self.name}: no record of {self.holder} can be used ({said}); try other words"
