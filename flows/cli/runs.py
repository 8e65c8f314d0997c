"""`atelier runs`: what the runs did, one a line; and one of them in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.exits import DONE
from flows.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = ["runs"]

Report = Mapping[str, Any]
_COLUMNS = ("run", "collection", "outcome", "painted", "failed", "there", "took", "an hour")
_NUMBERS = ("painted", "failed", "there", "took", "an hour")
_ERRORS = 20


def runs(
    run: Annotated[
        str, typer.Argument(metavar="[RUN]", help="One run in full: its name's beginning, or last.")
    ] = "",
    workspace: WorkspaceFolder = "data",
    last: Annotated[int, typer.Option(metavar="N", min=1, help="How many, the newest last.")] = 20,
    as_json: Json = False,
) -> int:
    """Show what the last runs did: painted, failed, how fast; with a RUN, why and what was slowest.

    The same is in runs/RUN.json, event by event in runs/RUN.jsonl.
    """
    from flows.cli.console import emit_json, say
    from flows.report import read_reports
    from flows.workspace import Workspace

    opened = Workspace.at(workspace).check()
    if opened.mirror:
        from flows.remote.reports import pull_reports

        pull_reports(opened.mirror)
    if run:
        report = _find(opened, run)
        emit_json(report) if as_json else _show(report)
        return DONE
    reports = read_reports(opened, last)
    if as_json:
        emit_json(reports)
    elif reports:
        _list(reports)
    else:
        say(f"There were no runs in {workspace} yet; begin one with: atelier build")
    return DONE


def _find(workspace: Workspace, name: str) -> Report:
    from flows.errors import WorkspaceError
    from flows.report import read_reports

    reports = read_reports(workspace, last=100_000 if name != "last" else 20)
    found = [report for report in reports if name == "last" or report["run"].startswith(name)]
    if not found:
        raise WorkspaceError(f"There is no run {name!r} in {workspace.runs}; see: atelier runs")
    return found[-1]


def _list(reports: Sequence[Report]) -> None:
    from flows.cli.console import table

    colours = {"partial": "yellow", "failed": "red", "complete": ""}
    styles = [colours.get(report["outcome"], "dim") for report in reports]
    table(_COLUMNS, map(_line, reports), right=_NUMBERS, styles=styles)


def _line(report: Report) -> tuple[object, ...]:
    from flows.progress import duration

    speed = report.get("pictures_per_hour", 0.0)
    return (
        report["run"],
        report["name"],
        report["outcome"],
        *(report.get(word, 0) for word in ("done", "failed", "existed")),
        duration(report.get("seconds", 0.0)),
        f"{speed:.0f}" if speed else "",
    )


def _show(report: Report) -> None:
    from flows.cli.console import complain, say
    from flows.progress import duration

    took = duration(report.get("seconds", 0.0))
    say(f"{report['name']}, run {report['run']}: {report['outcome']}, took {took}", "bold")
    for what, words in _facts(report):
        say(f"  {what:<12}{words}")
    for slow in report.get("slowest", []):
        name = f"{slow['title'] or Path(slow['output']).stem[:12]} × {slow['style']}"
        say(f"  {'slow':<12}{name}, {slow['seconds']:.1f} s, {slow['output']}", "dim")
    refused = [photo for photo in report.get("not_taken", []) if photo["status"] != "limit"]
    for photo in refused[:_ERRORS]:
        why = photo["detail"] or photo["image_url"]
        say(f"  {'not taken':<12}{photo['status']}: {why}", "dim")
    errors = report.get("errors", [])
    for sentence in errors[:_ERRORS]:
        complain(f"  {'failed':<12}{sentence}")
    if len(errors) > _ERRORS:
        say(f"  {'':<12}and {len(errors) - _ERRORS} more in runs/{report['run']}.json", "dim")


def _facts(report: Report) -> list[tuple[str, str]]:
    """What there is to say, each with its word; nothing about what did not happen."""
    from flows.progress import duration

    stages = report.get("stages", {})
    left_out = report.get("left_out", 0)
    speed = report.get("pictures_per_hour", 0.0)
    facts = [
        ("began", str(report.get("started_at", ""))),
        ("photos", _counts(report.get("photos", {}))),
        ("planned", _counts(report.get("planned", {}))),
        ("painted", str(report.get("done", 0))),
        ("failed", _number(report.get("failed", 0))),
        ("there", _number(report.get("existed", 0))),
        ("left out", f"{left_out} by {report.get('left_out_by', '')}" if left_out else ""),
        ("retired", _number(report.get("retired", 0))),
        ("stages", ", ".join(f"{stage} {duration(s)}" for stage, s in stages.items())),
        ("speed", f"{speed:g} pictures an hour" if speed else ""),
    ]
    return [(what, words) for what, words in facts if words]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items())


def _number(count: int) -> str:
    return str(count) if count else ""
