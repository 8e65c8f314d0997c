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
from flows.side_by_side import side_by_side
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Source

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


def survey(order: Order, sources: Sequence[Source] | None) -> Survey:
    """Look at the sources' pages and at the workspace; change nothing.

    Without sources every photo of the workspace counts.
    """
    workspace = order.workspace
    waiting, trouble = _to_fetch(workspace, sources or ())
    names = None if sources is None else [source.name for source in sources]
    photos = workspace.content_photos(names)
    plan = order.plan(stages.contents_of(workspace, photos, order.recipe))
    more = sum(waiting.values()) * len(order.styles)
    seconds = plan.seconds + more * _seconds_each(order, plan)
    return Survey(waiting, trouble, len(photos), plan, seconds)


def _to_fetch(
    workspace: Workspace, sources: Sequence[Source]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """How many photos each source has to fetch, and what is wrong with those that cannot say."""
    from scraping import ScrapeError, Session, pending

    known, content = workspace.photos(), workspace.content
    waiting: dict[str, int] = {}
    trouble: list[str] = []
    with Session() as session:
        counts = side_by_side(
            lambda source: len(pending(source, known, content=content, session=session)), sources
        )
    for source, count in zip(sources, counts, strict=True):
        if isinstance(count, ScrapeError):
            trouble.append(str(count))
        elif isinstance(count, Exception):
            raise count
        else:
            waiting[source.name] = count
    return waiting, tuple(dict.fromkeys(trouble))


def _seconds_each(order: Order, plan: Plan) -> float:
    """Estimate a picture of a photo that nobody has seen yet: like the others, else 3:2."""
    if plan.jobs:
        return plan.seconds / len(plan.jobs)
    from stylize import estimate_seconds

    size = order.recipe.size
    return estimate_seconds(order.recipe, size * 2 // 3, size)
