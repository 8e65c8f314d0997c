"""The plan of a collection, from what is on the disk; it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.content import Content, content_of
from flows.history import History, history_of, seconds_for
from flows.manifest import Manifest
from flows.outputs import adoptable, existing_outputs
from flows.plan import Job, Plan, WeightsLike, plan
from flows.selection import Selection, chosen
from flows.stages.retiring import superseded
from flows.style_images import StyleImage
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Photo
    from stylize import Recipe

__all__ = ["contents_of", "job_seconds", "plan_collection", "read_history"]

Estimate = Callable[["Recipe", int, int], float]


def contents_of(workspace: Workspace, photos: Sequence[Photo], recipe: Recipe) -> list[Content]:
    """The contents that `photos` become, without decoding any: a missing file is an error there."""
    contents = []
    for photo in photos:
        content = content_of(photo, recipe)
        if not content.error and not (workspace.root / content.path).is_file():
            content = content.failed(f"{content.path} is missing; scrape its source again.")
        contents.append(content)
    return contents


def plan_collection(
    workspace: Workspace,
    contents: Sequence[Content],
    styles: Sequence[StyleImage],
    recipe: Recipe,
    preset: str,
    weights: WeightsLike,
    force: bool = False,
    refresh: bool = False,
    *,
    selection: Selection | None = None,
    estimate: Estimate | None = None,
) -> Plan:
    """What has to be painted now of a selection (everything unless given), and how long it takes.

    Finished pictures that have no row yet count as done. `estimate(recipe, height, width)` gives
    the seconds of a picture while the manifest has no history; `stylize.estimate_seconds` unless
    given. Raises `ManifestError` when the manifest cannot be read.
    """
    from stylize import ENGINE_VERSION

    asked = selection or Selection(force=force, refresh=refresh)
    history, existing = read_history(workspace)
    made = plan(
        contents,
        styles,
        recipe,
        preset,
        weights,
        history,
        existing,
        engine_version=str(ENGINE_VERSION),
        force=asked.force,
        refresh=asked.refresh,
        keep_present=asked.replace,
    )
    made = chosen(made, asked)
    if asked.replace:
        frame = Manifest(workspace).rows()
        made = replace(made, retiring=len(superseded(frame, (*made.jobs, *made.present))))
    return _timed(made, recipe, history, estimate)


def _timed(plan: Plan, recipe: Recipe, history: History, estimate: Estimate | None) -> Plan:
    """The plan with its seconds; a photo that nobody has seen is like the others, else 3:2."""
    from stylize import estimate_seconds

    seconds = job_seconds(plan.jobs, history, estimate)
    by_style: dict[str, float] = {}
    for job, each in zip(plan.jobs, seconds, strict=True):
        by_style[job.style.name] = by_style.get(job.style.name, 0.0) + each
    if seconds:
        typical = sum(seconds) / len(seconds)
    else:
        unseen = [(recipe, (recipe.size * 2 // 3, recipe.size))]
        (typical,) = seconds_for(unseen, history.paces, estimate or estimate_seconds)
    return replace(plan, seconds=sum(seconds), style_seconds=by_style, typical_seconds=typical)


def read_history(workspace: Workspace) -> tuple[History, set[str]]:
    """What is known (manifest, journals, pictures without a row) and which outputs are whole."""
    from flows.tables import frame_of, merge

    frame = Manifest(workspace).rows()
    history = history_of(frame)
    orphans = adoptable(workspace, history)
    if orphans:
        history = history_of(merge(frame, frame_of(orphans)))
    return history, existing_outputs(workspace, history.known)


def job_seconds(
    jobs: Sequence[Job], history: History, estimate: Estimate | None = None
) -> list[float]:
    """The seconds that each of `jobs` will take."""
    from stylize import estimate_seconds

    work = ((job.recipe, job.shape) for job in jobs)
    return seconds_for(work, history.paces, estimate or estimate_seconds)
