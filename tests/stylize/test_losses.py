"""The losses against numbers worked out by hand, and their gradients against differences."""

import numpy as np
import pytest
import tensorflow as tf

from stylize.losses import (
    content_loss,
    gram_matrix,
    normalised_content_loss,
    normalised_style_loss,
    style_loss,
    total_variation,
)

RNG = np.random.default_rng(0)


def features(*shape):
    return tf.constant(RNG.normal(size=shape))


def test_gram_matrix_by_hand():
    """Two positions, two channels: F'F / 2."""
    f = np.array([[[[1.0, 2.0], [3.0, 4.0]]]], "float32")
    np.testing.assert_allclose(gram_matrix(tf.constant(f))[0], [[5, 7], [7, 10]])


def test_gram_matrix_is_numpys():
    f = RNG.normal(size=(2, 5, 7, 3))
    flat = f.reshape(2, 35, 3)
    expected = np.einsum("npc,npd->ncd", flat, flat) / 35
    np.testing.assert_allclose(gram_matrix(tf.constant(f)), expected)


def test_gram_matrix_does_not_grow_with_the_picture():
    """Tiling a texture leaves its Gram matrix as it is."""
    f = RNG.normal(size=(1, 4, 4, 3))
    tiled = np.tile(f, (1, 3, 2, 1))
    np.testing.assert_allclose(gram_matrix(tf.constant(f)), gram_matrix(tf.constant(tiled)))


def test_gram_matrix_forgets_where():
    f = RNG.normal(size=(1, 4, 6, 3))
    shuffled = RNG.permutation(f.reshape(1, 24, 3), axis=1).reshape(1, 6, 4, 3)
    np.testing.assert_allclose(gram_matrix(tf.constant(f)), gram_matrix(tf.constant(shuffled)))


def test_statistics_of_half_precision_are_float32():
    f = tf.cast(features(1, 4, 4, 2), tf.bfloat16)
    assert gram_matrix(f).dtype == tf.float32
    assert content_loss(f, f).dtype == tf.float32


def test_content_loss_by_hand():
    f = tf.constant([[[[1.0, 3.0]]]])
    assert float(content_loss(f, tf.zeros_like(f))) == 5.0


def test_style_loss_by_hand():
    g = tf.constant([[[1.0, 2.0], [2.0, 1.0]]])
    assert float(style_loss(g, tf.zeros_like(g))) == 2.5


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_normalised_losses_do_not_know_the_networks_scale(scale):
    """0 at the target, 1 for nothing, and the same for every activation scale between."""
    f, target = features(1, 4, 4, 2), features(1, 4, 4, 2)
    here = float(normalised_content_loss(f, target))
    assert float(normalised_content_loss(f * scale, target * scale)) == pytest.approx(
        here, rel=1e-4
    )
    assert float(normalised_content_loss(target * scale, target * scale)) == 0
    assert float(normalised_content_loss(target * 0, target)) == pytest.approx(1)
    g, gram = gram_matrix(f), gram_matrix(target)
    here = float(normalised_style_loss(g, gram))
    assert float(normalised_style_loss(g * scale, gram * scale)) == pytest.approx(here, rel=1e-4)
    assert float(normalised_style_loss(gram * 0, gram)) == pytest.approx(1)


def test_a_black_targets_losses_are_finite():
    zero = tf.zeros((1, 4, 4, 2))
    assert float(normalised_content_loss(zero, zero)) == 0
    assert np.isfinite(float(normalised_style_loss(gram_matrix(zero), gram_matrix(zero))))


def test_total_variation_of_a_constant_is_0():
    assert float(total_variation(tf.fill((1, 6, 6, 3), 0.7))) == 0


def test_total_variation_of_a_checkerboard_is_2():
    board = np.indices((8, 8)).sum(0) % 2
    image = np.repeat(board[None, ..., None], 3, -1).astype("float64")
    assert float(total_variation(tf.constant(image))) == pytest.approx(2.0)


def test_total_variation_of_a_ramp():
    """A horizontal ramp of slope 0.1 has dx² = 0.01 everywhere and dy² = 0."""
    ramp = np.tile(np.arange(10) * 0.1, (4, 1))[None, ..., None].repeat(3, -1)
    assert float(total_variation(tf.constant(ramp))) == pytest.approx(0.01)


TARGET = features(1, 3, 4, 2)
LOSSES = {
    "content": lambda x: content_loss(x, TARGET),
    "normalised content": lambda x: normalised_content_loss(x, TARGET),
    "style": lambda x: style_loss(gram_matrix(x), gram_matrix(TARGET)),
    "normalised style": lambda x: normalised_style_loss(gram_matrix(x), gram_matrix(TARGET)),
    "total variation": total_variation,
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_agree_with_finite_differences(name):
    """Central differences in float64, every entry."""
    loss, x = LOSSES[name], features(1, 3, 4, 2)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(x)
    gradient = tape.gradient(value, x).numpy()
    numeric, h = np.zeros_like(gradient), 1e-5
    for index in np.ndindex(*gradient.shape):
        bump = np.zeros_like(gradient)
        bump[index] = h
        numeric[index] = (float(loss(x + bump)) - float(loss(x - bump))) / (2 * h)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-8)
