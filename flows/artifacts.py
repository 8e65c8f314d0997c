"""What a run shows on its page in Prefect: progress, the scrape's report, the rows it made."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flows.contact_sheet import contact_sheet
from flows.scraped import others_of
from flows.stages import Progress

if TYPE_CHECKING:
    from uuid import UUID

    import pandas as pd

    from flows.report import RunReport
    from flows.workspace import Workspace

__all__ = [
    "ProgressArtifact",
    "contact_sheet_artifact",
    "manifest_artifact",
    "scrape_artifact",
]

_LOG = logging.getLogger(__name__)
_EVERY_SECONDS = 2.0
_ROWS = 1000
_SHOWN = (
    "title",
    "style",
    "status",
    "output",
    "width",
    "height",
    "content_loss",
    "style_loss",
    "seconds",
    "licence",
    "error",
)


class ProgressArtifact:
    """A progress that passes everything on, and keeps an artifact up to date for one stage."""

    def __init__(self, stage: str, onward: Progress, every: float = _EVERY_SECONDS) -> None:
        from prefect.artifacts import create_progress_artifact

        self._stage, self._onward, self._every = stage, onward, every
        self._updated = time.monotonic()
        made = create_progress_artifact(0.0, key=stage, description=f"{stage}: pictures painted")
        self._artifact: UUID = made  # type: ignore[assignment]  # a coroutine in async code only

    def __call__(self, stage: str, done: float, total: int, note: str) -> None:
        """Pass it on; write to the artifact every two seconds, and at the end."""
        self._onward(stage, done, total, note)
        now = time.monotonic()
        if stage == self._stage and (done >= total or now - self._updated >= self._every):
            self._updated = now
            share = 100.0 * done / total if total else 100.0
            _try(lambda: self._update(min(share, 100.0)))

    def _update(self, percent: float) -> None:
        from prefect.artifacts import update_progress_artifact

        update_progress_artifact(self._artifact, percent)


def manifest_artifact(rows: pd.DataFrame, run: str) -> None:
    """Put the manifest's `rows` that `run` made (at most a thousand) on the run's page."""
    from prefect.artifacts import create_table_artifact

    shown = rows.loc[:, list(_SHOWN)].tail(_ROWS)
    # A missing number is JSON's null; everything else is text or a plain number.
    cells = shown.astype(object).where(shown.notna(), None)
    table = {str(name): cells[name].tolist() for name in cells}
    _try(lambda: create_table_artifact(table, key="manifest", description=f"manifest, {run}"))


def contact_sheet_artifact(rows: pd.DataFrame, workspace: Workspace, report: RunReport) -> None:
    """Put the last pictures among `rows`, photos by styles, on the run's page, with its speed."""
    from prefect.artifacts import create_markdown_artifact

    from gallery.markdown import plain

    sheet = contact_sheet(rows, workspace.root)
    if not sheet.jpeg:
        return
    data = base64.b64encode(sheet.jpeg).decode()
    lines = [
        f"**{plain(report.name)}**: {report.done} pictures painted, {report.failed} failed, "
        f"{report.pictures_per_hour:g} an hour",
        f"![photos by styles](data:image/jpeg;base64,{data})",
        f"Across: {plain(', '.join(sheet.styles))}",
        f"Down: {plain(', '.join(sheet.photos))}",
    ]
    words = "\n\n".join(lines)
    _try(lambda: create_markdown_artifact(words, key="contact-sheet", description=report.run))


def scrape_artifact(report: RunReport) -> None:
    """Put what became of the photos, host by host (at most a thousand), on the run's page."""
    from prefect.artifacts import create_table_artifact

    table = [
        {
            "host": counts.host,
            "found": counts.found,
            "taken": counts.outcomes.get("taken", 0),
            "unchanged": counts.outcomes.get("unchanged", 0),
            "others": others_of(counts.outcomes),
            "failed sources": " ".join(counts.failures),
        }
        for counts in report.hosts[:_ROWS]
    ]
    words = ", ".join(f"{count} {word}" for word, count in report.photos.items())
    described = f"photos by host, {report.run}: {words or 'none found'}"
    _try(lambda: create_table_artifact(table, key="scrape", description=described))


def _try(call: Callable[[], object]) -> None:
    """An artifact is for looking at: a server that stumbles over one stops no painting."""
    try:
        call()
    except Exception:  # noqa: BLE001 - whatever Prefect's client raises
        _LOG.info("an artifact could not be written", exc_info=True)
