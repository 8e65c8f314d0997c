"""Pictures that exist already, or that another process is about to make."""

from collections.abc import Callable
from typing import Any

import pytest

from flows.claims import claimed
from flows.content import Content
from flows.manifest import Manifest
from flows.plan import Job
from flows.stages import plan_collection, stylize_jobs
from flows.workspace import Workspace
from stylize import Recipe

Paint = Callable[..., Any]
RECIPE = Recipe(size=64, steps=(4,))


class WEIGHTS:
    name, sha256 = "test", "ab" * 32


def test_two_runs_do_not_paint_the_same_picture(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    """What another process is painting is left to it, and what it finished since the plan, too."""
    with claimed(workspace.root / jobs[0].output):
        summary = stylize_jobs(workspace, jobs[:2], weights, "a", stylizer=painter)
    assert (summary.done, summary.elsewhere) == (1, 1)
    summary = stylize_jobs(workspace, jobs[:2], weights, "b", stylizer=painter)
    assert (summary.done, summary.elsewhere) == (1, 1)
    assert painter.calls == 2


@pytest.mark.parametrize("reason", ["failed before", "forced", "output missing"])
def test_two_runs_with_the_same_reason_to_repaint_share_it(
    workspace: Workspace,
    paint: Paint,
    contents: list[Content],
    styles: Any,
    painter: Any,
    weights: Any,
    reason: str,
) -> None:
    """Both planned before either began: what the first has painted is left alone by the second."""
    if reason == "failed before":
        painter.fail = lambda call: ValueError("no") if call == 1 else None
    paint(contents[:1], styles[:1])
    if reason == "output missing":
        next(workspace.stylized.glob("*.png")).unlink()
    force = reason == "forced"
    how = (RECIPE, "p", weights)
    jobs = plan_collection(workspace, contents[:1], styles[:1], *how, force=force).jobs
    assert [job.reason for job in jobs] == [reason]
    summaries = [stylize_jobs(workspace, jobs, weights, run, stylizer=painter) for run in "ab"]
    assert [(summary.done, summary.elsewhere) for summary in summaries] == [(1, 0), (0, 1)]
    assert painter.calls == 2


def test_a_broken_file_in_the_place_of_an_output_is_painted_over(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    """Something without provenance does not pass for the picture."""
    (workspace.root / jobs[0].output).write_bytes(b"no picture")
    assert stylize_jobs(workspace, jobs[:1], weights, "run", stylizer=painter).done == 1


def test_forcing_repaints_and_replaces(
    workspace: Workspace, paint: Paint, painter: Any, contents: list[Content], styles: Any
) -> None:
    """The newest row stands for the picture, under the same name."""
    paint(contents[:1], styles[:1])
    first = Manifest(workspace).rows()["created_at"].item()
    assert paint(contents[:1], styles[:1], force=True).done == 1
    frame = Manifest(workspace).rows()
    assert frame["created_at"].item() > first
    assert frame["attempts"].item() == 2
    assert plan_collection(workspace, contents[:1], styles[:1], RECIPE, "p", WEIGHTS).jobs == ()
