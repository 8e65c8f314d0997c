"""What the engine is asked to paint: checked, and brought to size."""

import numpy as np
import pytest

from stylize import PaintError, Recipe
from stylize.jobs import StylizeJob, prepare

RECIPE = Recipe(size=110)


@pytest.fixture
def white(photo):
    return np.ones(photo.shape[:2], "float32")


def test_a_photo_is_brought_to_its_final_shape(photo, texture):
    picture = prepare(StylizeJob(photo, [texture], RECIPE))
    assert picture.photo.shape == (76, 110, 3)
    assert picture.photo.dtype == np.float32
    assert picture.masks == ()
    assert picture.initial is None


def test_a_photo_is_never_enlarged(photo, texture):
    picture = prepare(StylizeJob(photo, [texture], Recipe(size=4096)))
    np.testing.assert_array_equal(picture.photo, photo)


def test_the_inputs_are_not_written_to(photo, texture, white):
    given = [photo, texture, white]
    before = [image.copy() for image in given]
    prepare(StylizeJob(photo, [texture], Recipe(size=4096), masks=[white]))
    for image, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(image, copy)


@pytest.mark.parametrize(
    ("weights", "shares"),
    [(None, [0.5, 0.5]), ([1, 3], [0.25, 0.75]), ([0, 2.0], [0, 1]), ([1e-3, 1e-3], [0.5, 0.5])],
)
def test_weights_become_shares_that_sum_to_1(photo, texture, weights, shares):
    picture = prepare(StylizeJob(photo, [texture, photo], RECIPE, weights))
    assert picture.shares == pytest.approx(shares)


@pytest.mark.parametrize("weights", [[1.0], [0.0, 0.0], [1.0, -1.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_weights_that_make_no_shares_are_refused(photo, texture, weights):
    with pytest.raises(PaintError, match="for each a weight that is not negative"):
        prepare(StylizeJob(photo, [texture, texture], RECIPE, weights))


def test_no_style_is_refused(photo):
    with pytest.raises(PaintError, match="0 styles and 0 weights came: give a style or more"):
        prepare(StylizeJob(photo, [], RECIPE))


IMAGES = [
    (np.full((64, 64, 3), 128.0, "float32"), "divide 8-bit values by 255"),
    (np.full((64, 64, 3), -0.1, "float32"), "divide 8-bit values by 255"),
    (np.zeros((64, 64), "float32"), "load it with images.load"),
    (np.zeros((64, 64, 4), "float32"), "load it with images.load"),
    (np.zeros((0, 64, 3), "float32"), "load it with images.load"),
    (np.full((64, 64, 3), np.nan, "float32"), "load it with images.load"),
    (np.full((64, 64, 3), np.inf, "float32"), "load it with images.load"),
]


@pytest.mark.parametrize("place", ["content", "style", "initial"])
@pytest.mark.parametrize(("image", "words"), IMAGES)
def test_what_is_no_image_is_refused(photo, texture, place, image, words):
    given = {"content": photo, "style": texture, "initial": photo} | {place: image}
    job = StylizeJob(given["content"], [given["style"]], RECIPE, initial=given["initial"])
    with pytest.raises(PaintError, match=words):
        prepare(job)


def halves(shape, edge=0):
    """Left and right, with a soft edge `edge` pixels wide."""
    middle, x = shape[1] / 2, np.arange(shape[1]) + 0.5
    left = np.clip(0.5 - (x - middle) / max(edge, 1e-6), 0, 1).astype("float32")
    left = np.tile(left, (shape[0], 1))
    return left, 1 - left


def test_masks_are_pictures_of_the_photos_shape(photo, texture):
    picture = prepare(StylizeJob(photo, [texture, photo], RECIPE, masks=halves(photo.shape)))
    for mask in picture.masks:
        assert mask.shape == picture.photo.shape
        assert mask.dtype == np.float32
        np.testing.assert_array_equal(mask[..., 0], mask[..., 2])


def test_masks_of_another_size_are_resized_with_the_photo(photo, texture):
    small, same = (
        prepare(StylizeJob(photo, [texture, photo], RECIPE, masks=halves(shape, 20 * share)))
        for shape, share in (((40, 58), 0.5), (photo.shape, 1))
    )
    for one, two in zip(small.masks, same.masks, strict=True):
        assert np.abs(one - two).max() < 0.06


def test_styles_share_the_place_where_their_masks_overlap(photo, texture, white):
    """Three full masks: a third each; masks that leave room are not filled up."""
    styles = [texture] * 3
    picture = prepare(StylizeJob(photo, styles, RECIPE, masks=[white] * 3))
    for mask in picture.masks:
        np.testing.assert_allclose(mask, 1 / 3, rtol=1e-5)
    picture = prepare(StylizeJob(photo, styles, RECIPE, masks=[0.2 * white] * 3))
    for mask in picture.masks:
        np.testing.assert_allclose(mask, 0.2, rtol=1e-5)


def test_overlapping_masks_sum_to_1_at_most(photo, texture):
    rng = np.random.default_rng(0)
    masks = [rng.random(photo.shape[:2]).astype("float32") for _ in range(3)]
    picture = prepare(StylizeJob(photo, [texture] * 3, RECIPE, masks=masks))
    total = np.sum(picture.masks, axis=0)
    assert total.max() <= 1 + 1e-5
    assert total.min() > 0


def test_a_soft_edge_stays_soft(photo, texture):
    left, right = halves(photo.shape, 40)
    picture = prepare(StylizeJob(photo, [texture] * 2, Recipe(size=4096), masks=[left, right]))
    np.testing.assert_allclose(picture.masks[0][..., 1], left, atol=1e-6)
    assert 30 < ((picture.masks[0][0, :, 0] > 0) & (picture.masks[0][0, :, 0] < 1)).sum() < 45


MASKS = [
    (lambda white: [white], "2 styles and 1 masks came: give each style its mask"),
    (lambda white: [white] * 3, "2 styles and 3 masks came: give each style its mask"),
    (lambda white: [], "2 styles and 0 masks came: give each style its mask"),
    (lambda white: [white, white[..., None]], r"Mask 2 .*\(80, 116, 1\).*grey, \(H,W\)"),
    (lambda white: [white[:0], white], r"Mask 1 .*grey, \(H,W\)"),
    (lambda white: [white, white * np.nan], "Mask 2 .* not finite"),
    (lambda white: [white, 255 * white], "Mask 2 has values from 255 to 255"),
    (lambda white: [white - 1.5, white], "Mask 1 has values from -0.5 to -0.5"),
    (lambda white: [white, 0 * white], "Mask 2 is black: its style would be nowhere"),
]


@pytest.mark.parametrize(("masks", "words"), MASKS)
def test_what_is_no_mask_is_refused(photo, texture, white, masks, words):
    with pytest.raises(PaintError, match=words) as caught:
        prepare(StylizeJob(photo, [texture, photo], RECIPE, masks=masks(white)))
    assert str(caught.value).endswith(".")


def test_a_style_has_a_place_or_a_share(photo, texture, white):
    job = StylizeJob(photo, [texture, photo], RECIPE, [1, 2], [white, white])
    with pytest.raises(PaintError, match="Masks and style weights came"):
        prepare(job)
