"""How many pictures a second batches of 1, 4, 16 and 64 make: for a GPU.

    python -m benchmarks.batches [--batches 1 4 16 64] [--size 512] [--pictures 64]

With KERAS_BACKEND=jax the same on JAX. Prints a JSON line a batch size. On a CPU, where pictures
are painted one by one, larger batches gain nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from benchmarks.pairs import pair
from benchmarks.report import say
from stylize import StylizeJob, Stylizer, resolve_recipe

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint the same picture many times in batches of each size, after one to compile."""
    options = _parser().parse_args(arguments)
    pictures = pair(options.size)
    job = StylizeJob(
        pictures.photo, [pictures.style], resolve_recipe("default", {"size": options.size})
    )
    for batch in options.batches:
        stylizer = Stylizer("cifar10", batch=batch)
        list(stylizer.run([job] * batch))
        rounds = max(1, options.pictures // batch)
        started = time.perf_counter()
        results = list(stylizer.run([job] * (batch * rounds)))
        seconds = time.perf_counter() - started
        about = results[-1].statistics
        how = {"batch": batch, "size": options.size, "backend": about.backend}
        rate = batch * rounds / seconds
        say("batches", "pictures_per_second", rate, "1/s", **how, device=about.device)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batches", description=__doc__)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--size", type=int, default=512, help="longer side in pixels")
    parser.add_argument("--pictures", type=int, default=64, help="pictures timed a batch size")
    return parser


if __name__ == "__main__":
    main()
