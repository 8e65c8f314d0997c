"""Publish: the manifest compacted, and the gallery and the credits made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.manifest import Manifest, read_manifest
from flows.workspace import Workspace

__all__ = ["CREDITS", "Published", "publish"]

CREDITS = "CREDITS.md"
"""The file of credits, in the workspace."""


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


def publish(workspace: Workspace, title: str = "Atelier") -> Published:
    """Compact the manifest, build the gallery, write the credits."""
    from flows.remote.showing import fetch_thumbs, push_gallery
    from gallery import build, write_credits

    mirror = workspace.mirror
    there = mirror.listed("gallery") if mirror else {}
    workspace.pull()
    Manifest(workspace).compact()
    frame = read_manifest(workspace.manifest_csv)
    if mirror:
        fetch_thumbs(mirror, frame, there)
    present = mirror.pictures if mirror else ()
    page = build(frame, workspace.root, workspace.gallery, title=title, present=present)
    path = workspace.root / CREDITS
    pictures = write_credits(frame, path, title=title).pictures
    if mirror:
        push_gallery(mirror, there)
        mirror.push([CREDITS])
    return Published(workspace.manifest_csv, page, pictures, path)
