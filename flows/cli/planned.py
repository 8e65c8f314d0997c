"""What `atelier plan` shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.plan import Job, Plan
    from flows.survey import Survey

__all__ = ["as_plain", "show"]

_LINES = 40
_NAME = 36
_SHARES = {"photo": 0.45, "style": 0.3}


def as_plain(found: Survey) -> dict[str, Any]:
    """Return a survey as JSON values."""
    return {
        "jobs": [
            {
                "content": job.content.path,
                "title": job.content.title,
                "source": job.content.source,
                "style": job.style.name,
                "preset": job.preset,
                "width": job.content.width,
                "height": job.content.height,
                "reason": job.reason,
                "output": job.output,
            }
            for job in found.plan.jobs
        ],
        "reasons": found.plan.reasons,
        "left_out": found.plan.left_out,
        "existing": found.plan.done,
        "stale": found.plan.stale,
        "retiring": found.plan.retiring,
        "photos": found.photos,
        "photos_to_fetch": found.pending,
        "excluded": [content.error for content in found.plan.excluded],
        "errors": list(found.trouble),
        "styles": {
            name: {"pictures": share.pictures, "seconds": round(share.seconds, 1)}
            for name, share in found.by_style.items()
        },
        "seconds": round(found.seconds, 1),
    }


def show(name: str, found: Survey) -> None:
    """Write a survey for a person: the jobs with their reasons, then the sums."""
    from flows.cli.console import complain, say, table

    jobs = found.plan.jobs
    if jobs:
        table(("photo", "style", "why"), _lines(jobs), shares=_SHARES)
        say("")
    total = sum(share.pictures for share in found.by_style.values())
    upto = "up to " if found.plan.left_out_by and found.to_fetch else ""
    say(f"{name}: {upto}{total} pictures to paint, {found.plan.done} exist", "bold")
    _sums(found)
    for content in found.plan.excluded:
        complain(f"  {content.error}")
    for sentence in found.trouble:
        complain(f"  {sentence}")
    _times(found)


def _lines(jobs: Sequence[Job]) -> Iterator[tuple[str, str, str]]:
    """A line for each job; of many jobs the first ones of every style and reason."""
    groups: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        groups.setdefault((job.style.name, job.reason), []).append(job)
    if len(jobs) <= _LINES:
        yield from map(_line, jobs)
        return
    shown = list(groups.items())[: _LINES // 2]
    each = _LINES // len(shown) - 1
    for (style, reason), members in shown:
        yield from map(_line, members[:each])
        if len(members) > each:
            yield f"… and {len(members) - each} more", style, reason
    hidden = sum(map(len, groups.values())) - sum(len(members) for _, members in shown)
    if hidden:
        yield f"… and {hidden} more", "other styles", ""


def _line(job: Job) -> tuple[str, str, str]:
    """The job on one line of 80 columns."""
    name = job.content.name
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…", job.style.name, job.reason


def _name(source: str) -> str:
    """A folder as a person would type it, anything else as it is."""
    from flows.cli.console import place

    return place(Path(source)) if Path(source).is_absolute() else source


def _sums(found: Survey) -> None:
    from flows.cli.console import say

    plan = found.plan
    for reason, count in plan.reasons.items():
        say(f"  {count:>5}  {reason}")
    styles = len(found.by_style)
    for source, count in found.pending.items():
        if count:
            say(f"  {count * styles:>5}  up to: {count} photos to fetch from {_name(source)}")
    for count, meaning in _remarks(plan):
        if count:
            say(f"  {count:>5}  {meaning}")


def _remarks(plan: Plan) -> Iterator[tuple[int, str]]:
    yield plan.left_out, f"left out by {plan.left_out_by}"
    yield plan.retiring, "older pictures that --replace retires"
    yield plan.stale, "painted by an older engine; build --refresh repaints them"


def _times(found: Survey) -> None:
    """How long it will take; by style where there are several."""
    from flows.cli.console import say, table
    from flows.progress import duration

    if not found.seconds:
        return
    say(f"  about {duration(found.seconds)} of painting")
    if len(found.by_style) > 1:
        rows = [
            (name, str(share.pictures), duration(share.seconds))
            for name, share in found.by_style.items()
        ]
        more = len(rows) - _LINES
        rows = rows[:_LINES] + ([(f"… and {more} more", "", "")] if more > 0 else [])
        table(("style", "pictures", "about"), rows, right=("pictures",), indent=2)
