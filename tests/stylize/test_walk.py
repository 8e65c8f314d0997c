"""The progress of a painting, and what of it is told."""

import numpy as np
import pytest

from stylize.objective import Losses
from stylize.pyramid import Scale
from stylize.walk import RETRIES, Walk

COARSE, FINE = Scale(32, 48, 5), Scale(64, 96, 3)


def losses(*totals):
    totals = np.float32(totals)
    return Losses(totals, totals / 2, totals / 4, totals / 8)


def test_steps_are_counted_over_all_scales():
    seen = []
    walk = Walk([COARSE, FINE], seen.append)
    for scale in (COARSE, COARSE, FINE):
        walk.advance(scale, losses(8), np.zeros((1, 2, 2, 3), "float32"))
    assert walk.taken == 3
    assert [(one.step, one.steps, one.scale) for one in seen] == [
        (1, 8, (32, 48)),
        (2, 8, (32, 48)),
        (3, 8, (64, 96)),
    ]
    assert 0 <= seen[0].seconds <= seen[-1].seconds


def test_an_iterate_tells_the_losses_apart():
    """Means over the batch, each as it is before α, β and γ."""
    seen = []
    Walk([COARSE], seen.append).advance(COARSE, losses(8, 16), np.zeros((2, 2, 2, 3), "float32"))
    (one,) = seen
    assert (one.loss, one.content_loss, one.style_loss, one.tv_loss) == (12, 6, 3, 1.5)


def test_an_iterates_picture_is_finished_when_it_is_asked_for():
    """The first of the batch, in the way that the painting ends its picture; not before."""
    seen, asked = [], []

    def finish(image):
        asked.append(1)
        return np.clip(image, 0, 1)

    image = np.array([-1, 0.5, 2], "float32") * np.ones((2, 4, 5, 3), "float32")
    Walk([COARSE], seen.append, finish).advance(COARSE, losses(1, 1), image)
    assert not asked
    assert seen[0].picture()[0, 0].tolist() == [0, 0.5, 1]
    assert seen[0].picture().shape == (4, 5, 3)


def test_a_trace_is_of_one_picture_of_the_batch():
    walk = Walk([COARSE], None)
    for totals in ((4, 40), (3, 30)):
        walk.advance(COARSE, losses(*totals), None)
    assert walk.trace(0) == [(1, 4.0), (2, 3.0)]
    assert walk.trace(1) == [(1, 40.0), (2, 30.0)]


def test_a_scale_that_ends_early_leaves_progress_where_it_would_be():
    seen = []
    walk = Walk([COARSE, FINE], seen.append)
    walk.advance(COARSE, losses(1), None)
    walk.skip(4)
    walk.advance(FINE, losses(1), None)
    assert [one.step for one in seen] == [1, 6]
    assert walk.taken == 2


def test_a_gain_is_a_part_of_the_loss_before():
    walk = Walk([COARSE], None)
    for total in (100, 10, 8, 6, 5):
        walk.advance(COARSE, losses(total), None)
    assert walk.gains(4) == pytest.approx(0.5)
    assert walk.gains(2) == pytest.approx(1 / 6)


def test_a_painting_is_rolled_back_four_times_and_then_ends():
    walk = Walk([COARSE], None)
    assert walk.outcome == "finished"
    assert [walk.roll_back() for _ in range(RETRIES)] == [True] * 4
    assert walk.outcome == "recovered"
    assert not walk.roll_back()
    assert walk.outcome == "stopped_non_finite"


def test_it_can_end_at_once():
    walk = Walk([COARSE], None)
    walk.stop_non_finite()
    assert walk.outcome == "stopped_non_finite"
