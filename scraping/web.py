"""What a source on the web found → tasks: each photo is asked for, decoded and kept."""

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
from scraping.reasons import PRESENT, may_change
from scraping.rows import failed_page_row, found_row, kept_row, limit_row, unchanged_row
from scraping.session import Fetched, Session
from scraping.sources import Source
from scraping.store import Kept, Store
from scraping.tasks import Outcome, Task
from scraping.turns import WORKER, Steps

__all__ = ["WebWork"]

_TRIED_CANDIDATES = 4
_WITHDRAWN = frozenset({"opted_out", "blocked"})


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


class WebWork:
    """The photos of `source`, asked for through `session` into `store`.

    With `refresh` what lies in the store is asked for again, under the condition that it changed.
    """

    def __init__(
        self, source: Source, session: Session, store: Store, known: Known, *, refresh: bool = False
    ) -> None:
        self._source = source
        self._scope = source.scope or Scope()
        self._session = session
        self._store = store
        self._known = known
        self._refresh = refresh

    def tasks(self, discovery: Discovery) -> Iterator[Task]:
        """Yield a task for each photo found, in order, then one for each page that failed."""
        for found in discovery.photos:
            yield self._task(found)
        for failure in discovery.failures:
            row = failed_page_row(self._source.name, failure)
            yield Task(row, row, _nothing)

    def _task(self, found: Found) -> Task:
        blank = found_row(self._source.name, found)
        settled = self._known.settled(self._source.name, found.key)
        if settled is not None:
            row = unchanged_row(settled)
            again = self._refresh and settled.status in PRESENT and not _is_data(settled.image_url)
            return Task(None if again else row, row, lambda: self._steps(blank, found, settled))
        if found.credit.derivative_ok == "no":
            sentence = f"its licence {found.credit.licence} allows no derivatives"
            row = replace(blank, status="licence", detail=sentence)
            return Task(row, row, _nothing)
        beyond = limit_row(blank, self._source.limit or 0)
        return Task(None, beyond, lambda: self._steps(blank, found, None))

    def _steps(self, blank: Photo, found: Found, before: Photo | None) -> Steps[Outcome]:
        """Try the candidates, best first; where all fail the row names the failure that matters."""
        failures: list[_Failure] = []
        for url in _candidates(found, before)[:_TRIED_CANDIDATES]:
            try:
                fetched = yield from self._bytes(url, before)
                kept = self._kept(url, fetched)
            except FetchError as error:
                if error.reason == "unchanged" and before is not None:
                    return Outcome(unchanged_row(before, "not changed since it was taken"))
                failures.append(_Failure(url, error.reason, str(error), error.attempts))
            except _RefusedError as error:
                failures.append(error.failure)
            else:
                return Outcome(_after(failures, _row(blank, url, fetched, kept)), kept)
        if before is not None and failures[0].status not in _WITHDRAWN:
            return Outcome(_stays(before, failures))
        return Outcome(_failed(blank, failures))

    def _bytes(self, url: str, before: Photo | None) -> Steps[Fetched]:
        if _is_data(url):
            yield WORKER
            return Fetched(url, {}, decode_data_uri(url, self._session.policy.max_bytes), 0)
        if before is None or url != before.image_url:
            return (yield from self._session.steps(url, self._scope))
        etag, changed = before.etag, before.last_modified
        return (yield from self._session.steps(url, self._scope, etag=etag, last_modified=changed))

    def _kept(self, url: str, fetched: Fetched) -> Kept:
        try:
            return self._store.keep(fetched.body)
        except ImageError as error:
            sha256 = hashlib.sha256(fetched.body).hexdigest()
            sentence = f"{url[:200]}: {error}"
            failure = _Failure(url, error.reason, sentence, fetched.attempts, sha256)
            raise _RefusedError(failure) from error


class _RefusedError(Exception):
    """Bytes came, and are no picture that is taken."""

    def __init__(self, failure: _Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def _nothing() -> Steps[Outcome]:
    raise AssertionError("there is nothing to ask for")


def _is_data(url: str) -> bool:
    return url[:5].lower() == "data:"


def _candidates(found: Found, before: Photo | None) -> tuple[str, ...]:
    """The addresses, best first; before them the one that is held already."""
    if before is None or before.image_url not in found.candidates:
        return found.candidates
    others = (url for url in found.candidates if url != before.image_url)
    return (before.image_url, *others)


def _row(blank: Photo, url: str, fetched: Fetched, kept: Kept) -> Photo:
    return replace(
        kept_row(blank, kept),
        kind="data" if _is_data(url) else blank.kind,
        image_url=blank.source_id if _is_data(url) else url,
        etag=fetched.headers.get("etag", ""),
        last_modified=fetched.headers.get("last-modified", ""),
        attempts=fetched.attempts,
    )


def _after(failures: list[_Failure], row: Photo) -> Photo:
    """The row of a photo that was had at last, with what it took."""
    if not failures:
        return row
    said = ", ".join(f"{failure.status} at {failure.url[:200]}" for failure in failures)
    detail = "; ".join(filter(None, (f"a better size failed: {said}", row.detail)))
    attempts = row.attempts + sum(failure.attempts for failure in failures)
    return replace(row, detail=detail, attempts=attempts)


def _stays(before: Photo, failures: list[_Failure]) -> Photo:
    """The row of a photo that is at hand and could not be asked for again."""
    said = f"taken by an earlier run; asked again: {failures[0].detail}"
    return unchanged_row(before, said)


def _failed(blank: Photo, failures: list[_Failure]) -> Photo:
    """One row for all failures: the first that may pass counts, as the photo is tried again."""
    chosen = next((failure for failure in failures if failure.passing), failures[0])
    others = [failure.status for failure in failures if failure is not chosen]
    more = f"; other sizes failed too ({', '.join(others)})" if others else ""
    return replace(
        blank,
        image_url=blank.source_id if _is_data(chosen.url) else chosen.url,
        status=chosen.status,
        detail=chosen.detail + more,
        sha256=chosen.sha256,
        attempts=sum(failure.attempts for failure in failures),
    )
