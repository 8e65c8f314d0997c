"""The loss of an image and the compiled step."""

import numpy as np
import pytest
import tensorflow as tf

from stylize import backend
from stylize.adam import start
from stylize.optimize import Objective, Targets, make_step
from stylize.painter import _balance, _rates
from stylize.preprocess import preprocess
from stylize.recipe import Recipe
from stylize.vgg import VGG

CONTENT, STYLE = ["block4_conv2"], ["block1_conv1", "block3_conv1"]
RECIPE = Recipe(content_layers=CONTENT, style_layers=STYLE)


@pytest.fixture(scope="module")
def objective(arrays):
    return Objective(VGG.from_arrays("vgg19", arrays, [*CONTENT, *STYLE]), CONTENT, STYLE)


def targets_of(objective, photo, style):
    return Targets(
        objective.content_features(preprocess(photo[None])),
        objective.style_grams(preprocess(style[None])),
    )


@pytest.fixture
def canvas():
    return np.random.default_rng(1).random((32, 48, 3)).astype("float32")


def test_the_photo_has_no_content_loss_and_the_style_no_style_loss(objective, canvas):
    balance = _balance(RECIPE)
    other = canvas[::-1, ::-1] ** 2
    losses = objective(tf.constant(canvas[None]), targets_of(objective, canvas, other), balance)
    assert float(losses.content) == pytest.approx(0, abs=1e-9)
    assert float(losses.style) > 1e-3
    losses = objective(tf.constant(other[None]), targets_of(objective, canvas, other), balance)
    assert float(losses.style) == pytest.approx(0, abs=1e-9)
    assert float(losses.content) > 1e-3


def test_the_total_is_the_weighted_sum(objective, canvas):
    """α·(2-2s)²·C + β·(2s)²·S + γ·TV, for a strength that is not one half."""
    recipe = RECIPE.model_copy(update={"strength": 0.25, "alpha": 3.0, "beta": 5.0, "gamma": 7.0})
    image = tf.constant(canvas[None] ** 1.5)
    losses = objective(image, targets_of(objective, canvas, canvas[::-1]), _balance(recipe))
    expected = 3 * 2.25 * losses.content + 5 * 0.25 * losses.style + 7 * losses.variation
    assert float(losses.total) == pytest.approx(float(expected), rel=1e-5)


def test_the_steps_gradient_agrees_with_finite_differences(objective, canvas):
    """Along random directions, through the whole network. Float32 allows about a hundredth."""
    targets = targets_of(objective, canvas, canvas[::-1] ** 2)
    balance = _balance(RECIPE)
    image = tf.constant(canvas[None] * 0.8 + 0.1)
    losses, gradient = backend.value_and_gradient(objective)(image, targets, balance)
    rng, h = np.random.default_rng(2), 1e-3
    for _ in range(3):
        direction = (np.sign(gradient) + 0.5 * rng.normal(size=gradient.shape)).astype("float32")
        up, down = (objective(image + s * h * direction, targets, balance) for s in (1, -1))
        numeric = (float(up.total) - float(down.total)) / (2 * h)
        assert numeric == pytest.approx(float(tf.reduce_sum(gradient * direction)), rel=0.03)
    assert float(losses.total) > 0


def test_one_trace_serves_every_height_and_width(objective):
    """The Python function runs once however many shapes are painted."""
    runs = []

    def noted(*arguments):
        runs.append(1)
        return objective(*arguments)

    step = make_step(noted)
    for height, width in ((32, 48), (48, 32), (64, 64), (80, 32)):
        image = np.random.default_rng(0).random((1, height, width, 3)).astype("float32")
        targets = targets_of(objective, image[0], image[0] ** 2)
        levels = start(height, width, RECIPE.levels)
        rates = _rates(RECIPE, 1.0)
        *_, ok = step(image, levels, np.float32(1), rates, targets, _balance(RECIPE))
        assert bool(ok)
    assert len(runs) == 1


def test_a_step_tells_when_values_are_not_finite(objective, canvas):
    step = make_step(objective)
    targets = targets_of(objective, canvas, canvas)
    spoilt = canvas[None].copy()
    spoilt[0, 3, 4, 0] = np.nan
    levels, rates = start(32, 48, RECIPE.levels), _rates(RECIPE, 1.0)
    *_, ok = step(spoilt, levels, np.float32(1), rates, targets, _balance(RECIPE))
    assert not bool(ok)
