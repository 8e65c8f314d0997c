"""Targets are computed once: style moments a style and size, content features a photo and size."""

import numpy as np
import pytest
import tensorflow as tf

from images import resize
from stylize.losses import FeatureMoments, feature_moments
from stylize.picture import Picture
from stylize.pyramid import Scale
from stylize.recipe import Recipe
from stylize.targets import TargetStore

SCALE = Scale(32, 48, 1)
RECIPE = Recipe(style_fit="native")


def picture(seed, height=32, width=48):
    return np.random.default_rng(seed).random((height, width, 3)).astype("float32")


class Noted(TargetStore):
    """A store whose network passes pictures through; it notes how often it was asked."""

    def __init__(self):
        self.contents = self.styles = 0
        super().__init__(self.content, self.style, ["block1_conv1"])

    def content(self, image):
        self.contents += 1
        return (tf.constant(image),)

    def style(self, image):
        self.styles += 1
        return (feature_moments(tf.constant(image)),)


@pytest.fixture
def store():
    return Noted()


def of(store, *pictures, scale=SCALE, recipe=RECIPE):
    return store.of(list(pictures), scale, recipe, 16)


def test_targets_are_those_of_the_photo_and_the_style(store):
    photo, style = picture(0), picture(1, 40, 40)
    targets = of(store, Picture(photo, [style], [1.0]))
    np.testing.assert_allclose(targets.content[0][0], photo, atol=1e-6)
    ((found,),) = targets.style
    np.testing.assert_allclose(found.mean[0], style.mean((0, 1)), rtol=1e-5)
    assert targets.masks == ()


def test_a_photo_is_brought_to_its_scale(store):
    photo = picture(0)
    targets = of(store, Picture(photo, [photo], [1.0]), scale=Scale(16, 24, 1))
    np.testing.assert_allclose(targets.content[0][0], resize(photo, 16, 24), atol=1e-6)


def test_what_was_seen_is_not_computed_again(store):
    """Of equal pixels, whatever array they are in; another scale is another size."""
    job = Picture(picture(0), [picture(1, 40, 40)], [1.0])
    again = Picture(job.photo.copy(), [job.styles[0].copy()], [1.0])
    of(store, job)
    of(store, again)
    assert (store.contents, store.styles) == (1, 1)
    of(store, job, scale=Scale(16, 24, 1))
    assert (store.contents, store.styles) == (2, 1)
    of(store, Picture(job.photo, [picture(2, 40, 40)], [1.0]))
    assert (store.contents, store.styles) == (2, 2)


def test_pictures_of_equal_bytes_and_other_shapes_are_not_mixed_up(store):
    """48×32 zeros are as many bytes as 32×48."""
    flat = np.zeros((32, 48, 3), "float32")
    style = picture(1, 40, 40)
    of(store, Picture(flat, [style], [1.0]))
    turned = np.zeros((48, 32, 3), "float32")
    targets = of(store, Picture(turned, [style], [1.0]), scale=Scale(48, 32, 1))
    assert targets.content[0].shape == (1, 48, 32, 3)


def test_a_blend_is_of_all_positions_by_the_styles_shares(store):
    styles = [picture(1, 40, 40), picture(2, 36, 50) ** 2]
    targets = of(store, Picture(picture(0), styles, [0.25, 0.75]))
    ((found,),) = targets.style
    parts = [feature_moments(tf.constant(style[None])) for style in styles]
    for kind in FeatureMoments._fields:
        one, two = (np.asarray(getattr(part, kind)) for part in parts)
        np.testing.assert_allclose(getattr(found, kind), 0.25 * one + 0.75 * two, rtol=1e-5)


def test_a_batch_has_its_pictures_in_order(store):
    photos, styles = (
        [picture(seed) for seed in range(3)],
        [picture(9 + s, 40, 40) for s in range(3)],
    )
    targets = of(store, *(Picture(p, [s], [1.0]) for p, s in zip(photos, styles, strict=True)))
    np.testing.assert_allclose(targets.content[0], photos, atol=1e-6)
    ((found,),) = targets.style
    np.testing.assert_allclose(found.mean, [s.mean((0, 1)) for s in styles], rtol=1e-5)
    assert found.second.shape == (3, 3, 3)


def test_a_style_that_all_share_is_held_once(store):
    style = picture(9, 40, 40)
    targets = of(store, *(Picture(picture(seed), [style], [1.0]) for seed in range(3)))
    ((found,),) = targets.style
    assert found.mean.shape == (1, 3)
