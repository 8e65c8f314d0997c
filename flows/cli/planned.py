"""What `atelier plan` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.survey import Survey

__all__ = ["as_plain", "show"]

_LINES = 40


def as_plain(found: Survey) -> dict[str, Any]:
    """Return a survey as JSON values."""
    return {
        "jobs": [
            {
                "content": job.content.path,
                "title": job.content.title,
                "style": job.style.name,
                "reason": job.reason,
                "output": job.output,
            }
            for job in found.plan.jobs
        ],
        "reasons": found.plan.reasons,
        "existing": found.plan.done,
        "stale": found.plan.stale,
        "photos": found.photos,
        "photos_to_fetch": found.pending,
        "excluded": [content.error for content in found.plan.excluded],
        "errors": list(found.trouble),
        "seconds": round(found.seconds, 1),
    }


def show(name: str, found: Survey, styles: int) -> None:
    """Write a survey for a person: each job with its reason, then the sums."""
    from flows.cli.console import complain, say, table
    from flows.progress import duration

    jobs = found.plan.jobs
    if jobs:
        rows = ((job.content.name, job.style.name, job.reason) for job in jobs[:_LINES])
        table(("photo", "style", "why"), rows)
        say(f"… and {len(jobs) - _LINES} more\n" if len(jobs) > _LINES else "")
    fetched = found.to_fetch * styles
    say(f"{name}: {len(jobs) + fetched} pictures to paint, {found.plan.done} exist", "bold")
    for reason, count in found.plan.reasons.items():
        say(f"  {count:>5}  {reason}")
    for source, count in found.pending.items():
        if count:
            say(f"  {count * styles:>5}  up to: {count} photos to fetch from {source}")
    if found.plan.stale:
        say(f"  {found.plan.stale:>5}  painted by an older engine; build --refresh repaints them")
    for content in found.plan.excluded:
        complain(f"  {content.error}")
    for sentence in found.trouble:
        complain(f"  {sentence}")
    if found.seconds:
        say(f"  about {duration(found.seconds)} of painting")
