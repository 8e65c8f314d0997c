"""What a run says when it ends."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.console import complain, place, say

if TYPE_CHECKING:
    from flows.report import RunReport
    from flows.workspace import Workspace

__all__ = ["not_taken", "summarise", "summarise_idle"]

_LINES = 20


def summarise(report: RunReport) -> None:
    """Write what a run found, made and could not make, and where it lies."""
    from flows.progress import duration

    total = report.existed + report.done
    new = "all of them new" if report.done == total else f"{report.done} of them new"
    say("")
    say(f"{report.name}: {total} pictures, {new}, in {duration(report.seconds)}", "bold")
    if report.photos:
        counts = ", ".join(f"{count} {status}" for status, count in report.photos.items())
        say(f"  photos    {counts}")
    not_taken((n.status, n.image_url, n.detail) for n in report.not_taken)
    for sentence in report.errors[:_LINES]:
        complain(f"  failed    {sentence}")
    _more(len(report.errors))
    if report.manifest:
        _places(Path(report.manifest), Path(report.gallery))


def summarise_idle(name: str, workspace: Workspace, pictures: int, gallery: Path) -> None:
    """Write that there was nothing to do, and where everything lies."""
    say(f"{name}: nothing to do, all {pictures} pictures are painted", "bold")
    _places(workspace.manifest_csv, gallery)


def not_taken(photos: Iterable[tuple[str, str, str]]) -> None:
    """Write a line for each photo (status, address, sentence) that was left out."""
    lines = list(photos)
    for status, address, detail in lines[:_LINES]:
        say(f"  left out  {status}: {detail or address}", "dim")
    _more(len(lines))


def _more(count: int) -> None:
    if count > _LINES:
        say(f"            and {count - _LINES} more", "dim")


def _places(manifest: Path, gallery: Path) -> None:
    say(f"  manifest  {place(manifest)}")
    say(f"  gallery   {place(gallery)}")
