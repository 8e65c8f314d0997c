"""The record of a run as it goes, and its report when it ends, however it ends."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from flows.content import Content
from flows.errors import AtelierError
from flows.events import event, logged
from flows.living import Living
from flows.manifest import Manifest, read_manifest
from flows.metrics import METRICS, write_metrics
from flows.plan import Plan
from flows.report import Outcome, RunReport, new_run, outcome, write_report
from flows.stages import Progress, Published, StylizeSummary, Visit, recover, silent
from flows.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Record", "visiting"]

_ERRORS = 20
"""Sentences of the last line of the log; the report has them all."""


class Record:
    """Collects what the stages return; on leaving, runs/<id>.json says how the run ended.

    Entering puts right what a killed run left behind, and says that this one is going on.
    """

    def __init__(self, workspace: Workspace, name: str, title: str = "") -> None:
        """Of the run called `name`; `title` is what the gallery is called from now on."""
        self._workspace = workspace
        self._began = time.monotonic()
        self._mark = self._began
        self._trouble: tuple[str, ...] = ()
        self._manifest: pd.DataFrame | None = None
        self._log = ExitStack()
        self._living: Living | None = None
        self.report = RunReport(
            run=new_run(),
            name=name,
            started_at=_now(),
            finished_at="",
            outcome="running",
            title=title,
        )

    def __enter__(self) -> Self:
        self.report = replace(self.report, notes=recover(self._workspace).notes)
        self._living = Living(self._workspace, self.report)
        run = self.report.run
        self._log.enter_context(logged(self._workspace.runs / f"{run}.jsonl", run))
        event("run.started", f"{self.report.name} begins", name=self.report.name)
        for note in self.report.notes:
            event("run.note", note)
        self._mark = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error:
            with contextlib.suppress(AtelierError, OSError):  # the manifest may be what went wrong
                self._count_rows()
        self.report = self.so_far
        if kind:
            why = f"The run was ended: {str(error) or kind.__name__}"
            verdict: Outcome = "failed" if isinstance(error, Exception) else "broken off"
            errors = (*self.report.errors, why)
            self.report = replace(self.report, outcome=verdict, errors=errors)
        with self._log:
            _tell_end(self.report)
            if self._living:
                # A disk too full for the report is the next run's matter: what ended this counts.
                with contextlib.suppress(*((OSError, AtelierError) if error else ())):
                    self._living.end(self.report)
            self._measure()
        if self._workspace.mirror:
            from flows.remote.reports import push_reports

            push_reports(self._workspace.mirror, f"runs/{self.report.run}.jsonl", METRICS)

    def skipped(self, reason: str) -> None:
        """Write the report of a run that is not begun at all, and why."""
        self.report = replace(
            self.report, outcome="skipped", skipped=reason, finished_at=self.report.started_at
        )
        write_report(self._workspace, self.report)

    @property
    def so_far(self) -> RunReport:
        """The report as it would be if the run ended now."""
        failed = self.report.failed + len(self._trouble) + len(self.report.excluded)
        return replace(
            self.report,
            outcome=outcome(self.report.existed, self.report.done, failed),
            errors=(*self._trouble, *self.report.excluded, *self.report.errors),
            finished_at=_now(),
            seconds=round(time.monotonic() - self._began, 1),
        )

    def scraped(self, visit: Visit) -> None:
        """Take the rows of a visit, and a sentence for whatever failed, source or photo."""
        self.report = self._timed("scrape").with_visit(visit)
        self._trouble = visit.trouble
        counts = self.report.photos
        event("photos.scraped", f"{len(visit.photos)} photos found", outcomes=counts)
        for sentence in visit.trouble:
            event("photos.trouble", sentence, level=logging.WARNING)

    def chosen(self, runner: str, deterministic: bool) -> None:
        """Take where and how exactly the pictures are painted."""
        self.report = replace(self.report, runner=runner, deterministic=deterministic)

    def prepared(self, contents: Sequence[Content]) -> None:
        """Take the photos as they were prepared."""
        excluded = tuple(content.error for content in contents if content.error)
        self.report = replace(self._timed("preprocess"), excluded=excluded)
        event("photos.prepared", f"{len(contents)} photos prepared", photos=len(contents))
        for sentence in excluded:
            event("photo.excluded", sentence, level=logging.WARNING)

    def planned(self, plan: Plan) -> None:
        """Take the plan."""
        self.report = replace(
            self._timed("plan"),
            planned=plan.reasons,
            existed=plan.done,
            left_out=plan.left_out,
            left_out_by=plan.left_out_by,
        )
        event(
            "plan.made",
            f"{len(plan.jobs)} pictures to paint, {plan.done} are there",
            jobs=len(plan.jobs),
            reasons=plan.reasons,
            existed=plan.done,
            left_out=plan.left_out,
            estimated_seconds=round(plan.seconds, 1),
        )

    def painted(self, summary: StylizeSummary) -> None:
        """Take what became of one batch; what another run painted exists as well."""
        self.report = replace(
            self._timed("stylize"),
            done=self.report.done + summary.done,
            existed=self.report.existed + summary.elsewhere,
            failed=self.report.failed + summary.failed,
            errors=self.report.errors + summary.errors,
        )

    def retired(self, pictures: int) -> None:
        """Take how many pictures gave way to others."""
        self.report = replace(self._timed("retire"), retired=pictures)

    def published(self, published: Published) -> None:
        """Take where manifest and gallery are."""
        manifest, gallery = map(self._workspace.address, (published.manifest, published.gallery))
        self.report = replace(self._timed("publish"), manifest=str(manifest), gallery=str(gallery))

    def made(self, manifest: pd.DataFrame) -> pd.DataFrame:
        """Take the manifest as the run leaves it; returns the rows that the run made."""
        self._manifest = manifest
        rows = manifest[manifest["flow_run"] == self.report.run]
        self.report = self.report.with_rows(rows)
        return rows

    def _measure(self) -> None:
        """Bring the metrics up to date; the run counts also where that cannot be done."""
        try:
            if self._manifest is None:
                self._manifest = read_manifest(self._workspace.manifest_csv)
            write_metrics(self._workspace, self._manifest)
        except (AtelierError, OSError) as error:
            event("metrics.trouble", str(error), level=logging.WARNING)

    def _timed(self, stage: str) -> RunReport:
        """The report with the seconds since the last stage ended added to `stage`."""
        now, stages = time.monotonic(), self.report.stages
        spent = round(stages.get(stage, 0.0) + now - self._mark, 3)
        self._mark = now
        return replace(self.report, stages={**stages, stage: spent})

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
    began = time.monotonic()
    report = RunReport(
        run=new_run(),
        name=f"scrape {visit.title}",
        started_at=_now(),
        finished_at="",
        outcome="running",
    )
    living = Living(workspace, report)
    verdict: Outcome = "broken off"
    try:
        visit.go(progress)
        kept = len(workspace.content_photos(visit.names))
        verdict = outcome(kept, 0, len(visit.trouble))
    except Exception:
        verdict = "failed"
        raise
    finally:
        report = replace(
            report.with_visit(visit),
            finished_at=_now(),
            outcome=verdict,
            errors=visit.trouble,
            seconds=round(time.monotonic() - began, 1),
        )
        living.end(report)
    return report


def _tell_end(report: RunReport) -> None:
    level = logging.INFO if report.outcome == "complete" else logging.WARNING
    event(
        "run.ended",
        f"{report.name} ended: {report.outcome}",
        level=level,
        outcome=report.outcome,
        existed=report.existed,
        done=report.done,
        failed=report.failed,
        left_out=report.left_out,
        retired=report.retired,
        seconds=report.seconds,
        pictures_per_hour=report.pictures_per_hour,
        errors=report.errors[:_ERRORS],
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
