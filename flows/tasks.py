"""Prefect's view of the stages: thin decorations over the plain functions of `flows.stages`.

Nothing is cached, since the manifest decides what is done. Only `scrape` is tried again, and only
for sources whose failure may pass by itself. All of them are called directly: a task that is
submitted would run to its end before Ctrl-C takes effect. `stylize` is called once for a chunk of
a few minutes; it alone may also be sent to the workers of a Dask cluster, by `flows.lanes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from flows import stages
from flows.content import Content
from flows.lanes.worker import given_up, lane, weights_here
from flows.plan import Job
from flows.progress import current
from flows.workspace import Workspace

if TYPE_CHECKING:
    from flows.report import RunReport
    from stylize import Recipe, WeightSet

__all__ = ["may_pass", "preprocess", "publish", "scrape", "stylize"]


def may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Tell whether a failed task may succeed when it is tried again: a network error may."""
    error = state.result(raise_on_failure=False)
    errors = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
    return any(stages.is_passing(one) for one in errors)


@task(
    task_run_name="scrape {visit.title}",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=1),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_pass,
)
def scrape(visit: stages.Visit) -> int:
    """Bring the photos of every source into the workspace; return how many were found.

    Raises what was wrong with the sources that failed, once the others are done. The next attempt
    asks only those that failed and may be had by then: `visit` knows.
    """
    visit.go(current())
    errors = list(visit.failures.values())
    if len(errors) > 1:
        raise ExceptionGroup(" ".join(visit.sentences), errors)
    if errors:
        raise errors[0]
    return len(visit.photos)


@task(cache_policy=NO_CACHE)
def preprocess(
    workspace: Workspace, sources: Sequence[str] | None, recipe: Recipe
) -> list[Content]:
    """Prepare the photos of the sources of these names (None: of all) for painting."""
    photos = workspace.content_photos(sources)
    return stages.preprocess_photos(workspace, photos, recipe, current())


@task(cache_policy=NO_CACHE)
def stylize(
    workspace: Workspace,
    jobs: list[Job],
    weights: WeightSet,
    run: str,
    terms: stages.Terms = stages.Terms(),  # noqa: B008 - a value
) -> stages.StylizeSummary:
    """Paint one chunk of jobs, here or as a task of a Dask worker."""
    if not terms.spread:
        return stages.stylize_jobs(workspace, jobs, weights, run, current(), terms=terms)
    weights = weights_here(weights)
    summary = stages.stylize_jobs(workspace, jobs, weights, run, terms=terms, stopped=given_up)
    return replace(summary, lane=lane())


@task(cache_policy=NO_CACHE)
def publish(workspace: Workspace, report: RunReport) -> stages.Published:
    """Bring the manifest and the gallery up to date; `report` is that of the run so far."""
    return stages.publish(workspace, asdict(report))
