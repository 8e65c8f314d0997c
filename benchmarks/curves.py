"""Loss against time, and what one curve says about another."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Curve", "Point", "speedup"]


class Point(NamedTuple):
    """At `seconds` there was a picture of this loss; `step` counts evaluations of the gradient."""

    seconds: float
    loss: float
    step: int


class Curve(NamedTuple):
    """The loss of one painting over time, in order."""

    points: tuple[Point, ...]

    def lowest(self) -> Point:
        """The first of the points with the lowest loss."""
        return min(self.points, key=lambda point: (point.loss, point.seconds))

    def reaches(self, loss: float) -> Point | None:
        """The first point at or below `loss`; None where there is none."""
        return next((point for point in self.points if point.loss <= loss), None)

    def at(self, count: int) -> list[tuple[float, float]]:
        """(seconds, loss) of `count` points, evenly spread, the first and last among them."""
        last = len(self.points) - 1
        picked = sorted({round(last * index / max(1, count - 1)) for index in range(count)})
        return [(round(self.points[i].seconds, 2), round(self.points[i].loss, 5)) for i in picked]


def speedup(baseline: Curve, ours: Curve) -> float | None:
    """The baseline's time to its lowest loss over our time to that loss.

    None if we never get there. Seconds count from each painting's start; ours must be above 0.
    """
    goal = baseline.lowest()
    there = ours.reaches(goal.loss)
    return None if there is None else goal.seconds / there.seconds
