"""A small disk that can be filled, and a workspace that cannot be written.

Real ones where this process may mount; otherwise the system's answer is put into the calls.
"""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

__all__ = ["Disk", "read_only", "small_disk"]

_BALLAST = ".ballast"


class Disk:
    """A disk at `root`: `fill` takes all its room, `make_room` gives it back."""

    def __init__(self, root: Path, mounted: bool) -> None:
        self.root, self.mounted = root, mounted
        self._patch = pytest.MonkeyPatch()

    def fill(self) -> None:
        """From now on there is no room for another byte."""
        if not self.mounted:
            self._refuse()
            return
        with (self.root / _BALLAST).open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1 << 6, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size):
                        pass

    def make_room(self) -> None:
        """As after somebody removed large files."""
        self._patch.undo()
        (self.root / _BALLAST).unlink(missing_ok=True)

    def _refuse(self) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        for name in ("fsync", "replace", "rename", "link"):
            self._patch.setattr(os, name, full)
        self._patch.setattr(Path, "write_bytes", full)
        self._patch.setattr(Path, "write_text", full)


@contextlib.contextmanager
def small_disk(root: Path) -> Iterator[Disk]:
    """A disk of a few megabytes at `root`."""
    root.mkdir()
    mounted = _ran("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(root))
    disk = Disk(root, mounted)
    try:
        yield disk
    finally:
        disk.make_room()
        if mounted:
            _ran("umount", "-l", str(root))


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody can write below `folder` until the block ends."""
    if _ran("mount", "--bind", str(folder), str(folder)):
        try:
            assert _ran("mount", "-o", "remount,bind,ro", str(folder))
            yield
        finally:
            _ran("umount", "-l", str(folder))
        return
    if os.geteuid() != 0:
        folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        for one in folders:
            one.chmod(0o555)
        try:
            yield
        finally:
            for one in folders:
                one.chmod(0o755)
        return
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(folder))

        patch.setattr(Path, "touch", refuse)
        patch.setattr("flows.files.temporary_beside", refuse)
        patch.setattr("flows.journal.Journal.append", refuse)
        yield


def _ran(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
