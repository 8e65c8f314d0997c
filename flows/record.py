"""The record of a run as it goes, and its report when it ends, however it ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from flows.content import Content
from flows.manifest import Manifest
from flows.plan import Plan
from flows.report import RunReport, new_run, outcome, write_report
from flows.stages import Published, StylizeSummary, recover
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import FolderSource, Photo, WebSource

__all__ = ["Record", "is_trouble"]


def is_trouble(status: str) -> bool:
    """Tell whether a photo of this reason word failed: it may work next time, so it is missing.

    What is refused by policy, or gone for good, is no failure.
    """
    from scraping import may_change

    return status != "limit" and may_change(status)


class Record:
    """Collects what the stages return; on leaving, runs/<id>.json is written.

    Entering puts right what a killed run left behind.
    """

    def __init__(self, workspace: Workspace, name: str) -> None:
        self._workspace = workspace
        self._began = time.monotonic()
        self._photos: list[Photo] = []
        self._trouble: tuple[str, ...] = ()
        self.report = RunReport(
            run=new_run(), name=name, started_at=_now(), finished_at="", outcome="failed"
        )

    def __enter__(self) -> Self:
        recover(self._workspace)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error:
            self._count_rows()
        report = self.report
        failed = report.failed + len(self._trouble) + len(report.excluded)
        verdict = "failed" if error else outcome(report.existed, report.done, failed)
        why = (f"The run was ended: {str(error) or kind.__name__}",) if kind else ()
        self.report = replace(
            report,
            outcome=verdict,
            errors=(*self._trouble, *report.excluded, *report.errors, *why),
            finished_at=_now(),
            seconds=round(time.monotonic() - self._began, 1),
        )
        write_report(self._workspace, self.report)

    @property
    def found(self) -> int:
        """Photos found so far."""
        return len(self._photos)

    def scraped(self, source: WebSource | FolderSource, state: Any) -> None:
        """Take the rows of one source, or the sentence that says why there are none."""
        from scraping import ScrapeError

        found = state.result(raise_on_failure=False)
        if isinstance(found, ScrapeError):
            self._trouble += (str(found),)
        elif isinstance(found, BaseException):
            raise found
        else:
            self._photos += found

    def prepared(self, contents: Sequence[Content]) -> None:
        """Take the photos as they were prepared."""
        self.report = self.report.with_photos(self._photos, contents)
        missing = [photo for photo in self._photos if is_trouble(photo.status)]
        self._trouble += tuple(photo.detail or photo.image_url for photo in missing)

    def planned(self, plan: Plan) -> None:
        """Take the plan."""
        self.report = replace(self.report, planned=plan.reasons, existed=plan.done)

    def painted(self, summary: StylizeSummary) -> None:
        """Take what became of one batch; what another run painted exists as well."""
        self.report = replace(
            self.report,
            done=self.report.done + summary.done,
            existed=self.report.existed + summary.elsewhere,
            failed=self.report.failed + summary.failed,
            errors=self.report.errors + summary.errors,
        )

    def published(self, published: Published) -> None:
        """Take where manifest and gallery are."""
        self.report = replace(
            self.report, manifest=str(published.manifest), gallery=str(published.gallery)
        )

    def _count_rows(self) -> None:
        """Count what the batch that was broken off had finished."""
        rows = Manifest(self._workspace).rows()
        mine = rows["status"][rows["flow_run"] == self.report.run]
        done, failed = int((mine == "done").sum()), int((mine == "failed").sum())
        self.report = replace(self.report, done=done, failed=failed)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
