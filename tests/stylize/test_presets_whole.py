"""The five recipes from photo to loss: the engine's own way against a plain NumPy one."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from images import resize
from stylize import Recipe, resolve_recipe
from stylize.jobs import StylizeJob, prepare
from stylize.layers import conv_layers
from stylize.painter import _balance
from stylize.picture import initial_image
from stylize.pyramid import Scale, cell_of, scales
from stylize.targets import TargetStore

ONE_TO_FIVE = [f"block{block}_conv1" for block in range(1, 6)]
MEAN = np.array([103.939, 116.779, 123.68])


def vgg(network, arrays, image):
    """Feature maps after every ReLU, zero-padded and max-pooled, in float64: {name: (H,W,C)}."""
    x, found = image[..., ::-1].astype("float64") * 255 - MEAN, {}
    for name in conv_layers(network):
        if name.endswith("conv1") and name != "block1_conv1":
            height, width = (side // 2 for side in x.shape[:2])
            x = x[: 2 * height, : 2 * width].reshape(height, 2, width, 2, -1).max((1, 3))
        windows = sliding_window_view(np.pad(x, ((1, 1), (1, 1), (0, 0))), (3, 3), (0, 1))
        kernel = arrays[f"{name}/kernel"].astype("float64")
        x = np.einsum("hwcij,ijcd->hwd", windows, kernel, optimize=True) + arrays[f"{name}/bias"]
        found[name] = x = np.maximum(x, 0)
    return found


def gram(features):
    flat = features.reshape(-1, features.shape[-1])
    return flat.T @ flat


def unnormalised(weights, found, style):
    """Systems A, C and D: Σ w·mean(ΔG²)/(C·H·W)."""
    return sum(
        weight * np.mean((gram(found[name]) - gram(style[name])) ** 2) / found[name].size
        for name, weight in zip(ONE_TO_FIVE, weights, strict=True)
    )


def normalised(layers, found, style):
    """Systems B and E: the mean over their layers of mean(ΔG²), G over H·W."""
    return np.mean(
        [
            np.mean((gram(found[n]) * n_of(found[n]) - gram(style[n]) * n_of(style[n])) ** 2)
            for n in layers
        ]
    )


def n_of(features):
    """1/(H·W)."""
    return features.shape[-1] / features.size


def torch_system(weights):
    def total(arrays, image, photo, style):
        squeezed = resize(style, *photo.shape[:2])
        found, content, wanted = (vgg("vgg19", arrays, x) for x in (image, photo, squeezed))
        error = np.mean((found["block4_conv2"] - content["block4_conv2"]) ** 2)
        return error + 1e6 * unnormalised(weights, found, wanted)

    return total


def artwork(arrays, image, photo, style):
    found, content, wanted = (vgg("vgg19", arrays, x) for x in (image, photo, style))
    error = np.mean((found["block5_conv2"] - content["block5_conv2"]) ** 2)
    edges = sum(np.abs(np.diff(image.astype("float64"), axis=axis)).sum() for axis in (0, 1))
    return 1e4 * error + 1e-2 * normalised(ONE_TO_FIVE, found, wanted) + 30 * edges


def pair(network):
    def total(arrays, image, photo, style):
        found, content, wanted = (vgg(network, arrays, x) for x in (image, photo, style))
        error = np.mean((found["block5_conv2"] - content["block5_conv2"]) ** 2)
        return 10 * error + 1000 * normalised(ONE_TO_FIVE[::2], found, wanted)

    return total


# The photo's and the style's shape. The loss of the second sees 256×256: so do we, at that size.
SYSTEMS = {
    "gatys-400": (torch_system([1, 0.75, 0.2, 0.2, 0.2]), (50, 67), (40, 40)),
    "artwork": (artwork, (256, 256), (256, 256)),
    "max-400": (torch_system([1, 0.8, 0.5, 0.3, 0.1]), (67, 50), (80, 61)),
    "flask": (torch_system([1, 0.8, 0.5, 0.3, 0.1]), (61, 61), (33, 90)),
    "vgg16": (pair("vgg16"), (50, 67), (45, 80)),
    "vgg19": (pair("vgg19"), (67, 51), (80, 45)),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_first_loss_of_a_painting_is_the_systems(name, objective_of, tiny_arrays):
    """Of a picture given as a start, so that the photo differs from it: C, S and TV all count."""
    system, photo_shape, style_shape = SYSTEMS[name]
    rng = np.random.default_rng(0)
    photo, style = (
        resize(rng.random((9, 9, 3)).astype("float32"), *shape)
        for shape in (photo_shape, style_shape)
    )
    recipe = resolve_recipe(name)
    begin = np.clip(photo[::-1] ** 1.5, 0, 1)
    picture = prepare(StylizeJob(photo, [style], recipe, initial=begin))
    cell = cell_of(recipe, compiles_shapes=False)
    (scale,) = scales(*photo_shape, recipe, cell)
    assert scale[:2] == photo_shape
    image = initial_image(picture, recipe, cell)
    assert image.shape == photo.shape
    found = losses_of(objective_of(recipe), picture, scale, recipe, cell, image)
    expected = system(tiny_arrays(recipe.network), image, photo, style)
    assert float(found.total[0]) == pytest.approx(expected, rel=1e-3)


def losses_of(objective, picture, scale: Scale, recipe: Recipe, cell, image):
    store = TargetStore(objective.content_features, objective.style_moments, objective.style_layers)
    return objective(image[None], store.of([picture], scale, recipe, cell), _balance(recipe))


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_painting_begins_with_the_photo_itself(name, photo, texture):
    recipe = resolve_recipe(name)
    picture = prepare(StylizeJob(photo, [texture], recipe))
    np.testing.assert_array_equal(initial_image(picture, recipe, 1), photo)


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("gatys-400", (900, 1200), (400, 533)),
        ("max-400", (1200, 900), (533, 400)),
        ("artwork", (900, 1200), (900, 1200)),
        ("vgg19", (900, 1200), (900, 1200)),
        ("flask", (900, 1200), (192, 256)),
    ],
)
def test_a_photo_is_brought_to_the_systems_size(name, shape, expected):
    """The shorter side 400, its own, or small; on a CPU the picture is painted at just that."""
    recipe, photo = resolve_recipe(name), np.zeros((*shape, 3), "float32")
    picture = prepare(StylizeJob(photo, [photo[:64, :64]], recipe))
    assert picture.photo.shape == (*expected, 3)
    (scale,) = scales(*expected, recipe, cell_of(recipe, compiles_shapes=False))
    assert scale == (*expected, sum(recipe.steps))
