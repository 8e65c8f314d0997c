"""The pair between RGB and VGG space."""

import keras
import numpy as np
import pytest

from stylize.errors import PaintError
from stylize.preprocess import check_batch, deprocess, preprocess


@pytest.fixture
def eight_bit():
    return np.random.default_rng(0).integers(0, 256, (2, 9, 7, 3)).astype("uint8")


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_equals_keras_own(eight_bit, network):
    """Equal to keras.applications, value by value."""
    theirs = getattr(keras.applications, network).preprocess_input(eight_bit.astype("float32"))
    ours = preprocess(eight_bit.astype("float32") / np.float32(255))
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_deprocess_inverts_preprocess_on_every_8_bit_value(eight_bit):
    """All 256 values of every channel come back exactly once rounded to 8 bits."""
    ramp = np.repeat(np.arange(256, dtype="float32")[:, None], 3, 1)[None, None] / np.float32(255)
    for rgb in (ramp, eight_bit / np.float32(255)):
        back = deprocess(preprocess(rgb))
        np.testing.assert_allclose(back, rgb, atol=1e-6)
        np.testing.assert_array_equal(np.round(back * 255), np.round(rgb * 255))


def test_is_exact_in_float64():
    rgb = np.random.default_rng(1).random((4, 5, 3))
    np.testing.assert_allclose(deprocess(preprocess(rgb)), rgb, atol=1e-15)


def test_red_ends_up_last():
    red = np.array([1, 0, 0], "float32")
    np.testing.assert_allclose(preprocess(red), [-103.939, -116.779, 255 - 123.68], atol=1e-4)


def test_works_on_tensors():
    rgb = np.random.default_rng(2).random((1, 3, 4, 3)).astype("float32")
    tensor = keras.ops.convert_to_tensor(rgb)
    np.testing.assert_allclose(np.asarray(preprocess(tensor)), preprocess(rgb), atol=1e-5)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_preprocessed_batch_passes_and_one_just_outside_does_not(value):
    """The whole of [0,1] is let through, to its ends, and nothing beyond them."""
    batch = preprocess(np.full((2, 4, 4, 3), value, "float32"))
    assert check_batch(batch) is None
    with pytest.raises(PaintError):
        check_batch(batch + np.float32(256))


@pytest.mark.parametrize(
    "batch",
    [
        np.full((1, 4, 4, 3), 200, "float32"),
        preprocess(np.full((1, 4, 4, 3), 1.1, "float32")),
        preprocess(np.full((1, 4, 4, 3), 0.5, "float32"))[0],
        preprocess(np.full((1, 4, 4, 3), 0.5, "float64")).astype("float64"),
        np.full((1, 4, 4, 3), np.nan, "float32"),
        np.zeros((1, 3, 4, 4), "float32"),
    ],
    ids=["not centred", "too bright", "no batch axis", "float64", "nan", "channels first"],
)
def test_what_is_not_vgg_space_is_refused(batch):
    with pytest.raises(PaintError, match="preprocess it"):
        check_batch(batch)
