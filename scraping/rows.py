"""Rows before and without a picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from scraping.found import Found, PageFailure
from scraping.photo import Photo
from scraping.store import Kept
from scraping.urls import key_of

__all__ = ["failed_page_row", "found_row", "kept_row", "limit_row", "now_text", "unchanged_row"]


def now_text() -> str:
    """Return this second in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def found_row(source: str, found: Found) -> Photo:
    """Return the row of a photo that was found and not yet asked for."""
    credit = found.credit
    return Photo(
        source=source,
        source_id=found.key,
        kind=found.kind,
        page_url=found.page_url,
        landing_url=found.landing_url or found.page_url,
        image_url=key_of(found.candidates[0])
        if found.candidates[0][:5].lower() == "data:"
        else found.candidates[0],
        title=found.title,
        alt=found.alt,
        creator=credit.creator,
        licence=credit.licence,
        licence_url=credit.licence_url,
        attribution=found.attribution or _attribution(found),
        derivative_ok=credit.derivative_ok,
        found_at=now_text(),
    )


def failed_page_row(source: str, failure: PageFailure) -> Photo:
    """Return the row of a page whose photos stay unknown."""
    return Photo(
        source=source,
        source_id=failure.url,
        kind="page",
        page_url=failure.url,
        status=failure.status,
        detail=failure.detail,
        attempts=failure.attempts,
        found_at=now_text(),
    )


def limit_row(blank: Photo, limit: int) -> Photo:
    """Return the row of a photo beyond the source's limit."""
    return replace(blank, status="limit", detail=f"the source's limit of {limit} photos is reached")


def unchanged_row(row: Photo, sentence: str = "taken by an earlier run") -> Photo:
    """Return the row of a photo that was settled before: what was taken is now unchanged."""
    if row.status not in ("taken", "unchanged"):
        return row
    return replace(row, status="unchanged", detail=sentence)


def kept_row(blank: Photo, kept: Kept) -> Photo:
    """Return the row of a photo whose picture was kept and is still to be judged."""
    return replace(
        blank,
        sha256=kept.sha256,
        dhash=kept.dhash,
        file=kept.file,
        width=kept.width,
        height=kept.height,
        detail=f"the first of {kept.frames} frames" if kept.frames > 1 else "",
    )


def _attribution(found: Found) -> str:
    """Title, creator and licence in one line, where the page names creator or licence."""
    credit = found.credit
    if not credit.creator and not credit.licence:
        return ""
    title = found.title or found.alt
    parts = [
        f"“{title}”" if title else "",
        f"by {credit.creator}" if credit.creator else "",
        f"({credit.licence})" if credit.licence else "",
    ]
    return " ".join(part for part in parts if part)
