"""The Prefect flows: `build_collection` for a collection file, `restyle` for one style.

A flow needs a Prefect API: `flows.server` brings one for a run of the command line, a worker has
its own. What is done and what is not is the manifest's business: a rerun goes on where the last
run ended. Of the runs that schedules start, one at a time paints a workspace; others are skipped.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows import interrupts, lanes, stages, tasks
from flows.artifacts import (
    ProgressArtifact,
    contact_sheet_artifact,
    manifest_artifact,
    scrape_artifact,
)
from flows.config import Collection, RunChoice
from flows.manifest import read_manifest
from flows.order import Order, order
from flows.progress import current, reporting, shifted
from flows.record import Record
from flows.report import RunReport
from flows.restyle import Restyle
from flows.selection import Only, RetryFailed, Selection
from flows.stages import Visit
from flows.turns import is_scheduled, turn
from flows.words import pictures
from flows.workspace import Workspace

__all__ = ["build_collection", "restyle"]


def _run_name() -> str:
    config = flow_run.parameters["config"]
    if isinstance(config, dict):
        config = (Restyle if "style" in config else Collection).model_validate(config)
    return f"{config.name}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


@flow(flow_run_name=_run_name)
def build_collection(
    config: Collection,
    force: bool = False,
    refresh: bool = False,
    only: Only = None,
    retry_failed: RetryFailed = False,
    replace: bool = False,
) -> Any:
    """Scrape the collection's sources, paint every photo in every style, publish the result.

    `force` paints everything again, `refresh` what an older engine painted; `only` is a query
    that narrows the jobs, such as ``style = mosaic``; `retry_failed` paints what failed before and
    asks no source; `replace` retires what the new pictures replace. The result is a `RunReport`;
    the state Completed, PartiallyCompleted where something failed, Failed where nothing succeeded,
    or Skipped where another scheduled run is painting the workspace.
    """
    workspace = Workspace.at(config.workspace).create()
    selection = Selection(force, refresh, only, retry_failed, replace)
    record = Record(workspace, config.name, title=config.name)
    with _turn(workspace, record) as ours:
        if not ours:
            return _state(record.report)
        with record:
            what = order(workspace, config.recipe, config.styles, config.base, selection)
            lanes.check(config.run, workspace)
            if retry_failed:
                names = [entry.source().name for entry in config.sources]
            else:
                names = _scrape(record, workspace, config)
            _paint(record, what, names, config.run)
    return _state(record.report)


@flow(flow_run_name=_run_name)
def restyle(
    config: Restyle,
    force: bool = False,
    refresh: bool = False,
    only: Only = None,
    retry_failed: RetryFailed = False,
    replace: bool = False,
) -> Any:
    """Paint every photo of a workspace in one style; all else as in `build_collection`."""
    workspace = Workspace.at(config.workspace).check().create()
    selection = Selection(force, refresh, only, retry_failed, replace)
    record = Record(workspace, config.name)
    with _turn(workspace, record) as ours:
        if not ours:
            return _state(record.report)
        with record:
            what = order(workspace, config.recipe, [config.style], config.base, selection)
            lanes.check(config.run, workspace)
            _paint(record, what, None, config.run)
    return _state(record.report)


@contextlib.contextmanager
def _turn(workspace: Workspace, record: Record) -> Iterator[bool]:
    """Whether the workspace is ours to paint: not for a scheduled run that meets another."""
    if not is_scheduled():
        yield True
        return
    with turn(workspace, record.report.run) as occupied:
        if occupied:
            record.skipped(occupied)
        yield not occupied


def _scrape(record: Record, workspace: Workspace, config: Collection) -> list[str]:
    """Ask all sources side by side; returns their names. One that fails stops no other."""
    from scraping import Session

    with Session() as session:
        visit = Visit(workspace, [entry.source() for entry in config.sources], session)
        try:
            state: Any = tasks.scrape(visit, return_state=True)
        finally:
            record.scraped(visit)
    scrape_artifact(record.report)
    error = state.result(raise_on_failure=False)
    if isinstance(error, BaseException) and not visit.failures:
        raise error
    return visit.names


def _paint(record: Record, what: Order, sources: list[str] | None, run: RunChoice) -> None:
    """Prepare the photos, paint what the plan says, publish."""
    record.chosen(run.runner, run.deterministic)
    contents = tasks.preprocess(what.workspace, sources, what.recipe)
    record.prepared(contents)
    plan = what.plan(contents)
    if stages.reinstate(what.workspace, plan.jobs, record.report.run):
        plan = what.plan(contents)
    record.planned(plan)
    if plan.jobs:
        chunks = stages.Chunks(plan.jobs, plan.seconds)
        with reporting(ProgressArtifact("stylize", current())):
            for summary in _painted(what, chunks, record.report.run, run):
                record.painted(summary)
    if what.selection.replace:
        record.retired(stages.retire(what.workspace, plan, record.report.run))
    record.published(tasks.publish(what.workspace, record.so_far))
    _show(record, what.workspace)


def _show(record: Record, workspace: Workspace) -> None:
    """Put what the run made on its page in Prefect, and its speed into the report."""
    rows = record.made(read_manifest(workspace.manifest_csv))
    manifest_artifact(rows, record.report.run)
    contact_sheet_artifact(rows, workspace, record.report)


def _painted(
    what: Order, chunks: stages.Chunks, run: str, choice: RunChoice
) -> Iterator[stages.StylizeSummary]:
    """What becomes of the chunks, one after the other, wherever they are painted."""
    terms = stages.Terms(choice.deterministic, spread=choice.runner == "dask")
    if terms.spread:
        yield from lanes.painted(what.workspace, chunks, what.weights, run, terms, choice)
        return
    done, total = 0, chunks.left
    while chunk := chunks.take():
        with reporting(shifted(current(), done, total)), interrupts.overheard():
            summary = tasks.stylize(what.workspace, chunk, what.weights, run, terms)
        chunks.measured("", chunk, summary.painted, summary.seconds)
        done += len(chunk)
        yield summary


def _state(report: RunReport) -> Any:
    """The flow's state: what is partial or was skipped is a success of its own name."""
    if report.outcome == "skipped":
        return Completed(name="Skipped", message=report.skipped, data=report)
    message = pictures(report.existed + report.done, report.done)
    if report.outcome == "complete":
        return Completed(message=message, data=report)
    message += f"; {report.failed} failed"
    if report.outcome == "partial":
        return Completed(name="PartiallyCompleted", message=message, data=report)
    return Failed(message=message, data=report)
