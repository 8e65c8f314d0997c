"""The loss trace inside a picture → a curve with axes, as numbers that a template can draw."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gallery.values import significant
from images import ImageError, read_provenance

__all__ = ["HEIGHT", "WIDTH", "Curve", "curve_of", "read_trace"]

WIDTH, HEIGHT = 460, 220
"""Of the drawing, in its own units."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, WIDTH - 10.0, 12.0, HEIGHT - 40.0
_KEY = "atelier"
_HEAD = 262_144
"""Bytes at the beginning of a file that hold its provenance; more are read where they do not."""

_KINDS = {int, float}

Trace = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Curve:
    """A drawing: `points` of a polyline, and (place, label) of each tick of the axes.

    `scales` are (place, label) where the painting went on at another size; `words` tell the curve
    to those who cannot see it. `jumps` is whether the loss leaps up on its way.
    """

    points: str
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    scales: tuple[tuple[float, str], ...]
    words: str
    log: bool
    jumps: bool
    left: float = _LEFT
    right: float = _RIGHT
    top: float = _TOP
    bottom: float = _BOTTOM


def read_trace(begin: Callable[[int], bytes]) -> tuple[Trace, Trace]:
    """The (step, loss) pairs inside a picture, and (step, longer side) of its scales.

    `begin` reads so many of its first bytes, all for -1. Empty where there is no such file, it is
    no picture, or carries none.
    """
    try:
        inside = json.loads(_inside(begin).get(_KEY, "null"))
    except (ImageError, OSError, ValueError, RecursionError):
        return (), ()
    if not isinstance(inside, dict):
        return (), ()
    scales = [(step, max(sides)) for step, *sides in _numbers(inside.get("scales"), 3)]
    return [(step, loss) for step, loss in _numbers(inside.get("trace"), 2)], scales


def curve_of(trace: Trace, scales: Trace = ()) -> Curve | None:
    """Draw a trace of at least two steps; its losses on a logarithmic axis where they span much."""
    points = [(step, loss) for step, loss in trace if math.isfinite(step) and math.isfinite(loss)]
    if len(points) < 2 or points[0][0] >= points[-1][0]:
        return None
    losses = [loss for _, loss in points]
    low, high = min(losses), max(losses)
    log = low > 0 and high / low > 8
    first, last = points[0][0], points[-1][0]

    def across(step: float) -> float:
        return round(_LEFT + (step - first) / (last - first) * (_RIGHT - _LEFT), 1)

    ticks = _decades(low, high) if log else _steps(low, high, 4)
    floor, ceiling = _level(min(low, *ticks), log), _level(max(high, *ticks), log)
    span = (ceiling - floor) or 1.0

    def up(loss: float) -> float:
        return round(_BOTTOM - (_level(loss, log) - floor) / span * (_BOTTOM - _TOP), 1)

    return Curve(
        points=" ".join(f"{across(step)},{up(loss)}" for step, loss in points),
        across=tuple(
            (across(tick), f"{tick:,.0f}")
            for tick in _steps(first, last, 5)
            if first <= tick <= last
        ),
        up=tuple((up(tick), significant(tick, 2)) for tick in ticks),
        scales=tuple(
            (across(step), f"{side:,.0f} px") for step, side in scales if first < step < last
        ),
        words=(
            f"The loss goes from {significant(points[0][1])} at step {first:,.0f} "
            f"to {significant(points[-1][1])} at step {last:,.0f}."
        ),
        log=log,
        jumps=any(later > 1.2 * earlier for earlier, later in pairwise(losses)),
    )


def _inside(begin: Callable[[int], bytes]) -> dict[str, str]:
    """The provenance: as a rule it stands before the pixels, so that the beginning is enough."""
    found = read_provenance(begin(_HEAD))
    return found if _KEY in found else read_provenance(begin(-1))


def _level(loss: float, log: bool) -> float:
    return math.log10(loss) if log else loss


def _decades(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten in between, or the powers alone where they are many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    parts = (1.0, 2.0, 5.0) if len(powers) <= 4 else (1.0,)
    found = [part * 10.0**power for power in powers for part in parts]
    inside = [tick for tick in found if low <= tick <= high]
    return inside[:: max(1, len(inside) // 5)] or [low, high]


def _steps(low: float, high: float, count: int) -> list[float]:
    """Round values between `low` and `high`, about `count` of them."""
    span = high - low
    if span <= 0:
        return [low]
    size = 10.0 ** math.floor(math.log10(span / count))
    step = next(size * m for m in (1, 2, 5, 10) if span / (size * m) <= count + 0.5)
    return [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)] or [low]


def _numbers(value: Any, length: int) -> list[list[float]]:
    """The entries of a list that are lists of so many numbers."""
    entries = value if isinstance(value, list) else ()
    return [
        entry
        for entry in entries
        if isinstance(entry, list) and len(entry) == length and set(map(type, entry)) <= _KINDS
    ]
