"""The losses against numbers worked out by hand, and their gradients against differences."""

import numpy as np
import pytest
import tensorflow as tf

from stylize.losses import (
    Part,
    absolute_variation,
    content_loss,
    feature_moments,
    feature_sums,
    gram_matrix,
    positions,
    relative_content_loss,
    squared,
    squared_error,
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


def test_moments_are_the_mean_and_the_gram_matrix():
    f = RNG.normal(size=(2, 5, 7, 3))
    moments = feature_moments(tf.constant(f))
    np.testing.assert_allclose(moments.mean, f.mean((1, 2)))
    np.testing.assert_allclose(moments.second, gram_matrix(tf.constant(f)))


def test_moments_under_a_mask_are_weighted_means():
    """Σ m·f / Σ m, also for a mask with values between 0 and 1."""
    f, mask = RNG.normal(size=(2, 5, 7, 3)), RNG.random((2, 5, 7, 1))
    moments = feature_moments(tf.constant(f), tf.constant(mask))
    weights = mask / mask.sum((1, 2), keepdims=True)
    np.testing.assert_allclose(moments.mean, (f * weights).sum((1, 2)), rtol=1e-6)
    second = np.einsum("nhwc,nhwd->ncd", f * weights, f)
    np.testing.assert_allclose(moments.second, second, rtol=1e-6)


def test_moments_under_a_mask_of_ones_and_zeros_are_those_of_the_part():
    f, mask = features(1, 6, 8, 3), np.zeros((1, 6, 8, 1))
    mask[:, :, :3] = 1
    for part, expected in zip(
        feature_moments(f, tf.constant(mask)), feature_moments(f[:, :, :3]), strict=True
    ):
        np.testing.assert_allclose(part, expected, rtol=1e-6)


def test_moments_under_an_empty_mask_are_zero():
    """A region that falls between a deep layer's positions divides by nothing."""
    moments = feature_moments(features(1, 4, 4, 2), tf.zeros((1, 4, 4, 1), tf.float64))
    assert not np.any(moments.mean)
    assert not np.any(moments.second)


def test_sums_of_parts_add_up_to_those_of_the_whole():
    """What tiles rely on."""
    f = features(1, 6, 8, 3)
    left, right, whole = (feature_sums(part) for part in (f[:, :, :3], f[:, :, 3:], f))
    np.testing.assert_allclose(left.mean + right.mean, whole.mean)
    np.testing.assert_allclose(left.second + right.second, whole.second)
    assert int(positions(f)) == 48


@pytest.mark.parametrize("kind", [tf.bfloat16, tf.float16])
def test_statistics_of_half_precision_are_float32(kind):
    f = tf.cast(features(1, 4, 4, 2), kind)
    assert gram_matrix(f).dtype == tf.float32
    assert content_loss(f, f).dtype == tf.float32
    assert feature_moments(f).mean.dtype == tf.float32


def test_a_gram_matrix_of_half_precision_has_the_gradient_of_single():
    """Up to the eight bits of its features, though one product in half precision makes it."""
    f, slope = tf.cast(features(1, 16, 16, 8), tf.bfloat16), tf.cast(features(8, 8), tf.float32)
    gradients = []
    for kind in (tf.bfloat16, tf.float32):
        with tf.GradientTape() as tape:
            x = tf.cast(f, kind)
            tape.watch(x)
            value = tf.reduce_sum(gram_matrix(x)[0] * slope)
        gradients.append(tf.cast(tape.gradient(value, x), tf.float32))
    half, single = gradients
    assert tf.norm(half - single) < 2**-7 * tf.norm(single)


def test_content_loss_by_hand():
    f = tf.constant([[[[1.0, 3.0]]]])
    assert content_loss(f, tf.zeros_like(f)).numpy() == [5.0]
    assert squared(f).numpy() == [5.0]


def test_squared_error_counts_where_the_mask_is():
    f = tf.constant([[[[1.0, 3.0], [5.0, 7.0]]]])
    mask = tf.constant([[[[1.0], [0.5]]]])
    assert squared_error(f, tf.zeros_like(f), mask).numpy() == [10 + 0.5 * 74]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_relative_loss_does_not_know_the_networks_scale(scale):
    """0 at the target, 1 for nothing, and the same for every activation scale between."""
    f, target = features(1, 4, 4, 2), features(1, 4, 4, 2)
    here = float(relative_content_loss(f, target)[0])
    there = float(relative_content_loss(f * scale, target * scale)[0])
    assert there == pytest.approx(here, rel=1e-4)
    assert float(relative_content_loss(target * scale, target * scale)[0]) == 0
    assert float(relative_content_loss(target * 0, target)[0]) == pytest.approx(1)


def test_a_black_targets_loss_is_finite():
    zero = tf.zeros((1, 4, 4, 2))
    assert relative_content_loss(zero, zero).numpy() == [0]


def test_total_variation_of_a_constant_is_0():
    assert float(total_variation(tf.fill((1, 6, 6, 3), 0.7))[0]) == 0
    assert float(absolute_variation(tf.fill((1, 6, 6, 3), 0.7))[0]) == 0


def checkerboard():
    board = np.indices((8, 8)).sum(0) % 2
    return tf.constant(np.repeat(board[None, ..., None], 3, -1).astype("float64"))


def test_total_variation_of_a_checkerboard_is_2():
    assert float(total_variation(checkerboard())[0]) == pytest.approx(2.0)


def test_absolute_variation_of_a_checkerboard_counts_its_edges():
    """8·7 edges each way, in three channels: as ``tf.image.total_variation`` has it."""
    assert float(absolute_variation(checkerboard())[0]) == 2 * 8 * 7 * 3
    image = tf.constant(RNG.random((2, 5, 7, 3)))
    np.testing.assert_allclose(absolute_variation(image), tf.image.total_variation(image))


def test_total_variation_of_a_ramp():
    """A horizontal ramp of slope 0.1 has dx² = 0.01 everywhere and dy² = 0."""
    ramp = np.tile(np.arange(10) * 0.1, (4, 1))[None, ..., None].repeat(3, -1)
    assert float(total_variation(tf.constant(ramp))[0]) == pytest.approx(0.01)


@pytest.mark.parametrize("variation", [total_variation, absolute_variation])
def test_parts_of_a_picture_add_up_to_its_variation(variation):
    """What tiles rely on: every difference counts once, in the part that it begins in."""
    image = features(1, 7, 9, 3)
    found = tf.zeros(1, tf.float64)
    for columns, window in ((slice(0, 4), slice(0, 6)), (slice(4, 9), slice(2, 9))):
        core = np.zeros((1, 7, 9, 1))
        core[:, :, columns] = 1
        part = Part(tf.constant(core[:, :, window]), np.float64(7), np.float64(9))
        found += variation(image[:, :, window], part)
    np.testing.assert_allclose(found, variation(image))


TARGET = features(1, 3, 4, 2)
MASK = features(1, 3, 4, 1) ** 2
LOSSES = {
    "content": lambda x: content_loss(x, TARGET),
    "relative content": lambda x: relative_content_loss(x, TARGET),
    "moments": lambda x: tf.reduce_sum(feature_moments(x).second ** 2, (1, 2)),
    "moments under a mask": lambda x: tf.reduce_sum(feature_moments(x, MASK).second ** 2, (1, 2)),
    "total variation": total_variation,
    "absolute variation": absolute_variation,
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_has_a_value_for_each_picture(name):
    """(N,), and each that of the picture alone."""
    batch = features(3, 3, 4, 2)
    found = LOSSES[name](batch)
    assert found.shape == (3,)
    alone = [float(LOSSES[name](batch[index : index + 1])[0]) for index in range(3)]
    np.testing.assert_allclose(found, alone, rtol=1e-6)


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
        numeric[index] = (float(loss(x + bump)[0]) - float(loss(x - bump)[0])) / (2 * h)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-8)
