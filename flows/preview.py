"""What a scrape would take, and what it would refuse beforehand; no picture is asked for.

Pages and robots.txt are read, nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.scraped import host_in
from flows.side_by_side import side_by_side
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Found, Photo, Session, Source
    from scraping.address import Scope
    from scraping.found import Discovery

__all__ = ["Preview", "Prospect", "preview"]

_TRIED_CANDIDATES = 4
_THERE = frozenset({"taken", "unchanged"})


@dataclass(frozen=True)
class Prospect:
    """A photo as its page or record shows it; with a `reason` word it would not be asked for."""

    source: str
    image_url: str
    page_url: str = ""
    title: str = ""
    licence: str = ""
    creator: str = ""
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Preview:
    """`settled` counts photos about which an earlier run knows all; `failures` holds a sentence
    for each source that could not be looked at.
    """

    prospects: tuple[Prospect, ...]
    settled: int
    failures: tuple[str, ...]

    @property
    def wanted(self) -> list[Prospect]:
        """What would be asked for."""
        return [prospect for prospect in self.prospects if not prospect.reason]

    @property
    def refused(self) -> list[Prospect]:
        """What would be left out."""
        return [prospect for prospect in self.prospects if prospect.reason]


def preview(workspace: Workspace, sources: Sequence[Source], session: Session) -> Preview:
    """Look at the pages of `sources`, side by side; change nothing."""
    from scraping import ScrapeError

    known = workspace.photos()
    looks = [_Look(workspace, source, known, session) for source in sources]
    prospects: list[Prospect] = []
    failures: list[str] = []
    for look, found in zip(looks, side_by_side(_Look.prospects, looks), strict=True):
        if isinstance(found, ScrapeError):
            failures.append(str(found))
        elif isinstance(found, Exception):
            raise found
        else:
            prospects += found
            prospects += look.failed_pages
    settled = sum(look.settled for look in looks)
    return Preview(tuple(prospects), settled, tuple(dict.fromkeys(failures)))


class _Remembered:
    """A source that keeps what it discovered, so that its pages are read once."""

    def __init__(self, source: Source) -> None:
        self.name, self.limit, self.scope = source.name, source.limit, source.scope
        self._source = source
        self.discovery: Discovery | None = None

    def discover(self, session: Session) -> Discovery:
        if self.discovery is None:
            self.discovery = self._source.discover(session)
        return self.discovery


class _Look:
    """A look at one source."""

    def __init__(
        self, workspace: Workspace, source: Source, known: Iterable[Photo], session: Session
    ) -> None:
        # A folder needs no network, and is known by its class.
        self._source = source if source.scope is None else _Remembered(source)
        self._workspace, self._known, self._session = workspace, list(known), session
        self.settled = 0

    @property
    def failed_pages(self) -> list[Prospect]:
        """Pages whose photos stay unknown."""
        discovery = getattr(self._source, "discovery", None)
        return [
            Prospect(self._source.name, page.url, page.url, reason=page.status, detail=page.detail)
            for page in (discovery.failures if discovery else ())
        ]

    def prospects(self) -> list[Prospect]:
        """What it has to offer, in the order found."""
        from scraping import pending

        content = self._workspace.content
        waiting = pending(self._source, self._known, content=content, session=self._session)
        found = self._source.discover(self._session).photos
        settled = self._settled(found, {photo.key for photo in waiting})
        self.settled = len(settled)
        left = self._left(sum(row.status in _THERE for row in settled.values()))
        offered = [photo for photo in found if photo.key not in settled]
        self._meet(offered if left > len(offered) else offered[: int(left)])
        prospects = []
        for photo in offered:
            prospects.append(self._judged(photo, left))
            left -= not prospects[-1].reason
        return prospects

    def _meet(self, photos: Sequence[Found]) -> None:
        """Have the rules of all hosts read side by side: a collection's photos lie on many."""
        firsts: dict[str, str] = {}
        for photo in photos:
            url = photo.candidates[0]
            firsts.setdefault(host_in(url), url)
        side_by_side(lambda url: self._check(url, self._source.scope), list(firsts.values()))

    def _settled(self, found: Sequence[Found], waiting: Collection[str]) -> dict[str, Photo]:
        """The rows of photos that are not asked for again, by their keys.

        Where the limit is reached nothing waits; what may still change is beyond it.
        """
        from scraping import may_change

        rows = {row.source_id: row for row in self._known if row.source == self._source.name}
        known = {photo.key: rows[photo.key] for photo in found if photo.key in rows}
        return {
            key: row
            for key, row in known.items()
            if key not in waiting and not may_change(row.status)
        }

    def _left(self, have: int) -> float:
        return float("inf") if self._source.limit is None else self._source.limit - have

    def _judged(self, photo: Found, left: float) -> Prospect:
        url = photo.candidates[0]
        if photo.credit.derivative_ok == "no":
            detail = f"{url}: its licence {photo.credit.licence} allows no derivatives"
            return self._prospect(photo, url, "licence", detail)
        if left <= 0:
            detail = f"the source's limit of {self._source.limit} photos is reached"
            return self._prospect(photo, url, "limit", detail)
        return self._asked_for(photo)

    def _asked_for(self, photo: Found) -> Prospect:
        """The best address that may be asked for; where none may, why not the best."""
        from scraping import FetchError

        refusal: FetchError | None = None
        for url in photo.candidates[:_TRIED_CANDIDATES]:
            try:
                self._check(url, self._source.scope)
                return self._prospect(photo, url)
            except FetchError as error:
                refusal = refusal or error
        reason, detail = (refusal.reason, str(refusal)) if refusal else ("", "")
        return self._prospect(photo, photo.candidates[0], reason, detail)

    def _check(self, url: str, scope: Scope | None) -> None:
        if scope is not None and url[:5].lower() != "data:":
            self._session.check(url, scope)

    def _prospect(self, photo: Found, url: str, reason: str = "", detail: str = "") -> Prospect:
        in_page = url[:5].lower() == "data:"
        return Prospect(
            source=self._source.name,
            image_url=photo.key if in_page else url,
            page_url=photo.landing_url or photo.page_url,
            title=photo.title or photo.alt,
            licence=photo.credit.licence,
            creator=photo.credit.creator,
            reason=reason,
            detail=detail,
        )
