"""SciPy's L-BFGS-B on a compiled float32 value and gradient.

The algorithm is that of Byrd, Lu, Nocedal & Zhu 1995, "A limited memory algorithm for bound
constrained optimization" (SIAM J. Sci. Comput. 16). Their symbols, and ours:

    x_k        the picture, divided by `length` here          f, g_k    `value_and_gradient`
    l, u       `bounds`, the same for every entry             m         `memory`
    s_k, y_k   the last m moves and changes of gradient       B₀ = θI   θ = 1 at the start

Differs from plain SciPy in three ways. The problem is scaled so that |g₀| = 1 and the first step,
which SciPy makes one long or as long as the gradient, moves the picture by `first_step`: left
alone, a picture of a million entries and tiny gradients takes many evaluations to get moving. A
line search that float32 rounding has led astray is begun anew from the best picture, as long as
that still gains. And the number of evaluations, which is what takes the time, is kept exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Minimum", "Stopped", "minimise"]

Array = NDArray[np.float32]

Stopped = Literal["evaluations", "converged", "non_finite"]
"""All evaluations were made; no step goes lower any more; a value or gradient was no number."""


@dataclass(frozen=True)
class Minimum:
    """The best picture met, and how the search for it ended."""

    x: Array
    """The one of the lowest value, not the last; where the start's was no number, the start."""
    value: float
    evaluations: int
    stopped: Stopped
    message: str


def minimise(
    value_and_gradient: Callable[[Array], tuple[float, Any]],
    start: Array,
    evaluations: int,
    bounds: tuple[float, float] | None = None,
    on_evaluation: Callable[[int, Array, float], None] | None = None,
    *,
    first_step: float = 0.02,
    memory: int = 10,
) -> Minimum:
    """The lowest point that `evaluations` of ``value_and_gradient(x) -> (value, gradient)`` find.

    `start` is float32 of any shape, and so is each x, within `bounds`. `first_step` is the root
    mean square of the first step, in the units of x. `on_evaluation` is told the number, from 1, x
    and its value; an exception that it raises ends the search. `memory` pairs of float64 pictures
    are kept.
    """
    search = _Search(value_and_gradient, evaluations, bounds, on_evaluation)
    length = first_step * math.sqrt(start.size)
    try:
        search.evaluate(search.within(np.asarray(start, np.float32)))
        while search.gains():
            _descend(search, length, memory)
            length /= 10
    except _EndedError:
        pass
    return search.minimum()


class _EndedError(Exception):
    """Ends SciPy's loop, which itself only counts evaluations between its iterations."""


class _Search:
    """Evaluates, counts and remembers the best; raises `_EndedError` when it is time to stop."""

    def __init__(
        self,
        function: Callable[[Array], tuple[float, Any]],
        evaluations: int,
        bounds: tuple[float, float] | None,
        on_evaluation: Callable[[int, Array, float], None] | None,
    ):
        self._function, self._limit, self._tell = function, evaluations, on_evaluation
        self.bounds = bounds
        self.count, self.value = 0, math.inf
        self.stopped: Stopped = "converged"
        self._gained_from = math.inf

    def evaluate(self, x: Array) -> tuple[float, NDArray[np.float64]]:
        """Value and float64 gradient at x."""
        if self.count == 0:
            self.x, self.gradient = x, np.zeros(x.shape)
        if self.count >= self._limit:
            self._end("evaluations")
        value, found = self._function(x)
        value, gradient = float(value), np.asarray(found, np.float64)
        self.count += 1
        if self._tell:
            self._tell(self.count, x, value)
        if not (math.isfinite(value) and np.isfinite(gradient).all()):
            self._end("non_finite")
        if value < self.value:
            self.x, self.value, self.gradient = x, value, gradient
        if self.count == self._limit:
            self._end("evaluations")
        return value, gradient

    def gains(self) -> bool:
        """Whether the best is lower than when this was last asked, and can still move."""
        before, self._gained_from = self._gained_from, self.value
        return self.value < before and bool(self.gradient.any())

    def within(self, x: Array) -> Array:
        return x if self.bounds is None else np.clip(x, *self.bounds).astype(np.float32)

    def minimum(self) -> Minimum:
        value = self.value if math.isfinite(self.value) else math.nan
        return Minimum(self.x, value, self.count, self.stopped, self._message())

    def _end(self, why: Stopped) -> None:
        self.stopped = why
        raise _EndedError

    def _message(self) -> str:
        if self.stopped == "non_finite":
            return (
                f"Evaluation {self.count} gave a value or gradient that is not finite: "
                "the best picture before it is kept."
            )
        if self.stopped == "converged":
            return f"No step goes lower after {self.count} evaluations."
        return f"All {self.count} evaluations were made."


def _descend(search: _Search, length: float, memory: int) -> None:
    """One run of L-BFGS-B from the best picture so far, in units of `length`."""
    from scipy.optimize import Bounds, minimize

    shape, begun = search.x.shape, False
    factor = 1 / (length * float(np.linalg.norm(search.gradient)))

    def scaled(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        nonlocal begun
        # SciPy begins where the search already is: that evaluation has been made.
        value, gradient = search.value, search.gradient
        if begun:
            moved = (x.reshape(shape) * length).astype(np.float32)
            value, gradient = search.evaluate(search.within(moved))
        begun = True
        return value * factor, gradient.ravel() * (length * factor)

    # The tolerances of 0 leave the end to the search; its own limits are far off.
    options = {"maxcor": memory, "ftol": 0, "gtol": 0, "maxiter": 10**9, "maxfun": 10**9}
    at = search.x.ravel().astype(np.float64) / length
    low, high = search.bounds or (-math.inf, math.inf)
    limits = Bounds(low / length, high / length)
    minimize(scaled, at, jac=True, method="L-BFGS-B", bounds=limits, options=options)
