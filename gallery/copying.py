"""Small copies of many pictures, by as many processes as there are cores.

Threads would not do: Pillow holds on to the interpreter while it decodes a PNG. The processes are
plain ones, told by a pipe what to do, since forking is not safe beside TensorFlow's threads.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gallery.errors import GalleryError
from gallery.files import write
from images import ImageError, Limits, small_copy

__all__ = ["MANY", "SIDE", "Copying", "copy", "main"]

SIDE = 480
"""Longer side of a thumbnail in pixels: a cell of the grid on a screen of double density."""
MANY = 100
"""So many pictures are worth another process, which takes half a second to start."""

# Our own outputs may be as large as a recipe's largest size; small ones are shown all the same.
_LIMITS = Limits(min_side=1, max_pixels=8192 * 8192, max_aspect=100.0, max_bytes=400_000_000)


def copy(source: Path, target: Path, data: bytes = b"") -> bool:
    """Write the thumbnail of `source`, whose bytes may be given; False for what is no picture.

    Raises `GalleryError` where `target` cannot be written.
    """
    try:
        small = small_copy(data or source.read_bytes(), SIDE, _LIMITS)
    except (ImageError, OSError):
        return False
    write(target, small)
    return True


class Copying:
    """Writes the thumbnails of many pictures, while the caller goes on with other things.

    As far as that can be done: what could not be made is for the caller to find missing.
    """

    def __init__(self, pairs: Sequence[tuple[Path, Path]]) -> None:
        """Begin with `pairs` of source and target, by a process for each core and MANY pictures.

        Fewer pictures than that are made at once, in this process; raises `GalleryError` where
        one of those cannot be written.
        """
        count = min(_cores(), len(pairs) // MANY)
        self._processes = [_begin(pairs[share::count]) for share in range(count)]
        for source, target in () if count else pairs:
            copy(source, target)

    @property
    def going(self) -> bool:
        """Whether other processes were needed, and may be at work."""
        return bool(self._processes)

    def wait(self) -> None:
        """Return when all processes have ended; where that is broken off, they are."""
        try:
            for process in self._processes:
                process.wait()
        finally:
            self.end()

    def end(self) -> None:
        """End the processes, whatever is left to do."""
        for process in self._processes:
            process.kill()
            process.wait()


def main() -> None:
    """Do what standard input says: a JSON list of pairs; end early when the parent is gone."""
    parent = os.getppid()
    for source, target in json.load(sys.stdin):
        if os.getppid() != parent:
            return
        try:
            copy(Path(source), Path(target))
        except GalleryError:
            return  # whoever started this will meet the same trouble, and tell of it


def _begin(pairs: Sequence[tuple[Path, Path]]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # The interpreter and the module are this project's own; -P: nothing is imported from where a
    # person happens to stand.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "gallery.copying"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if process.stdin:
        try:
            names = [(str(source), str(target)) for source, target in pairs]
            process.stdin.write(json.dumps(names).encode("utf-8", "surrogateescape"))
            process.stdin.close()
        except OSError:
            process.kill()
            with contextlib.suppress(OSError):  # what was left to be said goes nowhere either
                process.stdin.close()
    return process


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


if __name__ == "__main__":
    main()
