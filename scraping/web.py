"""What a source found → rows: each photo found is asked for, decoded and kept, or has a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from images import ImageError
from scraping.address import Scope
from scraping.datauri import decode_data_uri
from scraping.errors import FetchError
from scraping.found import Discovery, Found
from scraping.known import Known
from scraping.photo import Photo
from scraping.reasons import may_change
from scraping.rows import failed_page_row, found_row, limit_row, unchanged_row
from scraping.session import Fetched, Session
from scraping.sources import Source
from scraping.store import Store

__all__ = ["WebRun"]

_TRIED_CANDIDATES = 4


@dataclass(frozen=True)
class _Failure:
    url: str
    status: str
    detail: str
    attempts: int
    sha256: str = ""

    @property
    def passing(self) -> bool:
        return may_change(self.status) or (self.status == "truncated" and not self.sha256)


class WebRun:
    """One pass over what was discovered of `source`."""

    def __init__(self, source: Source, session: Session, store: Store, known: Known) -> None:
        self._source = source
        self._scope = source.scope or Scope()
        self._session = session
        self._store = store
        self._known = known
        self._taken = 0

    def rows(self, discovery: Discovery) -> Iterator[Photo]:
        """Yield a row for each photo found, in order, then one for each page that failed."""
        for found in discovery.photos:
            row = self._row(found)
            self._taken += row.status in ("taken", "unchanged")
            yield row
        for failure in discovery.failures:
            yield failed_page_row(self._source.name, failure)

    def _row(self, found: Found) -> Photo:
        blank = found_row(self._source.name, found)
        settled = self._known.settled(found.key)
        if settled is not None:
            return unchanged_row(settled)
        if found.credit.derivative_ok == "no":
            sentence = f"its licence {found.credit.licence} allows no derivatives"
            return replace(blank, status="licence", detail=sentence)
        if self._source.limit is not None and self._taken >= self._source.limit:
            return limit_row(blank, self._source.limit)
        return self._first_good(blank, found)

    def _first_good(self, blank: Photo, found: Found) -> Photo:
        """Try the candidates, best first; where all fail the row names the failure that matters."""
        failures: list[_Failure] = []
        for url in found.candidates[:_TRIED_CANDIDATES]:
            outcome = self._tried(blank, url)
            if isinstance(outcome, Photo):
                return _after(failures, outcome)
            failures.append(outcome)
        return _failed(blank, failures)

    def _tried(self, blank: Photo, url: str) -> Photo | _Failure:
        try:
            fetched = self._bytes(url)
        except FetchError as error:
            return _Failure(url, error.reason, str(error), error.attempts)
        try:
            return self._kept(blank, url, fetched)
        except ImageError as error:
            sha256 = hashlib.sha256(fetched.body).hexdigest()
            sentence = f"{url[:200]}: {error}"
            return _Failure(url, error.reason, sentence, fetched.attempts, sha256)

    def _bytes(self, url: str) -> Fetched:
        if url[:5].lower() == "data:":
            return Fetched(url, {}, decode_data_uri(url, self._session.policy.max_bytes), 0)
        return self._session.fetch(url, self._scope)

    def _kept(self, blank: Photo, url: str, fetched: Fetched) -> Photo:
        kept = self._store.keep(fetched.body)
        row = replace(
            blank,
            kind="data" if url[:5].lower() == "data:" else blank.kind,
            image_url=blank.source_id if url[:5].lower() == "data:" else url,
            sha256=kept.sha256,
            dhash=kept.dhash,
            file=kept.file,
            width=kept.width,
            height=kept.height,
            etag=fetched.headers.get("etag", ""),
            last_modified=fetched.headers.get("last-modified", ""),
            attempts=fetched.attempts,
        )
        return self._known.judged(row)


def _after(failures: list[_Failure], row: Photo) -> Photo:
    """The row of a photo that was had at last, with what it took."""
    if not failures:
        return row
    said = ", ".join(f"{failure.status} at {failure.url[:200]}" for failure in failures)
    detail = "; ".join(part for part in (row.detail, f"a better size failed: {said}") if part)
    attempts = row.attempts + sum(failure.attempts for failure in failures)
    return replace(row, detail=detail, attempts=attempts)


def _failed(blank: Photo, failures: list[_Failure]) -> Photo:
    """One row for all failures: the first that may pass counts, as the photo is tried again."""
    chosen = next((failure for failure in failures if failure.passing), failures[0])
    others = [failure.status for failure in failures if failure is not chosen]
    more = f"; other sizes failed too ({', '.join(others)})" if others else ""
    is_data = chosen.url[:5].lower() == "data:"
    return replace(
        blank,
        image_url=blank.source_id if is_data else chosen.url,
        status=chosen.status,
        detail=chosen.detail + more,
        sha256=chosen.sha256,
        attempts=sum(failure.attempts for failure in failures),
    )
