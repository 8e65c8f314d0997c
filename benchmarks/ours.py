"""The engine under the evaluator's loss: its picture after every step, judged off the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.curves import Curve, Point
from benchmarks.evaluator import CONTENT_LAYER, CONTENT_WEIGHT, STYLE_LAYERS, Evaluator
from benchmarks.pairs import Pair
from stylize.result import Iterate, Pixels

if TYPE_CHECKING:
    from stylize import Recipe, Stylizer

__all__ = ["engine_curve", "judged", "matched_recipe"]


def matched_recipe(size: int, **speed: Any) -> Recipe:
    """A recipe that minimises what the evaluator measures; `speed` is free to choose the way.

    The terms, layers, pooling, edges, size of the style and start are the evaluator's.
    """
    from stylize import resolve_recipe

    terms: dict[str, Any] = {
        "size": size,
        "strength": 0.5,
        "alpha": CONTENT_WEIGHT,
        "beta": 1.0,
        "gamma": 0.0,
        "content_layers": {CONTENT_LAYER: 1.0},
        "style_layers": dict.fromkeys(STYLE_LAYERS, 1 / len(STYLE_LAYERS)),
        "pooling": "max",
        "edges": "zero",
        "style_scale": 1.0,
        "initial": "content",
    }
    return resolve_recipe("default", {**terms, **speed})


def engine_curve(
    stylizer: Stylizer, recipe: Recipe, pair: Pair, evaluator: Evaluator
) -> tuple[Curve, Pixels]:
    """Loss against time of one painting with a warm `stylizer`, and the finished picture.

    The clock runs from the call to the last step, copying every picture included. The copies are
    judged after it has stopped. Pictures of coarser scales are not judged: nobody asked for them.
    """
    kept: list[tuple[float, int, Pixels]] = []
    started = time.perf_counter()

    def keep(iterate: Iterate) -> None:
        # The copy comes first: where work is still under way it waits for it, on the clock.
        picture = np.array(iterate.picture(), "float32")
        kept.append((time.perf_counter() - started, iterate.step, picture))

    result = stylizer.stylize(pair.photo, [pair.style], recipe, on_iterate=keep)
    kept.append((time.perf_counter() - started, result.statistics.steps, result.image))
    return judged(kept, evaluator), result.image


def judged(kept: list[tuple[float, int, Pixels]], evaluator: Evaluator) -> Curve:
    """The curve of pictures kept as (seconds, step, pixels), those of the evaluator's size."""
    height, width = evaluator.shape[1:3]
    points = []
    for seconds, step, picture in kept:
        if min(picture.shape[0] - height, picture.shape[1] - width) < 0:
            continue
        points.append(Point(seconds, evaluator.judge(_centre(picture, height, width))[0], step))
    return Curve(tuple(points))


def _centre(picture: Pixels, height: int, width: int) -> Pixels:
    """The part that shows of a canvas that was mirrored outwards to suit the network."""
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    return picture[top : top + height, left : left + width]
