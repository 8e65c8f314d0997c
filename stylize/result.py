"""What a painting returns: values, never prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Iterate", "Outcome", "Pixels", "Result", "Statistics", "thin"]

Pixels = NDArray[np.float32]
"""An image as float32 (H,W,3), RGB in [0,1]."""

Outcome = Literal["finished", "recovered", "stopped_non_finite"]
"""All steps taken; taken after rolling back from non-finite values; ended early because of them."""

TRACE_POINTS = 200


@dataclass(frozen=True)
class Iterate:
    """A moment of a painting, handed to a callback after each step.

    The losses are those of the iterate that the step started from, the mean over a batch.
    """

    step: int
    steps: int
    scale: tuple[int, int]
    loss: float
    seconds: float
    content_loss: float
    style_loss: float
    tv_loss: float
    picture: Callable[[], Pixels]
    """The image at this moment, at this scale; made only when called."""


@dataclass(frozen=True)
class Statistics:
    """Figures of a painting.

    The losses are those of the finished image at full size, each divided by its target and summed
    over its layers by their weights, before α, β and γ.
    """

    steps: int
    content_loss: float
    style_loss: float
    tv_loss: float
    seconds: float
    trace: tuple[tuple[int, float], ...]
    """(step, total loss), at most 200. Each scale has its own targets, so the loss may jump."""
    precision: str
    backend: str
    device: str
    tiles: int = 1
    """Pieces that the largest scale was computed in, for memory's sake."""
    rescaled: bool = False
    """Whether the recipe's terms are for other weights, so that its `rescaled` ones were used."""


@dataclass(frozen=True)
class Result:
    """A stylized image with how it came about."""

    image: Pixels
    outcome: Outcome
    statistics: Statistics


def thin(
    trace: list[tuple[int, float]], points: int = TRACE_POINTS
) -> tuple[tuple[int, float], ...]:
    """At most `points` of `trace`, evenly spread, the first and last among them."""
    if len(trace) <= points:
        return tuple(trace)
    picked = np.linspace(0, len(trace) - 1, points).round().astype(int)
    return tuple(trace[index] for index in picked)
