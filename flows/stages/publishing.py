"""Publish: the manifest compacted, and the gallery and the credits made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.exhibits import MEANINGS, exhibits
from flows.manifest import Manifest, read_manifest
from flows.report import read_reports
from flows.workspace import Workspace

__all__ = ["CREDITS", "Published", "publish"]

CREDITS = "CREDITS.md"
"""The file of credits, in the workspace."""

_RUNS = 1000
"""Of so many runs, the last ones, the gallery has a page."""


@dataclass(frozen=True)
class Published:
    """Where the manifest and the gallery's first page are, and how many pictures they show.

    `credits` is the file that names whose work they rest on; the gallery's credits.html says the
    same.
    """

    manifest: Path
    gallery: Path
    pictures: int
    credits: Path


def publish(
    workspace: Workspace, title: str = "Atelier", report: Mapping[str, Any] | None = None
) -> Published:
    """Compact the manifest, build the gallery, write the credits.

    The gallery tells of the runs by their reports; `report` is that of a run under way, as it would
    be if the run ended now.
    """
    from flows.remote.showing import beginning_of, fetch_thumbs, push_gallery
    from gallery import build, read_records, write_credits

    mirror = workspace.mirror
    there = mirror.listed("gallery") if mirror else {}
    workspace.pull()
    Manifest(workspace).compact()
    frame = read_manifest(workspace.manifest_csv)
    if mirror:
        fetch_thumbs(mirror, frame, there)
    records = read_records(exhibits(frame, workspace))
    page = build(
        records,
        workspace.root,
        workspace.gallery,
        title=title,
        reports=_reports(workspace, report),
        meanings=MEANINGS,
        present=mirror.pictures if mirror else (),
        begin=beginning_of(mirror) if mirror else None,
    )
    path = workspace.root / CREDITS
    pictures = write_credits(records, path, title=title).pictures
    if mirror:
        push_gallery(mirror, there)
        mirror.push([CREDITS])
    return Published(workspace.manifest_csv, page, pictures, path)


def _reports(workspace: Workspace, own: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The last runs, that under way as it is now; what is on the disk of it says ``running``."""
    if workspace.mirror:
        from flows.remote.reports import pull_reports

        pull_reports(workspace.mirror)
    ended = read_reports(workspace, last=_RUNS)
    if own is None:
        return [*ended]
    return [*(report for report in ended if report["run"] != own["run"]), own]
