"""What a run would find to do: the photos not fetched yet, and the plan for those that are there.

Only pages are read, and nothing is written. Neither Prefect nor TensorFlow is imported: where there
is nothing to do, nothing else happens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flows import stages
from flows.order import Order
from flows.plan import Plan
from flows.side_by_side import side_by_side
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Source

__all__ = ["Share", "Survey", "survey"]


class Share(NamedTuple):
    """What one style has to be painted: pictures, and the seconds they will take."""

    pictures: int
    seconds: float


@dataclass(frozen=True)
class Survey:
    """`pending` counts the photos to fetch, by source; `plan` is for the `photos` at hand.

    `trouble` holds a sentence for each source that could not be looked at. `seconds` estimates
    everything, photos to fetch included, and `by_style` is the same for each style.
    """

    pending: dict[str, int]
    trouble: tuple[str, ...]
    photos: int
    plan: Plan
    seconds: float
    by_style: dict[str, Share] = field(default_factory=dict)

    @property
    def to_fetch(self) -> int:
        """Photos that are not settled yet."""
        return sum(self.pending.values())

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self.to_fetch and not self.plan.jobs and not self.plan.retiring


def survey(order: Order, sources: Sequence[Source] | None) -> Survey:
    """Look at the sources' pages and at the workspace; change nothing.

    Without sources every photo of the workspace counts. Where only failed pictures are tried again
    no source is asked: a photo that is not there cannot have failed.
    """
    workspace = order.workspace
    asked = () if order.selection.retry_failed else sources or ()
    waiting, trouble = _to_fetch(workspace, asked)
    names = None if sources is None else [source.name for source in sources]
    photos = workspace.content_photos(names)
    plan = order.plan(stages.contents_of(workspace, photos, order.recipe))
    shares = _by_style(order, plan, sum(waiting.values()))
    seconds = sum(share.seconds for share in shares.values())
    return Survey(waiting, trouble, len(photos), plan, seconds, shares)


def _by_style(order: Order, plan: Plan, to_fetch: int) -> dict[str, Share]:
    """The styles that have something to be painted, in their order."""
    jobs = Counter(job.style.name for job in plan.jobs)
    shares = {}
    for name in dict.fromkeys(style.name for style in order.styles):
        seconds = plan.style_seconds.get(name, 0.0) + to_fetch * plan.typical_seconds
        shares[name] = Share(jobs[name] + to_fetch, seconds)
    return {name: share for name, share in shares.items() if share.pictures}


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
