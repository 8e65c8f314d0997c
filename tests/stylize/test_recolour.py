"""Colours of one picture moved towards another's."""

import numpy as np
import pytest

from stylize.colour import recolour


def moments(image):
    flat = image.reshape(-1, 3)
    return flat.mean(0), np.cov(flat, rowvar=False)


def test_recolour_matches_mean_and_covariance():
    """Where nothing is clipped, the photo has the style's colour statistics afterwards."""
    rng = np.random.default_rng(0)
    photo = (0.5 + 0.1 * rng.normal(size=(40, 50, 3))).astype("float32")
    mix = np.array([[0.05, 0.02, 0], [0, 0.04, 0.03], [0.01, 0, 0.06]])
    style = (np.array([0.4, 0.5, 0.6]) + rng.normal(size=(30, 30, 3)) @ mix).astype("float32")
    mean, covariance = moments(recolour(photo, [style], [1.0]))
    np.testing.assert_allclose(mean, moments(style)[0], atol=1e-3)
    np.testing.assert_allclose(covariance, moments(style)[1], atol=2e-4)


def test_recolour_towards_itself_changes_nothing():
    photo = np.random.default_rng(1).random((20, 20, 3)).astype("float32")
    np.testing.assert_allclose(recolour(photo, [photo], [1.0]), photo, atol=1e-5)


def test_recolour_stands_a_one_coloured_photo():
    grey = np.full((8, 8, 3), 0.5, "float32")
    style = np.random.default_rng(2).random((20, 20, 3)).astype("float32")
    moved = recolour(grey, [style], [1.0])
    np.testing.assert_allclose(moved, np.broadcast_to(style.mean((0, 1)), moved.shape), atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2)])
def test_recolour_stands_a_style_of_hardly_a_pixel(shape):
    """It has a mean and no spread, so everything becomes that colour."""
    photo = np.random.default_rng(3).random((20, 20, 3)).astype("float32")
    style = np.full((*shape, 3), 0.25, "float32")
    np.testing.assert_allclose(recolour(photo, [style], [1.0]), 0.25, atol=0.02)
