"""The default recipe with the shipped weights: seconds of a picture, and the memory it takes."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import NamedTuple

from benchmarks.pairs import pair

__all__ = ["Painting", "paint_in_child", "peak_mb"]


class Painting(NamedTuple):
    """Seconds of a process' first picture and of the next one like it, and its peak memory.

    `first` starts the backend, builds the network and compiles; `warm` finds all that done, and
    the style's statistics kept.
    """

    first: float
    warm: float
    peak_mb: float
    height: int
    width: int


def paint_in_child(size: int) -> Painting:
    """Paint the named pair twice by the default recipe at `size`, in a process of its own.

    Raises `subprocess.CalledProcessError` when the process fails; its error output is shown.
    """
    command = [sys.executable, "-m", "benchmarks.painting", str(size)]
    # All of it is this interpreter and a number.
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return Painting(*json.loads(done.stdout.splitlines()[-1]))


def peak_mb() -> float:
    """The most memory this process has held at once, in MB of 10⁶ bytes."""
    kept = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return kept / 1e6 if sys.platform == "darwin" else kept * 1024 / 1e6


def _paint(size: int) -> Painting:
    from stylize import Stylizer, resolve_recipe

    photo, style = pair(size)[1:]
    recipe = resolve_recipe("default", {"size": size})
    stylizer, seconds = Stylizer("cifar10"), []
    for _ in range(2):
        started = time.perf_counter()
        stylizer.stylize(photo, [style], recipe)
        seconds.append(time.perf_counter() - started)
    return Painting(seconds[0], seconds[1], peak_mb(), *photo.shape[:2])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_paint(int(sys.argv[1]))) + "\n")
