"""The loss of an image under a network, and its gradient."""

import numpy as np
import pytest
import tensorflow as tf

from stylize import backend
from stylize.objective import Targets
from stylize.painter import _balance
from stylize.recipe import Recipe

RECIPE = Recipe(content_layers="block4_conv2", style_layers=["block1_conv1", "block3_conv1"])


@pytest.fixture(scope="module")
def objective(objective_of):
    return objective_of(RECIPE)


def targets_of(objective, photo, style):
    return Targets(
        objective.content_features(tf.constant(photo[None])),
        (objective.style_moments(tf.constant(style[None])),),
    )


@pytest.fixture
def canvas():
    return np.random.default_rng(1).random((32, 48, 3)).astype("float32")


def test_the_photo_has_no_content_loss_and_the_style_no_style_loss(objective, canvas):
    balance = _balance(RECIPE)
    other = canvas[::-1, ::-1] ** 2
    losses = objective(tf.constant(canvas[None]), targets_of(objective, canvas, other), balance)
    assert float(losses.content[0]) == pytest.approx(0, abs=1e-9)
    assert float(losses.style[0]) > 1e-3
    losses = objective(tf.constant(other[None]), targets_of(objective, canvas, other), balance)
    assert float(losses.style[0]) == pytest.approx(0, abs=1e-9)
    assert float(losses.content[0]) > 1e-3


def test_the_total_is_the_weighted_sum(objective, canvas):
    """α·(2-2s)²·C + β·(2s)²·S + γ·TV, for a strength that is not one half."""
    recipe = RECIPE.model_copy(update={"strength": 0.25, "alpha": 3.0, "beta": 5.0, "gamma": 7.0})
    image = tf.constant(canvas[None] ** 1.5)
    losses = objective(image, targets_of(objective, canvas, canvas[::-1]), _balance(recipe))
    expected = 3 * 2.25 * losses.content + 5 * 0.25 * losses.style + 7 * losses.variation
    np.testing.assert_allclose(losses.total, expected, rtol=1e-5)


def test_layers_count_by_their_weights(objective_of, canvas):
    """Two layers with weights 2 and 3: twice the one's loss and three times the other's."""

    def losses(content, style):
        recipe = RECIPE.model_copy(update={"content_layers": content, "style_layers": style})
        objective = objective_of(recipe)
        targets = targets_of(objective, canvas, canvas[::-1] ** 2)
        found = objective(tf.constant(canvas[None] ** 1.5), targets, _balance(recipe))
        return float(found.content[0]), float(found.style[0])

    first, second = ("block1_conv2", 2.0), ("block2_conv1", 3.0)
    one, two, both = losses((first,), (first,)), losses((second,), (second,)), (first, second)
    assert losses(both, both) == pytest.approx([a + b for a, b in zip(one, two, strict=True)])
    unit = losses(((first[0], 1.0),), ((first[0], 1.0),))
    assert one == pytest.approx([2 * value for value in unit])


def test_the_gradient_agrees_with_finite_differences(objective, canvas):
    """Along random directions, through the whole network. Float32 allows about a hundredth."""
    targets = targets_of(objective, canvas, canvas[::-1] ** 2)
    balance = _balance(RECIPE)
    image = tf.constant(canvas[None] * 0.8 + 0.1)
    losses, gradient = backend.value_and_gradient(objective)(image, targets, balance)
    rng, h = np.random.default_rng(2), 3e-4
    for _ in range(3):
        direction = (np.sign(gradient) + 0.5 * rng.normal(size=gradient.shape)).astype("float32")
        up, down = (objective(image + s * h * direction, targets, balance) for s in (1, -1))
        numeric = (float(up.total[0]) - float(down.total[0])) / (2 * h)
        assert numeric == pytest.approx(float(tf.reduce_sum(gradient * direction)), rel=0.03)
    assert float(losses.total[0]) > 0


def test_pictures_of_a_batch_do_not_see_each_other(objective, canvas):
    """Losses and gradients of three pictures are those of each alone."""
    images = np.stack([canvas, canvas[::-1] ** 2, 1 - canvas])
    photos = np.stack([canvas**1.5, canvas, canvas**0.5])
    style = objective.style_moments(tf.constant(canvas[None, ::-1] ** 3))
    evaluate = backend.value_and_gradient(objective)

    def losses(picked):
        targets = Targets(objective.content_features(tf.constant(photos[picked])), (style,))
        return evaluate(tf.constant(images[picked]), targets, _balance(RECIPE))

    together, gradient = losses([0, 1, 2])
    assert all(loss.shape == (3,) for loss in together)
    for index in range(3):
        alone, slope = losses([index])
        for one, many in zip(alone, together, strict=True):
            np.testing.assert_allclose(many[index], one[0], rtol=1e-4)
        np.testing.assert_allclose(gradient[index], slope[0], rtol=1e-3, atol=1e-7)


def test_the_view_is_what_the_losses_see_and_the_variation_does_not(objective_of, canvas):
    """A square of 48 pixels; the total variation is that of the picture itself."""
    recipe = RECIPE.model_copy(update={"view": 48})
    viewed, plain = objective_of(recipe), objective_of(RECIPE)
    square = tf.image.resize(canvas[None], (48, 48), antialias=True)
    np.testing.assert_allclose(
        viewed.content_features(tf.constant(canvas[None]))[0], plain.content_features(square)[0]
    )
    image, targets = tf.constant(canvas[None]), targets_of(viewed, canvas, canvas)
    losses = viewed(image, targets, _balance(recipe))
    assert float(losses.content[0]) == pytest.approx(0, abs=1e-9)
    expected = plain(image, targets_of(plain, canvas, canvas), _balance(RECIPE)).variation
    np.testing.assert_allclose(losses.variation, expected, rtol=1e-6)


def test_the_views_square_is_an_averaged_one(objective_of):
    """Stripes of a pixel become an even grey at a quarter of the size, not new stripes."""
    stripes = np.tile((np.arange(128) % 2).astype("float32"), (128, 1))[None, ..., None]
    image = np.repeat(stripes, 3, -1)
    seen = objective_of(RECIPE.model_copy(update={"view": 32})).features(image, ["block1_conv1"])
    even = objective_of(RECIPE).features(np.full((1, 32, 32, 3), 0.5, "float32"), ["block1_conv1"])
    inner = (slice(None), slice(4, -4), slice(4, -4))
    one, two = (np.asarray(found["block1_conv1"])[inner] for found in (seen, even))
    np.testing.assert_allclose(one, two, rtol=0.02, atol=0.02 * two.max())
