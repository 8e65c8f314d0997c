"""Memory and compilations over hundreds of tiny pictures of many odd shapes.

    python -m benchmarks.memory [--jobs N]

Ten thousand small jobs must not fill the memory, and must not compile for every shape.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.pairs import fitted, styles
from benchmarks.report import say
from stylize import StylizeJob, Stylizer, resolve_recipe
from stylize.result import Pixels

__all__ = ["growth", "main", "odd_photos", "resident_mb"]

WARM_UP = 50
"""Jobs before memory is looked at: by then all is compiled and the caches have their shape."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint the jobs, print how memory grew and how often something was compiled."""
    jobs = _parser().parse_args(arguments).jobs
    held = [resident_mb() for _ in _paint(jobs)]
    grown, at = growth(held, WARM_UP), {"jobs": jobs, "warm_up": WARM_UP}
    say("memory", "growth_mb", grown, "MB", **at, resident_mb=held[-1], every=held[:: jobs // 10])
    say("memory", "traces", _traces(), "compilations", **at)


def growth(held: Sequence[float], warm_up: int) -> float:
    """By how much memory grew after `warm_up` jobs: its last tenth's mean over that of the first.

    Means, because the allocator gives and takes some from job to job. `held` is MB after each job.
    """
    after = np.asarray(held[warm_up:], float)
    part = max(1, len(after) // 10)
    return float(after[-part:].mean() - after[:part].mean())


def odd_photos(count: int, seed: int = 0) -> Iterator[Pixels]:
    """`count` photos of random colours, each side 64-160 pixels, hardly two of one shape."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        height, width = rng.integers(64, 161, 2)
        yield rng.random((height, width, 3), "float32")


def resident_mb(statm: Path = Path("/proc/self/statm")) -> float:
    """Memory this process holds now, in MB of 10⁶ bytes; its peak where the system hides that."""
    if not statm.is_file():
        from benchmarks.painting import peak_mb

        return peak_mb()
    pages = int(statm.read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _paint(count: int) -> Iterator[object]:
    recipe = resolve_recipe("default", {"size": 160, "steps": [1, 1]})
    images = [fitted(style, 192) for style in styles().values()]
    jobs = (
        StylizeJob(photo, [images[index % len(images)]], recipe)
        for index, photo in enumerate(odd_photos(count))
    )
    return Stylizer("cifar10").run(jobs)


def _traces() -> int:
    from stylize import backend

    return int(backend.traces())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--jobs", type=int, default=500, help="how many pictures (default: 500)")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
