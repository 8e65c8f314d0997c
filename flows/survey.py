"""What a run would find to do: the photos not fetched yet, and the plan for those that are there.

Only pages are read, and nothing is written. Neither Prefect nor TensorFlow is imported: where there
is nothing to do, nothing else happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows import stages
from flows.order import Order
from flows.plan import Plan

if TYPE_CHECKING:
    from scraping import FolderSource, WebSource

__all__ = ["Survey", "survey"]


@dataclass(frozen=True)
class Survey:
    """`pending` counts the photos to fetch, by source; `plan` is for the `photos` at hand.

    `trouble` holds a sentence for each source that could not be looked at. `seconds` estimates
    everything, photos to fetch included.
    """

    pending: dict[str, int]
    trouble: tuple[str, ...]
    photos: int
    plan: Plan
    seconds: float

    @property
    def to_fetch(self) -> int:
        """Photos that are not settled yet."""
        return sum(self.pending.values())

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self.to_fetch and not self.plan.jobs


def survey(order: Order, sources: Sequence[WebSource | FolderSource] | None) -> Survey:
    """Look at the sources' pages and at the workspace; change nothing.

    Without sources every photo of the workspace counts.
    """
    from scraping import ScrapeError, pending

    workspace = order.workspace
    known = workspace.photos()
    waiting: dict[str, int] = {}
    trouble: list[str] = []
    for source in sources or ():
        try:
            waiting[source.name] = len(pending(source, known, content=workspace.content))
        except ScrapeError as error:
            trouble.append(str(error))
    names = None if sources is None else [source.name for source in sources]
    photos = workspace.content_photos(names)
    plan = order.plan(stages.contents_of(workspace, photos, order.recipe))
    more = sum(waiting.values()) * len(order.styles)
    seconds = plan.seconds + more * _seconds_each(order, plan)
    return Survey(waiting, tuple(trouble), len(photos), plan, seconds)


def _seconds_each(order: Order, plan: Plan) -> float:
    """Estimate a picture of a photo that nobody has seen yet: like the others, else 3:2."""
    if plan.jobs:
        return plan.seconds / len(plan.jobs)
    from stylize import estimate_seconds

    size = order.recipe.size
    return estimate_seconds(order.recipe, size * 2 // 3, size)
