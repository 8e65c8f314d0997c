"""What a user would pick instead: a plain loop of Adam, and SciPy's L-BFGS, both as good as can be.

Both run one scale in float32 from the photo, compiled for its shape, with targets computed
beforehand; compiling is not timed. Adam keeps pixels in [0,1], which does not slow it down; L-BFGS
is left free, as its users leave it: bounds only add work, and its loss ends no higher without.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.curves import Curve, Point
from benchmarks.evaluator import Evaluator
from stylize.result import Pixels

__all__ = ["plain_adam", "scipy_lbfgs"]

_RATE, _BETA_1, _BETA_2, _EPSILON = 0.02, 0.9, 0.999, 1e-8


def plain_adam(evaluator: Evaluator, photo: Pixels, steps: int) -> Curve:
    """`steps` of Adam (α .02, β .9 .999), the whole step one compiled function."""
    step = _adam_step(evaluator)
    state = _fresh(photo)
    step(*_fresh(photo), np.float32(1))
    points, started, ready = [], time.perf_counter(), 0.0
    for number in range(1, steps + 1):
        *state, loss = step(*state, np.float32(number))
        # The loss is that of the picture that came in, which was there when the last step ended.
        points.append(Point(ready, float(loss), number - 1))
        ready = time.perf_counter() - started
    points.append(Point(ready, evaluator.judge(np.asarray(state[0])[0])[0], steps))
    return Curve(tuple(points))


def scipy_lbfgs(evaluator: Evaluator, photo: Pixels, evaluations: int) -> Curve:
    """SciPy's L-BFGS on the compiled loss and gradient, stopped after `evaluations` of them."""
    from scipy.optimize import minimize

    both = _compiled(evaluator.value_and_gradient, [evaluator.shape])
    both(photo[None])
    points: list[Point] = []
    started = time.perf_counter()

    def objective(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        ready = time.perf_counter() - started
        loss, gradient = both(flat.reshape(evaluator.shape).astype(np.float32))
        points.append(Point(ready, float(loss), len(points)))
        if len(points) >= evaluations:
            raise _EnoughError
        return float(loss), np.asarray(gradient, np.float64).ravel()

    with contextlib.suppress(_EnoughError):
        minimize(
            objective,
            photo.ravel().astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": evaluations, "maxfun": 2 * evaluations, "ftol": 0, "gtol": 0},
        )
    return Curve(tuple(points))


class _EnoughError(Exception):
    """The evaluations are used up; SciPy itself only counts them between iterations."""


def _fresh(photo: Pixels) -> list[Any]:
    return [photo[None], np.zeros_like(photo[None]), np.zeros_like(photo[None])]


def _adam_step(evaluator: Evaluator) -> Any:
    import tensorflow as tf

    def step(image: Any, mean: Any, square: Any, number: Any) -> tuple[Any, ...]:
        loss, gradient = evaluator.value_and_gradient(image)
        mean = _BETA_1 * mean + (1 - _BETA_1) * gradient
        square = _BETA_2 * square + (1 - _BETA_2) * tf.square(gradient)
        rate = _RATE * tf.sqrt(1 - _BETA_2**number) / (1 - _BETA_1**number)
        moved = image - rate * mean / (tf.sqrt(square) + _EPSILON)
        return tf.clip_by_value(moved, 0.0, 1.0), mean, square, loss

    return _compiled(step, [evaluator.shape] * 3 + [()])


def _compiled(function: Any, shapes: list[tuple[int, ...]]) -> Any:
    import tensorflow as tf

    signature = [tf.TensorSpec(shape, tf.float32) for shape in shapes]
    return tf.function(function, input_signature=signature, autograph=False)
