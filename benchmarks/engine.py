"""How fast the engine is, against the machine and against what a user would pick instead.

    python -m benchmarks.engine [--quick] [--only METRIC …]

One run measures side by side and prints a JSON line a metric. See docs/performance.md.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.curves import Curve, speedup
from benchmarks.pairs import Pair, pair
from benchmarks.report import say

if TYPE_CHECKING:
    from benchmarks.evaluator import Evaluator
    from benchmarks.painting import Painting
    from stylize import Recipe, Stylizer

__all__ = ["METRICS", "Bench", "Form", "main"]

SPEED: Mapping[str, Any] = MappingProxyType(
    {"optimiser": "quasi_newton", "levels": 5, "chroma_rate": 1.0}
)
"""Recipe keys that choose how the matched loss is brought down; the terms stay the evaluator's."""

FINEST = (10, 20, 50, 100, 150, 200, 300)
"""Baseline steps for which the ratio is also told, so that nobody has to trust one point."""


class Form(NamedTuple):
    """How large a benchmark is; `steps` are ours, more than enough to reach the baselines."""

    name: str
    size: int
    steps: int
    adam_steps: int
    lbfgs_evaluations: int
    gemm_rounds: int


FULL = Form("full", size=512, steps=300, adam_steps=500, lbfgs_evaluations=300, gemm_rounds=8)
QUICK = Form("quick", size=256, steps=90, adam_steps=150, lbfgs_evaluations=90, gemm_rounds=3)


class Bench:
    """One run: what several metrics need is measured once."""

    def __init__(self, form: Form):
        self.form = form

    def gemm_share(self) -> None:
        """The full-width step at 512² over the best matrix product."""
        from benchmarks.gemm import measure

        found = measure(512, self.form.gemm_rounds)
        self._say(
            "gemm_share",
            found.share,
            "of peak",
            step_gflops=found.step / 1e9,
            peak_gflops=found.peak / 1e9,
            peak_matrix=found.peak_size,
            precision=found.precision,
            side=found.side,
        )

    def speedup_vs_adam(self) -> None:
        """Against the plain float32 loop of Adam."""
        from benchmarks.baselines import plain_adam

        self._contest("adam", plain_adam(self._evaluator, self._pair.photo, self.form.adam_steps))

    def speedup_vs_lbfgs(self) -> None:
        """Against SciPy's L-BFGS in float32."""
        from benchmarks.baselines import scipy_lbfgs

        evaluations = self.form.lbfgs_evaluations
        self._contest("lbfgs", scipy_lbfgs(self._evaluator, self._pair.photo, evaluations))

    def seconds_per_picture(self) -> None:
        """The default recipe, warm, with the first picture of a process beside it."""
        done = self._painting
        more = {"first": done.first, "height": done.height, "width": done.width}
        self._say("seconds_per_picture", done.warm, "s", **more)

    def peak_mb(self) -> None:
        """The most memory that painting took, TensorFlow and all."""
        self._say("peak_mb", self._painting.peak_mb, "MB")

    def _contest(self, name: str, baseline: Curve) -> None:
        ours, goal = self._ours, baseline.lowest()
        there = ours.reaches(goal.loss)
        self._say(
            f"speedup_vs_{name}",
            speedup(baseline, ours),
            "times",
            pair=self._pair.name,
            goal=goal.loss,
            baseline_seconds=goal.seconds,
            baseline_steps=goal.step,
            seconds=there and there.seconds,
            steps=there and there.step,
            reached=ours.lowest().loss,
            on_the_way=_on_the_way(baseline, ours),
            baseline_curve=baseline.at(12),
            curve=ours.at(12),
        )

    def _say(self, metric: str, value: float | None, unit: str, **more: Any) -> None:
        say("engine", metric, value, unit, form=self.form.name, size=self.form.size, **more)

    @functools.cached_property
    def _pair(self) -> Pair:
        return pair(self.form.size)

    @functools.cached_property
    def _evaluator(self) -> Evaluator:
        from benchmarks.evaluator import Evaluator
        from stylize import resolve_weights
        from stylize.vgg import load_arrays

        arrays = load_arrays(resolve_weights("cifar10", "vgg19"))
        return Evaluator(arrays, self._pair.photo, self._pair.style)

    @functools.cached_property
    def _ours(self) -> Curve:
        from benchmarks.ours import engine_curve, matched_recipe
        from stylize import Stylizer

        speed = {**SPEED, "steps": self.form.steps}
        stylizer, recipe = Stylizer("cifar10"), matched_recipe(self.form.size, **speed)
        _warm_up(stylizer, recipe, self._pair)
        return engine_curve(stylizer, recipe, self._pair, self._evaluator)[0]

    @functools.cached_property
    def _painting(self) -> Painting:
        from benchmarks.painting import paint_in_child

        return paint_in_child(self.form.size)


METRICS: Mapping[str, Callable[[Bench], None]] = MappingProxyType(
    {
        "gemm_share": Bench.gemm_share,
        "speedup_vs_adam": Bench.speedup_vs_adam,
        "speedup_vs_lbfgs": Bench.speedup_vs_lbfgs,
        "seconds_per_picture": Bench.seconds_per_picture,
        "peak_mb": Bench.peak_mb,
    }
)
"""What is measured, by name, in this order."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for and print it line by line."""
    options = _parser().parse_args(arguments)
    bench = Bench(QUICK if options.quick else FULL)
    for name, measure in METRICS.items():
        if name in (options.only or METRICS):
            measure(bench)


def _warm_up(stylizer: Stylizer, recipe: Recipe, pictures: Pair) -> None:
    """One step a scale: compiles, and computes the targets, which the baselines have too."""
    few = recipe.model_copy(update={"steps": tuple(min(1, count) for count in recipe.steps)})
    stylizer.stylize(pictures.photo, [pictures.style], few)


def _on_the_way(baseline: Curve, ours: Curve) -> dict[int, float | None]:
    """The speed-up to the lowest loss the baseline had after so many of its steps."""
    early = {count: Curve(baseline.points[: count + 1]) for count in FINEST}
    reached = {n: speedup(part, ours) for n, part in early.items() if len(part.points) > n}
    return {n: ratio and round(ratio, 2) for n, ratio in reached.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="150 steps at 256 px, minutes in all")
    parser.add_argument("--only", nargs="+", choices=tuple(METRICS), help="measure only these")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
