"""Adam against the paper's algorithm, in every colour space, and its multi-resolution form."""

import numpy as np
import pytest
import tensorflow as tf

from stylize.adam import OPPONENT, SPACES, Moments, Rates, adam, by_axis, descend, start
from stylize.optimize import rates_of
from stylize.recipe import Recipe


def rates(levels=1, learning_rate=0.1, chroma=1.0, bounds=(0.0, 1.0)):
    scalars = (np.float32(value) for value in (0.9, 0.99, 1e-4))
    return Rates(
        np.full(levels, learning_rate, "float32"),
        np.array([1, chroma, chroma], "float32"),
        OPPONENT,
        np.array(bounds, "float32"),
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


# A step of 1 in a space moves red, green and blue in [0,1] by so much.
STEPS = {
    "rgb": (1, 1, 1),
    "centred": (0.5, 0.5, 0.5),
    "standardised": (0.229, 0.224, 0.225),
    "bytes": (1 / 255, 1 / 255, 1 / 255),
}


def plain(space, learning_rate, **keys):
    """Adam as the papers have it: one level, every colour at one rate, nothing clipped."""
    given = {"levels": 1, "chroma_rate": 1.0, "clip": False, "beta_2": 0.999, **keys}
    return rates_of(Recipe(space=space, learning_rate=learning_rate, **given), 1.0)


@pytest.mark.parametrize("space", STEPS)
@pytest.mark.parametrize("learning_rate", [0.003, 0.02])
def test_the_first_step_is_the_learning_rate_in_the_space(space, learning_rate):
    """Every pixel moves by exactly α in the space, against the gradient's sign."""
    gradient = np.random.default_rng(0).normal(size=(1, 6, 7, 3)).astype("float32")
    image = np.full((1, 6, 7, 3), 0.5, "float32")
    how = plain(space, learning_rate, epsilon=1e-12)
    moved, _ = descend(image, gradient, start(1, 6, 7, 1), 1.0, how)
    expected = 0.5 - learning_rate * np.float32(STEPS[space]) * np.sign(gradient)
    np.testing.assert_allclose(moved, expected, atol=1e-7)


def test_the_first_step_is_the_learning_rate_along_the_opponent_axes():
    """Lightness by α, both chromas by α times their rate."""
    gradient = np.random.default_rng(0).normal(size=(1, 6, 7, 3)).astype("float32")
    image = np.full((1, 6, 7, 3), 0.5, "float32")
    how = plain("opponent", 0.02, chroma_rate=0.25)
    moved, _ = descend(image, gradient, start(1, 6, 7, 1), 1.0, how)
    along = np.asarray(moved - image) @ OPPONENT.T
    signs = np.sign(gradient @ OPPONENT.T)
    np.testing.assert_allclose(along, -0.02 * signs * [1, 0.25, 0.25], atol=1e-6)


CONSTANTS = {
    "rgb": (0, 0, 0),
    "centred": (0.5, 0.5, 0.5),
    "standardised": (0.485, 0.456, 0.406),
    "bytes": (103.939 / 255, 116.779 / 255, 123.68 / 255),
}


@pytest.mark.parametrize("space", STEPS)
def test_a_painting_is_that_of_the_variable_in_its_space(space):
    """Ten steps: as if z = (x - constant)/step were optimised, in float64, and turned back."""
    rng = np.random.default_rng(3)
    target = rng.random((1, 4, 5, 3))
    image = rng.random((1, 4, 5, 3)).astype("float32")
    learning_rate = 0.01 / STEPS[space][0]
    scale, constant = np.array(STEPS[space]), np.array(CONSTANTS[space])
    z, m, v = (image - constant) / scale, 0.0, 0.0
    moments, how = start(1, 4, 5, 1), plain(space, learning_rate, epsilon=0.1)
    for t in range(1, 11):
        slope = (z * scale + constant - target) ** 3 * scale
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        z = z - learning_rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 0.1)
        gradient = ((np.asarray(image) - target) ** 3).astype("float32")
        image, moments = descend(image, gradient, moments, np.float32(t), how)
    np.testing.assert_allclose(image, z * scale + constant, atol=1e-5)


def test_every_space_of_the_recipe_is_there():
    assert set(SPACES) == set(Recipe.model_fields["space"].annotation.__args__)
    assert set(STEPS) | {"opponent"} == set(SPACES)


def grey(shape, seed=0):
    noise = np.random.default_rng(seed).normal(size=(1, *shape, 1))
    return np.repeat(noise, 3, -1).astype("float32")


def test_a_grey_gradient_moves_no_colour():
    image = tf.fill((1, 32, 48, 3), 0.5)
    moved, _ = descend(image, grey((32, 48)), start(1, 32, 48, 5), 1.0, rates(5))
    moved = np.asarray(moved)
    np.testing.assert_allclose(moved, np.broadcast_to(moved[..., :1], moved.shape), atol=1e-3)
    assert np.abs(moved - 0.5).max() > 0.1


def test_chroma_moves_at_its_own_rate():
    """A purely red-blue gradient: a tenth of the chroma rate, a tenth of the way."""
    gradient = grey((16, 16)) * np.array([1, 0, -1], "float32")
    image = tf.fill((1, 16, 16, 3), 0.5)
    away = []
    for chroma in (1.0, 0.1):
        moved, _ = descend(image, gradient, start(1, 16, 16, 1), 1.0, rates(1, 0.1, chroma))
        away.append(np.abs(np.asarray(moved) - 0.5).max())
    assert away[1] == pytest.approx(away[0] / 10, rel=0.01)


def test_the_image_stays_within_its_bounds():
    """In [0,1] where the recipe clips, else wherever the steps lead."""
    image = tf.constant(np.random.default_rng(1).random((1, 32, 32, 3)), tf.float32)
    moments = start(1, 32, 32, 5)
    moved, _ = descend(image, grey((32, 32)), moments, 1.0, rates(5, 1.0))
    assert 0 <= float(tf.reduce_min(moved)) <= float(tf.reduce_max(moved)) <= 1
    free = rates(5, 1.0, bounds=(-np.inf, np.inf))
    moved, _ = descend(image, grey((32, 32)), moments, 1.0, free)
    assert float(tf.reduce_min(moved)) < 0
    assert float(tf.reduce_max(moved)) > 1


def test_an_even_gradient_moves_the_area_as_one_and_levels_add_up():
    """All five levels agree on a constant gradient: five learning rates, the same everywhere."""
    gradient = np.ones((1, 32, 32, 3), "float32")
    image = tf.fill((1, 32, 32, 3), 0.9)
    moved, _ = descend(image, gradient, start(1, 32, 32, 5), 1.0, rates(5, 0.05))
    np.testing.assert_allclose(moved, 0.9 - 5 * 0.05 / np.sqrt(3), atol=1e-4)


def test_grain_is_moved_by_the_finest_level_only():
    """A checkerboard gradient cancels in every pooled level, but for the rim."""
    board = ((np.indices((32, 32)).sum(0) % 2) * 2.0 - 1)[None, ..., None]
    gradient = np.repeat(board, 3, -1).astype("float32")
    image = tf.fill((1, 32, 32, 3), 0.5)
    _, levels = descend(image, gradient, start(1, 32, 32, 3), 1.0, rates(3))
    assert float(tf.reduce_max(tf.abs(levels[0].mean))) > 0.01
    for level in levels[1:]:
        assert float(tf.reduce_max(tf.abs(level.mean[:, 2:-2, 2:-2]))) < 1e-7


def test_pictures_of_a_batch_move_as_each_would_alone():
    rng = np.random.default_rng(4)
    images = rng.random((3, 16, 24, 3)).astype("float32")
    gradients = rng.normal(size=images.shape).astype("float32")
    together, _ = descend(images, gradients, start(3, 16, 24, 3), 1.0, rates(3))
    for index in range(3):
        one = (images[index : index + 1], gradients[index : index + 1])
        alone, _ = descend(*one, start(1, 16, 24, 3), 1.0, rates(3))
        np.testing.assert_allclose(together[index], alone[0], atol=1e-6)


def test_one_axis_after_the_other_is_the_same_step():
    """What large images are moved by, in a third of the memory; clipped once, at the end."""
    rng = np.random.default_rng(5)
    image = rng.random((1, 16, 24, 3)).astype("float32")
    gradient = rng.normal(size=image.shape).astype("float32")
    how = rates(3, chroma=0.3)
    whole, levels = descend(image, gradient, start(1, 16, 24, 3), 1.0, how)
    assert ((whole.numpy() == 0) | (whole.numpy() == 1)).any()
    moved = image
    for index, part in enumerate(by_axis(how)):
        moved, own = descend(moved, gradient, start(1, 16, 24, 3, axes=1), 1.0, part)
        for one, all_axes in zip(own, levels, strict=True):
            np.testing.assert_allclose(one.mean[..., 0], all_axes.mean[..., index], atol=1e-6)
    np.testing.assert_allclose(moved, whole, atol=1e-6)


def test_moments_have_the_levels_shapes():
    shapes = [moments.mean.shape for moments in start(2, 64, 32, 3)]
    assert shapes == [(2, 64, 32, 3), (2, 32, 16, 3), (2, 16, 8, 3)]
