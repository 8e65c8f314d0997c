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
        if not (workspace.root / content.path).is_file():
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
    estimate: Estimate | None = None,
) -> Plan:
    """What has to be painted now, with the seconds it will take.

    Finished pictures that have no row yet count as done. `estimate(recipe, height, width)` gives
    the seconds of a picture while the manifest has no history; `stylize.estimate_seconds` unless
    given. Raises `ManifestError` when the manifest cannot be read.
    """
    from stylize import ENGINE_VERSION

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
        force=force,
        refresh=refresh,
    )
    return replace(made, seconds=sum(job_seconds(made.jobs, history, estimate)))


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
