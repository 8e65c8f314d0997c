"""What a painting starts from."""

import numpy as np
import pytest

from images import resize
from stylize.picture import Picture, initial_image
from stylize.pyramid import canvas_of, crop
from stylize.recipe import Recipe


def picture(seed, height=50, width=70):
    return (0.2 + 0.6 * np.random.default_rng(seed).random((height, width, 3))).astype("float32")


def start(initial, picture, cell=16, **keys):
    return initial_image(picture, Recipe(initial=initial, **keys), cell)


@pytest.fixture
def job():
    return Picture(picture(0), [picture(1, 40, 40)], [1.0])


@pytest.mark.parametrize("initial", ["content", "style", "noise", "recoloured"])
@pytest.mark.parametrize("cell", [1, 16, 64])
def test_it_has_the_canvas_shape_and_is_a_picture(job, initial, cell):
    image = start(initial, job, cell)
    assert image.shape == canvas_of(job.photo, cell).shape
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1


def test_the_photo_itself(job):
    np.testing.assert_array_equal(crop(start("content", job), 50, 70), job.photo)


def test_a_picture_that_is_given_comes_before_all_else(job):
    given = picture(5, 25, 35)
    image = start("noise", job._replace(initial=given))
    np.testing.assert_array_equal(crop(image, 50, 70), resize(given, 50, 70))


def test_noise_is_the_seeds(job):
    one, two, other = (start("noise", job, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(("strength", "share"), [(0.0, 0), (0.25, 0.5), (0.5, 1), (1.0, 1)])
def test_recolouring_follows_the_strength(job, strength, share):
    """The photo's own colours at 0, half way at a quarter, the style's from a half on."""
    whole = start("recoloured", job, strength=0.5)
    canvas = canvas_of(job.photo)
    expected = canvas + np.float32(share) * (whole - canvas)
    np.testing.assert_allclose(start("recoloured", job, strength=strength), expected, atol=1e-6)


def test_styles_are_mixed_by_their_shares():
    styles = [picture(1, 40, 40), picture(2, 30, 60)]
    image = start("style", Picture(picture(0), styles, [0.25, 0.75]))
    one, two = (resize(style, *image.shape[:2]) for style in styles)
    np.testing.assert_allclose(image, 0.25 * one + 0.75 * two, atol=1e-6)


def test_with_masks_each_region_has_its_own_styles_colours():
    bright, dark = np.full((9, 9, 3), 0.9, "float32"), np.full((9, 9, 3), 0.1, "float32")
    left = np.zeros((50, 70, 3), "float32")
    left[:, :35] = 1
    job = Picture(picture(0), [bright, dark], [0.5, 0.5], [left, 1 - left])
    image = crop(start("recoloured", job), 50, 70)
    np.testing.assert_allclose(image[:, :35], 0.9, atol=0.03)
    np.testing.assert_allclose(image[:, 35:], 0.1, atol=0.03)
