"""The record of a run as it goes, and its report when it ends, however it ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from flows.content import Content
from flows.manifest import Manifest
from flows.plan import Plan
from flows.report import RunReport, new_run, outcome, write_report
from flows.stages import Progress, Published, StylizeSummary, Visit, recover, silent
from flows.workspace import Workspace

__all__ = ["Record", "visiting"]


class Record:
    """Collects what the stages return; on leaving, runs/<id>.json is written.

    Entering puts right what a killed run left behind.
    """

    def __init__(self, workspace: Workspace, name: str) -> None:
        self._workspace = workspace
        self._began = time.monotonic()
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

    def scraped(self, visit: Visit) -> None:
        """Take the rows of a visit, and a sentence for whatever failed, source or photo."""
        self.report = self.report.with_visit(visit)
        self._trouble = visit.trouble

    def prepared(self, contents: Sequence[Content]) -> None:
        """Take the photos as they were prepared."""
        excluded = tuple(content.error for content in contents if content.error)
        self.report = replace(self.report, excluded=excluded)

    def planned(self, plan: Plan) -> None:
        """Take the plan."""
        self.report = replace(
            self.report,
            planned=plan.reasons,
            existed=plan.done,
            left_out=plan.left_out,
            left_out_by=plan.left_out_by,
        )

    def painted(self, summary: StylizeSummary) -> None:
        """Take what became of one batch; what another run painted exists as well."""
        self.report = replace(
            self.report,
            done=self.report.done + summary.done,
            existed=self.report.existed + summary.elsewhere,
            failed=self.report.failed + summary.failed,
            errors=self.report.errors + summary.errors,
        )

    def retired(self, pictures: int) -> None:
        """Take how many pictures gave way to others."""
        self.report = replace(self.report, retired=pictures)

    def published(self, published: Published) -> None:
        """Take where manifest and gallery are."""
        manifest, gallery = map(self._workspace.address, (published.manifest, published.gallery))
        self.report = replace(self.report, manifest=str(manifest), gallery=str(gallery))

    def _count_rows(self) -> None:
        """Count what the batch that was broken off had finished."""
        rows = Manifest(self._workspace).rows()
        mine = rows["status"][rows["flow_run"] == self.report.run]
        done, failed = int((mine == "done").sum()), int((mine == "failed").sum())
        self.report = replace(self.report, done=done, failed=failed)


def visiting(visit: Visit, workspace: Workspace, progress: Progress = silent) -> RunReport:
    """Make a visit that is a run of its own, without painting; returns its report, as written.

    It is partial where something failed, failed where the workspace has no photo of its sources.
    """
    began, started_at = time.monotonic(), _now()
    visit.go(progress)
    kept = len(workspace.content_photos(visit.names))
    report = RunReport(
        run=new_run(),
        name=f"scrape {visit.title}",
        started_at=started_at,
        finished_at=_now(),
        outcome=outcome(kept, 0, len(visit.trouble)),
        errors=visit.trouble,
        seconds=round(time.monotonic() - began, 1),
    ).with_visit(visit)
    write_report(workspace, report)
    return report


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
