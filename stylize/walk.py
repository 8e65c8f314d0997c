"""The progress of a painting: steps taken, their losses, how often it was rolled back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stylize.objective import Losses
from stylize.pyramid import Scale
from stylize.result import Iterate, Outcome, Pixels

__all__ = ["OnIterate", "Walk"]

OnIterate = Callable[[Iterate], None]

RETRIES = 4
"""Roll-backs, each with half the learning rate, before a painting ends early."""


class Walk:
    """What happens on the way through a pyramid, told to `on_iterate` step by step."""

    def __init__(
        self,
        pyramid: Sequence[Scale],
        on_iterate: OnIterate | None,
        finish: Callable[[Pixels], Pixels] = lambda image: image,
    ):
        """`finish` turns a canvas at any scale into the picture that is shown."""
        self.pyramid = pyramid
        self._finish = finish
        self.steps = sum(scale.steps for scale in pyramid)
        self.taken = self.rolled_back = 0
        self.outcome: Outcome = "finished"
        self._skipped = 0
        self._trace: list[tuple[int, Any]] = []
        self._on_iterate, self._started = on_iterate, time.perf_counter()

    def seconds(self) -> float:
        """Seconds since the painting began."""
        return time.perf_counter() - self._started

    def trace(self, index: int) -> list[tuple[int, float]]:
        """(step, total loss) of the picture `index` of the batch."""
        return [(step, float(losses[index])) for step, losses in self._trace]

    def advance(self, scale: Scale, losses: Losses, image: Any) -> None:
        """Note a step: the losses of the images (N,H,W,3) it started from, and its result."""
        self.taken += 1
        self._trace.append((self.taken, np.asarray(losses.total)))
        if self._on_iterate:
            mean = [float(np.mean(np.asarray(loss))) for loss in losses]
            self._on_iterate(
                Iterate(
                    step=self.taken + self._skipped,
                    steps=self.steps,
                    scale=(scale.height, scale.width),
                    seconds=self.seconds(),
                    loss=mean[0],
                    content_loss=mean[1],
                    style_loss=mean[2],
                    tv_loss=mean[3],
                    picture=lambda: self._finish(np.asarray(image)[0]),
                )
            )

    def skip(self, steps: int) -> None:
        """Steps of a scale that ended early, so that progress goes on from where it would be."""
        self._skipped += steps

    def gains(self, steps: int) -> float:
        """By what part the total loss fell over the last `steps` steps."""
        before, now = (float(np.sum(self._trace[-back][1])) for back in (steps, 1))
        return (before - now) / max(abs(before), 1e-12)

    def roll_back(self) -> bool:
        """Note a roll-back; false when there were too many and the painting is to end."""
        self.rolled_back += 1
        self.outcome = "recovered" if self.rolled_back <= RETRIES else "stopped_non_finite"
        return self.outcome == "recovered"

    def stop_non_finite(self) -> None:
        """Note that the painting ends because its values stopped being finite."""
        self.outcome = "stopped_non_finite"
