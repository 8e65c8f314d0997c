"""The preconditioned L-BFGS on losses that need no network."""

import numpy as np
import pytest

from stylize.adam import OPPONENT
from stylize.memory import PAIRS, pairs_for
from stylize.quasi_newton import FIRST, FURTHEST, begin, follow

COLOURS, BOX = np.ones(3, "float32"), np.array([0, 1], "float32")
RNG = np.random.default_rng(0)
TARGET = (0.2 + 0.6 * RNG.random((2, 16, 24, 3))).astype("float32")
# How steep the loss is in each pixel: a thousandfold from the flattest to the steepest.
STEEPNESS = (10 ** RNG.uniform(-1.5, 1.5, TARGET.shape)).astype("float32")


def bowl(image, target=TARGET, steepness=STEEPNESS):
    error = np.asarray(image) - target
    return (steepness * error**2).sum((1, 2, 3)).astype("float32"), 2 * steepness * error


def search(evaluate=bowl, steps=40, image=None, levels=1, pairs=PAIRS):
    """Every search on the way, the first of which has tried nothing yet."""
    start = np.full(TARGET.shape, 0.5, "float32") if image is None else image
    found = [begin(start, levels, pairs)]
    for _ in range(steps):
        total, gradient = evaluate(np.asarray(found[-1].trial))
        step, finite = follow(found[-1], total, gradient, OPPONENT, COLOURS, BOX)
        assert np.asarray(finite).all()
        found.append(step)
    return found


@pytest.mark.parametrize("levels", [1, 4])
def test_it_goes_down_where_slopes_differ_a_thousandfold(levels):
    found = search(levels=levels)
    assert (np.asarray(found[-1].total) < 3e-3 * np.asarray(found[1].total)).all()


def test_the_best_image_is_kept_with_its_own_loss_and_gradient():
    for one in search(steps=12)[1:]:
        total, gradient = bowl(one.image)
        np.testing.assert_allclose(one.total, total, rtol=1e-5)
        np.testing.assert_allclose(one.gradient, gradient, rtol=1e-5)


def test_losses_never_rise():
    totals = np.array([np.asarray(one.total) for one in search()[1:]])
    assert (np.diff(totals, axis=0) <= 0).all()


def rms(move):
    return np.sqrt(np.square(move).mean((1, 2, 3)))


def test_the_first_step_and_all_others_have_their_longest():
    far = search(steps=10)
    moves = [rms(np.asarray(one.trial) - np.asarray(one.image)) for one in far[1:]]
    np.testing.assert_allclose(moves[0], FIRST, rtol=0.01)
    assert np.max(moves) <= FURTHEST * 1.001


def test_the_box_is_kept():
    """Where the lowest point lies outside, the image comes to the wall and stops there."""
    outside = np.where(TARGET > 0.5, 1.5, -0.5).astype("float32")
    even = np.ones_like(STEEPNESS)
    last = search(lambda image: bowl(image, outside, even), steps=40)[-1]
    image = np.asarray(last.image)
    assert 0 <= image.min() <= image.max() <= 1
    np.testing.assert_allclose(image, np.clip(outside, 0, 1), atol=0.02)


def test_pictures_of_a_batch_do_not_see_each_other():
    together = search(steps=15, levels=3)[-1]
    for index in range(2):
        part = slice(index, index + 1)
        alone = search(
            lambda image, part=part: bowl(image, TARGET[part], STEEPNESS[part]),
            steps=15,
            image=np.full((1, *TARGET.shape[1:]), 0.5, "float32"),
            levels=3,
        )[-1]
        np.testing.assert_allclose(together.total[index], alone.total[0], rtol=1e-3)
        np.testing.assert_allclose(together.image[index], alone.image[0], atol=1e-3)


def test_a_trial_that_is_no_number_leaves_the_image_and_shortens_the_step():
    before = search(steps=5)[-1]
    total, gradient = bowl(before.trial)
    total = np.array([np.nan, total[1]], "float32")
    after, finite = follow(before, total, gradient, OPPONENT, COLOURS, BOX)
    assert np.asarray(finite).tolist() == [False, True]
    np.testing.assert_array_equal(after.image[0], before.image[0])
    assert float(after.length[0]) < float(before.length[0])
    assert np.isfinite(after.trial).all()


def test_large_pictures_remember_fewer_pairs():
    assert pairs_for(256, 256) == PAIRS
    assert 2 < pairs_for(2048, 2048) < PAIRS
    assert pairs_for(8192, 8192) == 2
