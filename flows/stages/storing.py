"""Putting a picture where it belongs: into the folder, and into the store where there is one."""

from __future__ import annotations

from flows.files import write_whole
from flows.outputs import time_ns
from flows.workspace import Workspace

__all__ = ["store_picture"]


def store_picture(workspace: Workspace, output: str, data: bytes, created_at: str) -> bool:
    """Write a picture whole, and put it into the store where there is one.

    False where another machine's picture is in its place by now. Raises `DiskFullError`,
    `StoreError`; what did not reach the store is put there by the next run.
    """
    mirror = workspace.mirror
    if mirror:
        mirror.begin_picture(output)
    write_whole(workspace.root / output, data, time_ns(created_at))
    return mirror.put_picture(output, data) if mirror else True
