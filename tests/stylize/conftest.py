"""Tiny generated networks: they serve the mechanics, not pictures."""

from pathlib import Path

import numpy as np
import pytest

from stylize.layers import conv_layers
from stylize.recipe import Recipe
from stylize.weights import WeightSet

WIDTHS = (4, 4, 6, 6, 6)


def _tiny_arrays(network: str = "vgg19", widths: tuple[int, ...] = WIDTHS, seed: int = 0):
    """He-normal arrays of a whole network, a few channels wide."""
    rng = np.random.default_rng(seed)
    arrays, channels = {}, 3
    for name in conv_layers(network):
        filters = widths[int(name[5]) - 1]
        kernel = rng.normal(0, np.sqrt(2 / (9 * channels)), (3, 3, channels, filters))
        arrays[f"{name}/kernel"] = kernel.astype("float32")
        arrays[f"{name}/bias"] = rng.normal(0, 0.1, filters).astype("float32")
        channels = filters
    return arrays


@pytest.fixture(scope="session")
def arrays():
    return _tiny_arrays()


@pytest.fixture(scope="session")
def tiny_arrays():
    """The maker of generated arrays: ``tiny_arrays(network, widths, seed)``."""
    return _tiny_arrays


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory) -> WeightSet:
    path: Path = tmp_path_factory.mktemp("weights") / "tiny.npz"
    np.savez(path, **_tiny_arrays())
    return WeightSet("tiny", "vgg19", path, "0" * 64)


@pytest.fixture(scope="session")
def quick() -> Recipe:
    """Seven steps through the first two blocks: what it takes to see that a painting works."""
    return Recipe(
        size=110,
        optimiser="adam",
        steps=(4, 3),
        initial="content",
        gamma=0.0,
        levels=2,
        content_layers=["block2_conv1"],
        style_layers=["block1_conv1", "block2_conv1"],
    )


@pytest.fixture(scope="session")
def stylizer(tiny_weights):
    """One for all: what it has compiled for one test serves the next."""
    from stylize import Stylizer

    return Stylizer(tiny_weights, precision="float32")


@pytest.fixture(scope="session")
def objective_of():
    """The maker of objectives of generated networks: ``objective_of(recipe, seed, dtype)``."""
    from stylize.objective import Objective
    from stylize.vgg import VGG

    def make(recipe: Recipe, seed: int = 0, dtype: str = "float32"):
        layers = [name for name, _ in (*recipe.content_layers, *recipe.style_layers)]
        arrays = _tiny_arrays(recipe.network, seed=seed)
        how = {"pooling": recipe.pooling, "edges": recipe.edges}
        vgg = VGG.from_arrays(recipe.network, arrays, layers, dtype, **how)
        return Objective(vgg, recipe)

    return make


@pytest.fixture
def eager(monkeypatch):
    """Nothing is compiled: for a call or two that is sooner than tracing a graph."""
    import tensorflow as tf

    from stylize import backend

    def as_it_is(function):
        return lambda *arguments: function(*tf.nest.map_structure(tf.convert_to_tensor, arguments))

    monkeypatch.setattr(backend, "compiled", as_it_is)


@pytest.fixture
def photo():
    """A smooth picture with an edge in it, (80,116,3)."""
    y, x = np.mgrid[0:80, 0:116] / 116
    disc = ((x - 0.5) ** 2 + (y - 0.3) ** 2 < 0.04).astype(float)
    return np.stack([x, y, 0.2 + 0.6 * disc], -1).astype("float32")


@pytest.fixture
def texture():
    """A striped picture, (64,64,3)."""
    x = np.linspace(0, 40, 64)
    stripes = 0.5 + 0.5 * np.sin(x)[None] * np.ones((64, 1))
    return np.stack([stripes, 1 - stripes, 0.3 * stripes], -1).astype("float32")
