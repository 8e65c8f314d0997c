"""`restyle` without Prefect: the same stages one after the other, in the studio's own lane.

The network is loaded already, and what is finished when somebody stops it stays finished.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from flows import stages
from flows.config import RecipeChoice
from flows.manifest import read_manifest
from flows.order import Order, order
from flows.record import Record
from flows.report import RunReport
from flows.restyle import Restyle
from flows.workspace import Workspace

if TYPE_CHECKING:
    from stylize import WeightSet

__all__ = ["Told", "repaint"]

Told = Callable[[float, int, str], None]
"""Takes how many pictures are done, of how many, and what is being painted."""


def repaint(
    workspace: Workspace,
    style: str,
    choice: RecipeChoice,
    painter: Callable[[WeightSet], Any],
    told: Told,
    stop: Event,
) -> RunReport:
    """Paint every photo of `workspace` in the style called `style`; returns the run's report.

    `painter` gives what paints with some weights. With `stop` set the picture being painted is
    the last one.
    """
    told(0, 0, "preparing the photos")
    config = Restyle(style=style, workspace=workspace.root, base=Path.cwd(), recipe=choice)
    with Record(workspace, config.name) as record:
        what = order(workspace, choice, [style], config.base)
        _paint(record, what, painter, told, stop)
    return record.report


def _paint(
    record: Record, what: Order, painter: Callable[[WeightSet], Any], told: Told, stop: Event
) -> None:
    workspace, run = what.workspace, record.report.run
    contents = stages.preprocess_photos(workspace, workspace.content_photos(), what.recipe)
    record.prepared(contents)
    plan = what.plan(contents)
    if stages.reinstate(workspace, plan.jobs, run):
        plan = what.plan(contents)
    record.planned(plan)
    for number, job in enumerate(plan.jobs):
        if stop.is_set():
            break

        def watch(stage: str, done: float, total: int, note: str, before: int = number) -> None:
            told(before + done, len(plan.jobs), note)

        stylizer = painter(what.weights)
        summary = stages.stylize_jobs(workspace, [job], what.weights, run, watch, stylizer)
        record.painted(summary)
    record.published(stages.publish(workspace, asdict(record.so_far)))
    record.made(read_manifest(workspace.manifest_csv))
