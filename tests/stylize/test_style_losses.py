"""The style losses against numbers worked out by hand."""

import numpy as np
import pytest
import tensorflow as tf

from stylize.losses import FeatureMoments, feature_moments
from stylize.recipe import Recipe
from stylize.style_losses import STYLE_LOSSES, gram_mean, gram_sum, relative_gram

RNG = np.random.default_rng(0)
GRAMS = ["gram", "gram_mean", "gram_sum"]


def moments(*shape):
    return feature_moments(tf.constant(RNG.normal(size=shape), tf.float32))


def test_every_name_of_the_recipe_is_registered():
    field = Recipe.model_fields["style_loss"]
    assert set(STYLE_LOSSES) == set(field.annotation.__args__)


def test_gram_mean_by_hand():
    zero = FeatureMoments(tf.zeros((1, 2)), tf.zeros((1, 2, 2)))
    found = zero._replace(second=tf.constant([[[1.0, 2.0], [2.0, 1.0]]]))
    assert gram_mean(found, zero, 7).numpy() == [2.5]


def test_gram_sum_is_that_of_matrices_that_are_not_normalised():
    """mean((G - G*)²) / (C·H·W) with G = F'F, as the public notebooks have it."""
    f, target = RNG.normal(size=(2, 35, 3))
    expected = np.mean((f.T @ f - target.T @ target) ** 2) / (3 * 35)
    one, two = (
        feature_moments(tf.constant(x.reshape(1, 5, 7, 3), tf.float32)) for x in (f, target)
    )
    np.testing.assert_allclose(gram_sum(one, two, 35), [expected], rtol=1e-5)


@pytest.mark.parametrize("scale", [1e-2, 1.0, 1e3])
def test_the_relative_loss_does_not_know_the_networks_scale(scale):
    """0 at the target, 1 for nothing, and the same for every activation scale between."""
    f, g = RNG.normal(size=(2, 1, 4, 4, 2))
    one, two, small, large = (feature_moments(tf.constant(x)) for x in (f, g, scale * f, scale * g))
    here, there = relative_gram(one, two, 16), relative_gram(small, large, 16)
    np.testing.assert_allclose(there, here, rtol=1e-3)
    assert relative_gram(large, large, 16).numpy() == [0]
    nothing = FeatureMoments(*(0 * part for part in two))
    np.testing.assert_allclose(relative_gram(nothing, two, 16), [1])


@pytest.mark.parametrize("name", sorted(STYLE_LOSSES))
def test_a_black_style_is_stood(name):
    """No features at all, in the picture and in its style: finite, and so is the gradient."""
    black = FeatureMoments(tf.zeros((1, 4)), tf.zeros((1, 4, 4)))
    with tf.GradientTape() as tape:
        tape.watch(black)
        value = STYLE_LOSSES[name](black, black, 16)
    assert np.isfinite(value).all()
    gradients = tape.gradient(value, black, unconnected_gradients="zero")
    assert all(np.isfinite(gradient).all() for gradient in gradients)


@pytest.mark.parametrize("name", sorted(STYLE_LOSSES))
def test_a_batch_has_a_value_for_each_picture(name):
    """(N,), against a target of each or one for all."""
    loss, batch, target = STYLE_LOSSES[name], moments(3, 6, 6, 4), moments(1, 6, 6, 4)
    many = FeatureMoments(*(tf.repeat(part, 3, axis=0) for part in target))
    found = loss(batch, target, 36)
    assert found.shape == (3,)
    np.testing.assert_allclose(loss(batch, many, 36), found, rtol=1e-4)
    for index in range(3):
        alone = FeatureMoments(*(part[index : index + 1] for part in batch))
        np.testing.assert_allclose(loss(alone, target, 36)[0], found[index], rtol=1e-3)


@pytest.mark.parametrize("name", GRAMS)
def test_nothing_is_less_than_the_target_itself(name):
    target = moments(1, 6, 6, 4)
    assert STYLE_LOSSES[name](target, target, 36).numpy() == [0]
    assert STYLE_LOSSES[name](moments(1, 6, 6, 4), target, 36).numpy() > 0
