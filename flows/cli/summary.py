"""What a run says when it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.console import place, say
from flows.cli.scraped import show_failed, show_scrape
from flows.words import pictures

if TYPE_CHECKING:
    from flows.plan import Plan
    from flows.report import RunReport

__all__ = ["summarise", "summarise_idle"]


def summarise(report: RunReport) -> None:
    """Write what a run found, made and could not make, and where it lies."""
    from flows.place import place_of
    from flows.progress import duration

    total = report.existed + report.done
    say("")
    say(f"{report.name}: {pictures(total, report.done)}, in {duration(report.seconds)}", "bold")
    if report.left_out:
        say(f"  {_left_out(report.left_out, report.left_out_by)}")
    if report.retired:
        say(f"  {report.retired} older pictures retired; they left the gallery")
    show_scrape(report)
    show_failed(report)
    if report.manifest:
        _places(place_of(report.manifest), place_of(report.gallery))


def summarise_idle(name: str, plan: Plan, manifest: Path | str, gallery: Path | str) -> None:
    """Write that there was nothing to do, and where everything lies."""
    if plan.left_out:
        rest = _left_out(plan.left_out, plan.left_out_by)
        say(f"{name}: nothing to do, {plan.done} pictures are painted, {rest}", "bold")
    else:
        say(f"{name}: nothing to do, all {plan.done} pictures are painted", "bold")
    _places(manifest, gallery)


def _left_out(jobs: int, options: str) -> str:
    return f"{jobs} left out by {options}"


def _places(manifest: Path | str, gallery: Path | str) -> None:
    say(f"  manifest  {place(manifest)}")
    say(f"  gallery   {place(gallery)}")
