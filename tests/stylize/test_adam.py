"""Adam against the paper's algorithm, and its multi-resolution form."""

import numpy as np
import pytest
import tensorflow as tf

from stylize.adam import OPPONENT, Moments, Rates, adam, descend, start


def rates(levels=1, learning_rate=0.1, chroma=1.0):
    scalars = (np.float32(value) for value in (0.9, 0.99, 1e-4))
    return Rates(
        np.full(levels, learning_rate, "float32"),
        np.array([1, chroma, chroma], "float32"),
        *scalars,
    )


def test_adam_is_algorithm_1():
    """Ten steps on fixed gradients, against the algorithm written out in float64."""
    gradients = np.random.default_rng(0).normal(size=(10, 5))
    image = expected = np.ones(5)
    m = v = np.zeros(5)
    moments = Moments(np.zeros(5, "float32"), np.zeros(5, "float32"))
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
        expected = expected - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-4)
        direction, moments = adam(tf.constant(g, "float32"), moments, float(t), rates())
        image = image - 0.1 * direction
    np.testing.assert_allclose(image, expected, rtol=1e-4)


def test_the_first_step_is_the_learning_rate_downhill():
    direction, _ = adam(tf.constant([1.0, -50.0]), Moments(0.0, 0.0), 1.0, rates())
    np.testing.assert_allclose(direction, [1, -1], rtol=1e-3)


def test_the_opponent_axes_are_orthonormal():
    np.testing.assert_allclose(OPPONENT @ OPPONENT.T, np.eye(3), atol=1e-6)
    np.testing.assert_allclose(OPPONENT @ np.ones(3), [np.sqrt(3), 0, 0], atol=1e-6)


def grey(shape, seed=0):
    noise = np.random.default_rng(seed).normal(size=(1, *shape, 1))
    return np.repeat(noise, 3, -1).astype("float32")


def test_a_grey_gradient_moves_no_colour():
    image = tf.fill((1, 32, 48, 3), 0.5)
    moved, _ = descend(image, grey((32, 48)), start(32, 48, 5), 1.0, rates(5))
    moved = np.asarray(moved)
    np.testing.assert_allclose(moved, np.broadcast_to(moved[..., :1], moved.shape), atol=1e-3)
    assert np.abs(moved - 0.5).max() > 0.1


def test_chroma_moves_at_its_own_rate():
    """A purely red-blue gradient: a tenth of the chroma rate, a tenth of the way."""
    gradient = grey((16, 16)) * np.array([1, 0, -1], "float32")
    image = tf.fill((1, 16, 16, 3), 0.5)
    away = [
        np.abs(
            np.asarray(descend(image, gradient, start(16, 16, 1), 1.0, rates(1, 0.1, chroma))[0])
            - 0.5
        ).max()
        for chroma in (1.0, 0.1)
    ]
    assert away[1] == pytest.approx(away[0] / 10, rel=0.01)


def test_the_image_stays_in_range():
    image = tf.constant(np.random.default_rng(1).random((1, 32, 32, 3)), tf.float32)
    moved, _ = descend(image, grey((32, 32)), start(32, 32, 5), 1.0, rates(5, 1.0))
    assert 0 <= float(tf.reduce_min(moved)) <= float(tf.reduce_max(moved)) <= 1


def test_an_even_gradient_moves_the_area_as_one_and_levels_add_up():
    """All five levels agree on a constant gradient: five learning rates, the same everywhere."""
    gradient = np.ones((1, 32, 32, 3), "float32")
    image = tf.fill((1, 32, 32, 3), 0.9)
    moved, _ = descend(image, gradient, start(32, 32, 5), 1.0, rates(5, 0.05))
    np.testing.assert_allclose(moved, 0.9 - 5 * 0.05 / np.sqrt(3), atol=1e-4)


def test_grain_is_moved_by_the_finest_level_only():
    """A checkerboard gradient cancels in every pooled level, but for the rim."""
    board = ((np.indices((32, 32)).sum(0) % 2) * 2.0 - 1)[None, ..., None]
    gradient = np.repeat(board, 3, -1).astype("float32")
    image = tf.fill((1, 32, 32, 3), 0.5)
    _, levels = descend(image, gradient, start(32, 32, 3), 1.0, rates(3))
    assert float(tf.reduce_max(tf.abs(levels[0].mean))) > 0.01
    for level in levels[1:]:
        assert float(tf.reduce_max(tf.abs(level.mean[:, 2:-2, 2:-2]))) < 1e-7


def test_moments_have_the_levels_shapes():
    shapes = [moments.mean.shape for moments in start(64, 32, 3)]
    assert shapes == [(1, 64, 32, 3), (1, 32, 16, 3), (1, 16, 8, 3)]
