"""Masks: each region of a picture is held to its own style, and sees no other."""

import numpy as np
import pytest
import tensorflow as tf

from images import resize
from stylize import backend
from stylize.jobs import StylizeJob, prepare
from stylize.objective import Targets
from stylize.painter import _balance
from stylize.picture import Picture
from stylize.pyramid import Scale
from stylize.recipe import Recipe
from stylize.targets import TargetStore, layer_mask

LAYERS = ["block1_conv1", "block2_conv1"]
RECIPE = Recipe(content_layers="block1_conv1", style_layers=LAYERS, initial="content", levels=2)


@pytest.fixture(scope="module")
def objective(objective_of):
    return objective_of(RECIPE)


@pytest.fixture
def canvas():
    return np.random.default_rng(1).random((32, 48, 3)).astype("float32")


@pytest.fixture
def halves():
    left = np.zeros((32, 48), "float32")
    left[:, :24] = 1
    return left, 1 - left


def grey(mask):
    """A mask (H,W) as the picture (H,W,3) that it is kept as."""
    return np.repeat(mask[..., None], 3, axis=2)


def masks_of(mask):
    """A mask (H,W) at the positions of each style layer."""
    return tuple(layer_mask(grey(mask), name) for name in LAYERS)


def targets_of(objective, canvas, styles, masks):
    return Targets(
        objective.content_features(tf.constant(canvas[None])),
        tuple(objective.style_moments(tf.constant(style[None])) for style in styles),
        tuple(masks_of(mask) for mask in masks),
    )


def style_alone(objective, image, targets):
    """The style loss and its gradient."""
    balance = _balance(RECIPE.model_copy(update={"alpha": 0.0, "gamma": 0.0}))
    evaluate = backend.value_and_gradient(objective)
    losses, gradient = evaluate(tf.constant(image[None]), targets, balance)
    return float(losses.style[0]), np.asarray(gradient)[0]


def test_a_region_does_not_see_the_others_style(objective, canvas, halves):
    """Another style on the right moves no pixel on the left, but for the network's reach."""
    first, *others = canvas[::-1] ** 2, canvas**3, 1 - canvas
    one, two = (
        style_alone(objective, canvas, targets_of(objective, canvas, [first, other], halves))[1]
        for other in others
    )
    np.testing.assert_array_equal(one[:, :18], two[:, :18])
    assert np.abs(one[:, 28:] - two[:, 28:]).max() > 1e-3 * np.abs(one).max()


def test_a_region_does_not_see_the_others_pixels(objective, canvas, halves):
    """What is painted on the right changes neither loss nor gradient of the left's style."""
    style = canvas[::-1] ** 2
    targets = targets_of(objective, canvas, [style], halves[:1])
    other = canvas.copy()
    other[:, 32:] **= 4
    one, two = (style_alone(objective, image, targets) for image in (canvas, other))
    assert one[0] == pytest.approx(two[0], rel=1e-6)
    np.testing.assert_allclose(one[1], two[1], rtol=1e-4, atol=1e-8)
    assert not one[1][:, 32:].any()


def test_regions_that_have_their_styles_statistics_lose_nothing(objective, canvas, halves):
    """Each half held to its own moments: no loss, whatever the other half is."""
    image = canvas.copy()
    image[:, 24:] **= 3
    found = objective.features(tf.constant(image[None]), objective.style_layers)
    masks = tuple(masks_of(mask) for mask in halves)
    content = objective.content_features(tf.constant(image[None]))
    targets = Targets(content, tuple(objective.moments(found, masks)), masks)
    loss, gradient = style_alone(objective, image, targets)
    assert loss == pytest.approx(0, abs=1e-10)
    assert np.abs(gradient).max() < 1e-5


def test_a_white_mask_is_no_mask(objective, canvas):
    style, white = canvas[::-1] ** 2, np.ones((32, 48), "float32")
    targets = targets_of(objective, canvas, [style], [white])
    masked = style_alone(objective, canvas, targets)
    plain = style_alone(objective, canvas, targets._replace(masks=()))
    assert masked[0] == pytest.approx(plain[0], rel=1e-5)
    np.testing.assert_allclose(masked[1], plain[1], rtol=1e-4, atol=1e-6)


def test_a_region_counts_by_its_share_of_the_picture(objective, canvas):
    """A mask at a quarter everywhere: a quarter of the loss."""
    style, mask = canvas[::-1] ** 2, np.full((32, 48), 0.25, "float32")
    quarter, whole = (
        style_alone(objective, canvas, targets_of(objective, canvas, [style], [share * mask]))[0]
        for share in (1, 4)
    )
    assert quarter == pytest.approx(whole / 4, rel=1e-4)


def test_a_region_that_a_scale_is_too_coarse_for_moves_nothing(objective, canvas):
    """Nothing of its mask is left there: no loss, no gradient, and nothing that is not finite."""
    black = np.zeros((32, 48), "float32")
    targets = targets_of(objective, canvas, [canvas**2], [black])
    loss, gradient = style_alone(objective, canvas, targets)
    assert loss == 0
    assert not gradient.any()


@pytest.mark.parametrize("layer", ["block1_conv2", "block2_conv1", "block4_conv2", "block5_conv1"])
@pytest.mark.parametrize("shape", [(32, 48), (37, 51)])
def test_a_layers_mask_is_the_average_over_each_of_its_positions(layer, shape):
    """(1,H',W',1) for the layer's own H' and W': what VGG makes of sides that 16 divides or not."""
    mask = np.random.default_rng(0).random(shape).astype("float32")
    side = 1 << (int(layer[5]) - 1)
    found = layer_mask(grey(mask), layer)
    assert found.shape == (1, shape[0] // side, shape[1] // side, 1)
    assert found.dtype == np.float32
    expected = mask[side : 2 * side, :side].mean()
    assert found[0, 1, 0, 0] == pytest.approx(expected, rel=1e-5)


def test_soft_edges_survive(objective, canvas):
    """A ramp from black to white is still one at every layer, not a step."""
    ramp = np.tile(np.linspace(0, 1, 48, dtype="float32"), (32, 1))
    job = StylizeJob(canvas, [canvas, canvas], RECIPE, masks=[ramp, 1 - ramp])
    store = TargetStore(objective.content_features, objective.style_moments, LAYERS)
    targets = store.of([prepare(job)], Scale(32, 48, 1), RECIPE, 2)
    for (mask, inverse), name in zip(zip(*targets.masks, strict=True), LAYERS, strict=True):
        steps = np.diff(mask[0, 0, :, 0])
        np.testing.assert_allclose(steps, steps[0], rtol=0.01)
        np.testing.assert_allclose(mask + inverse, 1, atol=1e-6)
        assert mask.shape[2] == 48 >> LAYERS.index(name)


def test_masks_follow_the_photo_to_its_canvas_and_scale(objective, halves):
    """Where the canvas is wider than the photo, the rim belongs to what it mirrors."""
    photo = np.random.default_rng(2).random((30, 50, 3)).astype("float32")
    mask = np.zeros((30, 50), "float32")
    mask[:, :25] = 1
    picture = Picture(photo, [photo], [1.0], [grey(mask)])
    store = TargetStore(objective.content_features, objective.style_moments, LAYERS)
    (masks,) = store.of([picture], Scale(32, 64, 1), RECIPE, 16).masks
    assert masks[0].shape == (1, 32, 64, 1)
    np.testing.assert_allclose(masks[0][0, :, :32], 1, atol=0.01)
    np.testing.assert_allclose(masks[0][0, :, 33:], 0, atol=0.01)


def test_a_masked_view_is_masked_as_it_is_seen(objective_of, canvas, halves):
    """The losses see a square, and so they see the mask."""
    recipe = RECIPE.model_copy(update={"view": 32})
    objective = objective_of(recipe)
    store = TargetStore(objective.content_features, objective.style_moments, LAYERS)
    picture = Picture(canvas, [canvas, canvas**2], [0.5, 0.5], [grey(half) for half in halves])
    targets = store.of([picture], Scale(32, 48, 1), recipe, 2)
    assert targets.masks[0][0].shape == (1, 32, 32, 1)
    losses = objective(tf.constant(canvas[None]), targets, _balance(recipe))
    assert np.isfinite(losses.total).all()


def test_each_region_is_painted_in_its_own_style(stylizer, quick, photo, texture):
    """A bright and a dark style change places: the left darkens as the right grows brighter."""
    bright, dark = 0.7 + 0.3 * texture, 0.3 * texture
    left = np.zeros(photo.shape[:2], "float32")
    left[:, : photo.shape[1] // 2] = 1
    recipe = quick.model_copy(update={"steps": (20,), "alpha": 0.0})
    one, two = (
        stylizer.stylize(photo, styles, recipe, masks=[left, 1 - left]).image
        for styles in ([bright, dark], [dark, bright])
    )
    change, middle = (one - two).mean(-1), one.shape[1] // 2
    assert change[:, : middle - 8].mean() > 0.1
    assert change[:, middle + 8 :].mean() < -0.1


def test_masks_of_another_size_follow_the_photo(stylizer, quick, photo, texture):
    """A mask at twice the photo's size is the same region."""
    left = np.zeros((80, 116), "float32")
    left[:, :58] = 1
    large = resize(grey(left), 160, 232)[..., 0]
    one, two = (
        stylizer.stylize(photo, [texture, photo], quick, masks=[mask, 1 - mask]).image
        for mask in (left, large)
    )
    assert np.abs(one - two).mean() < 0.01


def test_where_no_mask_is_white_the_photos_own_colours_stay(stylizer, quick, photo, texture):
    """A picture begins recoloured only where a style is to be."""
    left = np.zeros((80, 116), "float32")
    left[:, :40] = 1
    recipe = quick.model_copy(update={"initial": "recoloured", "steps": (0,), "size": 8192})
    image = stylizer.stylize(photo, [texture], recipe, masks=[left]).image
    np.testing.assert_allclose(image[:, 44:], photo[:, 44:], atol=1e-3)
    assert np.abs(image[:, :36] - photo[:, :36]).mean() > 0.02
