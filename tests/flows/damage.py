"""Damage for tests of care, and what is found of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flows.verify import verify
from flows.workspace import Workspace

__all__ = ["found", "spoil"]


def spoil(path: Path) -> None:
    """One byte is another, and the file's time tells nothing of it."""
    time = path.stat().st_mtime_ns
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(time, time))


def found(workspace: Workspace, **how: Any) -> dict[str, str]:
    """Kinds of findings, by file name."""
    return {Path(one.file).name: one.kind for one in verify(workspace, **how).findings}
