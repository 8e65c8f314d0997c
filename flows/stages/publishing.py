"""Publish: the manifest compacted, and the gallery and the credits made from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.exhibits import MEANINGS, exhibits
from flows.files import write_whole
from flows.manifest import Manifest, manifest_lock, read_manifest
from flows.report import read_reports
from flows.workspace import Workspace

__all__ = ["CREDITS", "Published", "is_published", "publish"]

CREDITS = "CREDITS.md"
"""The file of credits, in the workspace."""

_SHOWN = ".manifest.sha256"
"""In the gallery's folder: the hash of the manifest that the gallery was made from."""

_LOCK_SECONDS = 600.0
"""So long one process waits while another makes the gallery of the same workspace."""

_RUNS = 1000
"""Of so many runs, the last ones, the gallery has a page."""


@dataclass(frozen=True)
class Published:
    """Where the manifest and the gallery's first page are, and how many pictures they show.

    `credits` is the file that names whose work they rest on; the gallery's credits.html says the
    same. `title` is what the gallery is called.
    """

    manifest: Path
    gallery: Path
    pictures: int
    credits: Path
    title: str


def publish(workspace: Workspace, report: Mapping[str, Any] | None = None) -> Published:
    """Compact the manifest, build the gallery, write the credits.

    The gallery tells of the runs by their reports, and is called as the collection that was built
    last; `report` is that of a run under way, as it would be if the run ended now. Of several
    processes one publishes at a time, so that none takes away what another has just hung, and the
    last shows it all.
    """
    with manifest_lock(workspace.gallery, _LOCK_SECONDS):
        return _publish(workspace, report)


def is_published(workspace: Workspace) -> bool:
    """Whether the gallery is there and shows what the manifest says.

    A run that was killed as it ended leaves pictures that the gallery does not show yet. In a
    store it is enough that the gallery is there.
    """
    if not workspace.has(workspace.gallery / "index.html"):
        return False
    return bool(workspace.mirror) or _shown(workspace) == _hash(workspace)


def _publish(workspace: Workspace, report: Mapping[str, Any] | None) -> Published:
    from flows.remote.showing import beginning_of, fetch_thumbs, push_gallery
    from gallery import build, read_records, write_credits

    mirror = workspace.mirror
    there = mirror.listed("gallery") if mirror else {}
    workspace.pull()
    Manifest(workspace).compact()
    shown = _hash(workspace)  # first: what is written meanwhile is for another time
    frame = read_manifest(workspace.manifest_csv)
    if mirror:
        fetch_thumbs(mirror, frame, there)
    records = read_records(exhibits(frame, workspace))
    reports = _reports(workspace, report)
    title = _title(reports)
    page = build(
        records,
        workspace.root,
        workspace.gallery,
        title=title,
        reports=reports,
        meanings=MEANINGS,
        present=mirror.pictures if mirror else (),
        begin=beginning_of(mirror) if mirror else None,
    )
    path = workspace.root / CREDITS
    pictures = write_credits(records, path, title=title).pictures
    if mirror:
        push_gallery(mirror, there)
        mirror.push([CREDITS])
    write_whole(workspace.gallery / _SHOWN, shown.encode())
    return Published(workspace.manifest_csv, page, pictures, path, title)


def _title(reports: Iterable[Mapping[str, Any]]) -> str:
    titles = (report.get("title") for report in reversed([*reports]))
    return next((title for title in titles if title and isinstance(title, str)), "Atelier")


def _hash(workspace: Workspace) -> str:
    try:
        return hashlib.sha256(workspace.manifest_csv.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _shown(workspace: Workspace) -> str:
    try:
        return (workspace.gallery / _SHOWN).read_text(encoding="ascii")
    except (OSError, ValueError):
        return "nothing"


def _reports(workspace: Workspace, own: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The last runs, that under way as it is now; what is on the disk of it says ``running``."""
    if workspace.mirror:
        from flows.remote.reports import pull_reports

        pull_reports(workspace.mirror)
    ended = read_reports(workspace, last=_RUNS)
    if own is None:
        return [*ended]
    return [*(report for report in ended if report["run"] != own["run"]), own]
