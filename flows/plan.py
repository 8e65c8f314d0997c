"""What is to be painted, and why: contents × styles × recipe − what the manifest has. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from flows.columns import DONE, RETIRED
from flows.content import Content
from flows.fingerprint import fingerprint
from flows.history import History, Known, is_older
from flows.style_images import StyleImage

if TYPE_CHECKING:
    from stylize import Recipe

__all__ = ["FAILED", "REASONS", "Job", "Plan", "WeightsLike", "plan"]

FAILED = "failed before"

REASONS = (
    "new photo",
    "new style",
    "new pair",
    "recipe changed",
    "weights changed",
    "output missing",
    FAILED,
    "retired before",
    "engine changed",
    "forced",
)
"""Why a job is in a plan; ``new pair``: photo and style are both known, but not together."""


class WeightsLike(Protocol):
    """Network weights as far as the state is concerned: `stylize.WeightSet` is some."""

    @property
    def name(self) -> str:
        """What a person calls them."""
        ...

    @property
    def sha256(self) -> str:
        """Of their file."""
        ...


@dataclass(frozen=True)
class Job:
    """One picture to paint; `output` is relative to the workspace, `attempt` counts from 1.

    `after_ns` is the time of the row it has, nanoseconds since 1970; 0 for none.
    """

    content: Content
    style: StyleImage
    recipe: Recipe
    preset: str
    fingerprint: str
    output: str
    reason: str
    attempt: int = 1
    after_ns: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the picture, pixels."""
        return self.content.height, self.content.width

    @property
    def name(self) -> str:
        """What to call it in a progress line."""
        return f"{self.content.name} × {self.style.name}"


@dataclass(frozen=True)
class Plan:
    """Jobs in painting order, and what needs no painting.

    `done` pictures exist already; `stale` of those were painted by an older engine; `excluded`
    contents cannot be painted (see their `error`). `left_out` jobs were due and not selected, by
    the options `left_out_by`. `seconds` estimates all jobs together, `style_seconds` those of each
    style, `typical_seconds` a picture of a photo that nobody has seen yet. Where a plan is made to
    replace, `present` are the done pictures as jobs, and `retiring` counts what all of them retire.
    """

    jobs: tuple[Job, ...]
    done: int
    stale: int = 0
    excluded: tuple[Content, ...] = ()
    seconds: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)
    style_seconds: dict[str, float] = field(default_factory=dict)
    typical_seconds: float = 0.0
    left_out: int = 0
    left_out_by: str = ""
    present: tuple[Job, ...] = ()
    retiring: int = 0

    @property
    def total(self) -> int:
        """Pictures that the collection has when everything is painted."""
        return self.done + len(self.jobs)


def plan(
    contents: Sequence[Content],
    styles: Sequence[StyleImage],
    recipe: Recipe,
    preset: str,
    weights: WeightsLike,
    history: History,
    existing: Collection[str],
    *,
    engine_version: str = "",
    force: bool = False,
    refresh: bool = False,
    keep_present: bool = False,
) -> Plan:
    """Every picture of `contents` × `styles` that has to be painted, each with its reason.

    `history` is what the manifest says; `existing` names the outputs (relative to the workspace)
    that are on the disk, whole and as recorded. `force` paints everything again, `refresh` what
    an older engine than `engine_version` painted. Jobs are grouped by style, then by shape.
    With `keep_present` the plan has what is done, too.
    """
    jobs: dict[str, Job] = {}
    done: set[str] = set()
    present: list[Job] = []
    stale = 0
    for style in styles:
        for content in sorted(_paintable(contents), key=lambda c: (c.height, c.width, c.path)):
            name = fingerprint(recipe, content.sha256, [(style.sha256, 1.0)], (), weights.sha256)
            if name in jobs or name in done:
                continue
            known = history.known.get(name)
            old = known is not None and is_older(known.engine_version, engine_version)
            reason = _reason_to_repaint(known, existing, force, refresh and old)
            if known is None and not reason:
                reason = history.news(content.sha256, style.sha256, recipe, weights.sha256)
            if reason:
                jobs[name] = _job(content, style, recipe, preset, name, reason, known)
            else:
                done.add(name)
                stale += old
                if keep_present:
                    present.append(_job(content, style, recipe, preset, name, "", known))
    reasons = Counter(job.reason for job in jobs.values())
    return Plan(
        jobs=tuple(jobs.values()),
        done=len(done),
        stale=stale,
        excluded=tuple(content for content in contents if content.error),
        reasons={reason: reasons[reason] for reason in REASONS if reasons[reason]},
        present=tuple(present),
    )


def _paintable(contents: Sequence[Content]) -> list[Content]:
    return [content for content in contents if not content.error]


def _reason_to_repaint(
    known: Known | None, existing: Collection[str], force: bool, outdated: bool
) -> str:
    if known is None:
        return ""
    if force:
        return "forced"
    if known.status != DONE:
        return "retired before" if known.status == RETIRED else FAILED
    if known.output not in existing:
        return "output missing"
    return "engine changed" if outdated else ""


def _job(
    content: Content,
    style: StyleImage,
    recipe: Recipe,
    preset: str,
    name: str,
    reason: str,
    known: Known | None,
) -> Job:
    return Job(
        content=content,
        style=style,
        recipe=recipe,
        preset=preset,
        fingerprint=name,
        output=f"stylized/{name}.png",
        reason=reason,
        attempt=(known.attempts if known else 0) + 1,
        after_ns=known.created_ns if known else 0,
    )
