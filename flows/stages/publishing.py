"""Publish: the manifest compacted, and the gallery made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.manifest import Manifest, read_manifest
from flows.workspace import Workspace

__all__ = ["Published", "publish"]


@dataclass(frozen=True)
class Published:
    """Where the manifest and the gallery's first page are, and how many pictures they show."""

    manifest: Path
    gallery: Path
    pictures: int


def publish(workspace: Workspace, title: str = "Atelier") -> Published:
    """Compact the manifest and build the gallery."""
    from gallery import build

    Manifest(workspace).compact()
    frame = read_manifest(workspace.manifest_csv)
    page = build(frame, workspace.root, workspace.gallery, title=title)
    pictures = int((frame["status"] == "done").sum())
    return Published(manifest=workspace.manifest_csv, gallery=page, pictures=pictures)
