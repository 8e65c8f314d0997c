"""A loss in tiles is the loss of the whole: value, gradient and targets."""

import numpy as np
import pytest
import tensorflow as tf

from stylize import backend
from stylize.objective import Targets
from stylize.painter import _balance
from stylize.recipe import Recipe
from stylize.targets import layer_mask
from stylize.tiles import TiledObjective

pytestmark = pytest.mark.usefixtures("eager")

TERMS = {"alpha": 0.7, "beta": 2.0, "gamma": 3.0}
SHALLOW = Recipe(
    content_layers={"block2_conv2": 2, "block1_conv2": 1},
    style_layers={"block1_conv1": 1, "block3_conv1": 3},
    **TERMS,
)
DEEP = {
    "vgg19": Recipe(content_layers="block4_conv2", **TERMS),
    "vgg16": Recipe(
        network="vgg16", content_layers="block5_conv2", pooling="max", edges="zero", **TERMS
    ),
}


def picture(height, width, seed=0):
    """Noise on a slope: no two places have the same features."""
    rng = np.random.default_rng(seed)
    slope = np.linspace(0.1, 0.7, width)[None, :, None] * np.ones((height, 1, 3))
    return (slope + 0.3 * rng.random((height, width, 3))).astype("float32")[None]


def masks_of(objective, height, width):
    """Two soft regions that overlap, at every style layer."""
    ramp = np.linspace(0, 1, width, dtype="float32") * np.ones((height, 1), "float32")
    return tuple(
        tuple(layer_mask(np.repeat(one[..., None], 3, -1), n) for n in objective.style_layers)
        for one in (ramp, 0.8 - 0.7 * ramp)
    )


def targets_of(objective, height, width, masks=()):
    regions = [picture(45, 61, seed)[:, ::-1] ** (seed + 1) for seed in range(2 if masks else 1)]
    style = tuple(objective.style_moments(tf.constant(region)) for region in regions)
    content = objective.content_features(tf.constant(picture(height, width, 7)))
    return Targets(
        tuple(map(np.asarray, content)),
        tuple(tuple(type(one)(*map(np.asarray, one)) for one in region) for region in style),
        masks,
    )


def compare(recipe, objective, height, width, side, masks=(), tolerance=1e-5):
    """Losses and gradient of the whole and in tiles, within a hundred-thousandth."""
    image = picture(height, width)
    targets, balance = targets_of(objective, height, width, masks), _balance(recipe)
    losses, gradient = backend.value_and_gradient(objective)(tf.constant(image), targets, balance)
    tiled = TiledObjective(objective, side, seed=3)
    assert len(tiled.tiles(image)) > 1
    in_tiles, pulled = tiled.evaluate(image, targets, balance)
    # A distance of Gaussians is 1 less what overlaps: near the target little is left of it.
    least = tolerance if recipe.style_loss == "wasserstein" else 0
    for one, whole in zip(in_tiles, losses, strict=True):
        np.testing.assert_allclose(one, whole, rtol=tolerance, atol=least)
    gradient = np.asarray(gradient)
    np.testing.assert_allclose(pulled, gradient, atol=tolerance * np.abs(gradient).max())


@pytest.mark.parametrize("shape", [(64, 96), (77, 101), (40, 131)])
@pytest.mark.parametrize("masked", [False, True], ids=["whole", "regions"])
def test_the_loss_and_its_gradient_are_those_of_the_whole(objective_of, shape, masked):
    """Sides that 16 divides or not, one style or a soft-edged region for each of two."""
    objective = objective_of(SHALLOW)
    masks = masks_of(objective, *shape) if masked else ()
    compare(SHALLOW, objective, *shape, 32, masks)


@pytest.mark.parametrize("network", sorted(DEEP))
def test_that_holds_to_the_bottom_of_both_networks(objective_of, network):
    """A rim as wide as the network's reach, which is more than a tile here."""
    compare(DEEP[network], objective_of(DEEP[network]), 181, 243, 96)


@pytest.mark.parametrize(
    "losses",
    [
        {"content_loss": "mean", "style_loss": "gram_mean"},
        {"content_loss": "mean", "style_loss": "gram_sum", "variation": "absolute"},
        {"style_loss": "wasserstein"},
    ],
    ids=lambda losses: losses["style_loss"],
)
def test_that_holds_for_every_loss(objective_of, losses):
    """Those that are differences of large numbers as well as float32 can tell them."""
    recipe = SHALLOW.model_copy(update=losses)
    compare(recipe, objective_of(recipe), 64, 83, 32, tolerance=1e-4)


@pytest.mark.parametrize("network", sorted(DEEP))
def test_targets_are_those_of_the_whole(objective_of, network):
    objective, image = objective_of(DEEP[network]), picture(133, 210)
    tiled = TiledObjective(objective, 64, seed=1)
    for found, whole in zip(
        tiled.content_features(image), objective.content_features(tf.constant(image)), strict=True
    ):
        np.testing.assert_allclose(found, whole, atol=1e-5 * np.abs(whole).max())
    for found, whole in zip(
        tiled.style_moments(image), objective.style_moments(tf.constant(image)), strict=True
    ):
        for one, two in zip(found, whole, strict=True):
            np.testing.assert_allclose(one, two, atol=1e-5 * np.abs(two).max())
            assert one.dtype == np.float32


def test_the_grid_lies_elsewhere_at_each_step(objective_of):
    """The same from one seed, so that equal recipes give equal pictures."""
    image = picture(160, 160)
    grids = [
        [[tile.core for tile in tiled.tiles(image)] for _ in range(6)]
        for tiled in (TiledObjective(objective_of(SHALLOW), 64, seed=5) for _ in range(2))
    ]
    assert grids[0] == grids[1]
    assert len({repr(grid) for grid in grids[0]}) > 1


def test_half_precision_leaves_no_seams(objective_of):
    """Along the tiles' borders the gradient is to the rest as it is for the whole, in float32."""
    image, balance = picture(192, 192), _balance(SHALLOW)
    single, half = (objective_of(SHALLOW, dtype=dtype) for dtype in ("float32", "bfloat16"))
    targets = targets_of(single, 192, 192)
    _, whole = backend.value_and_gradient(single)(tf.constant(image), targets, balance)
    tiled = TiledObjective(half, 64, seed=0)
    tiles = tiled.tiles(image)
    tiled.tiles = lambda image: tiles
    _, gradient = tiled.evaluate(image, targets, balance)
    edge = np.zeros((192, 192), bool)
    for tile in tiles:
        rows, columns = tile.core
        edge[rows.start, columns] = rows.start > 0
        edge[rows, columns.start] = columns.start > 0
    assert 1 / 1.1 < contrast(gradient, edge) / contrast(whole, edge) < 1.1


def contrast(gradient, edge):
    """How large a gradient is at `edge`, relative to elsewhere."""
    size = np.abs(np.asarray(gradient))[0].mean(-1)
    return size[edge].mean() / size[~edge].mean()
