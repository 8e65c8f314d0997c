"""The five public recipes: every entry of their table, and their losses worked out in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from stylize import PRESETS, Recipe, resolve_recipe
from stylize.adam import descend, start
from stylize.losses import feature_moments
from stylize.objective import Objective, Targets
from stylize.optimize import rates_of
from stylize.painter import _balance

FIVE = ["gatys-400", "artwork", "max-400", "flask", "vgg16", "vgg19"]
ONE_TO_FIVE = [f"block{block}_conv1" for block in range(1, 6)]

# The columns A to E of the table, row by row; `step` is how far the first step of Adam moves red,
# green and blue in [0,1], `style` the weights of the style layers. 8192 is a photo's own size.
COMMON = {
    "initial": "content",
    "pooling": "max",
    "edges": "zero",
    "optimiser": "adam",
    "levels": 1,
    "final_rate": 1.0,
    "chroma_rate": 1.0,
    "strength": 0.5,
    "content_loss": "mean",
    "colours": "style",
    "plateau": 0.0,
    "beta_2": 0.999,
}
TORCH = COMMON | {
    "network": "vgg19",
    "size": 400,
    "fit": "shorter",
    "content": ["block4_conv2"],
    "style_loss": "gram_sum",
    "alpha": 1,
    "beta": 1e6,
    "gamma": 0,
    "beta_1": 0.9,
    "epsilon": 1e-8,
    "view": 0,
    "style_fit": "squeezed",
    "clip": False,
    "result": "last",
    "convention": "torchvision",
}
FALLING = TORCH | {
    "style": dict(zip(ONE_TO_FIVE, [1, 0.8, 0.5, 0.3, 0.1], strict=True)),
    "step": [0.003 * 0.229, 0.003 * 0.224, 0.003 * 0.225],
}
PAIR = COMMON | {
    "size": 8192,
    "fit": "longer",
    "content": ["block5_conv2"],
    "style": {"block1_conv1": 1 / 3, "block3_conv1": 1 / 3, "block5_conv1": 1 / 3},
    "style_loss": "gram_mean",
    "alpha": 10,
    "beta": 1000,
    "gamma": 0,
    "beta_1": 0.9,
    "epsilon": 1e-8,
    "view": 0,
    "style_fit": "native",
    "clip": False,
    "result": "lowest",
    "steps": (100,),
    "step": [7.9 / 255] * 3,
    "convention": "keras",
}
TABLE = {
    "gatys-400": TORCH
    | {
        "style": dict(zip(ONE_TO_FIVE, [1, 0.75, 0.2, 0.2, 0.2], strict=True)),
        "steps": (30_000,),
        "step": [0.0015] * 3,
    },
    "artwork": COMMON
    | {
        "network": "vgg19",
        "size": 8192,
        "view": 256,
        "content": ["block5_conv2"],
        "style": dict.fromkeys(ONE_TO_FIVE, 1 / 5),
        "style_loss": "gram_mean",
        "alpha": 1e4,
        "beta": 1e-2,
        "gamma": 30,
        "variation": "absolute",
        "beta_1": 0.99,
        "epsilon": 0.1,
        "steps": (100,),
        "step": [0.01] * 3,
        "clip": True,
        "result": "last",
        "convention": "keras",
    },
    "max-400": FALLING | {"steps": (2800,)},
    # A small picture: of its own size, by its longer side.
    "flask": FALLING | {"size": 256, "fit": "longer", "steps": (2000,)},
    "vgg16": PAIR | {"network": "vgg16"},
    "vgg19": PAIR | {"network": "vgg19"},
}
ROWS = [
    (name, key) for name in FIVE for key in TABLE[name] if key not in {"content", "style", "step"}
]


def recipe_of(name, **keys):
    return resolve_recipe(name, keys)


@pytest.mark.parametrize(("name", "key"), ROWS, ids=lambda value: value)
def test_an_entry_of_the_table(name, key):
    assert getattr(recipe_of(name), key) == TABLE[name][key]


@pytest.mark.parametrize("name", FIVE)
def test_the_layers_of_the_table(name):
    recipe, row = recipe_of(name), TABLE[name]
    assert dict(recipe.content_layers) == dict.fromkeys(row["content"], 1.0)
    assert dict(recipe.style_layers) == pytest.approx(row["style"])


@pytest.mark.parametrize("name", FIVE)
def test_the_first_step_of_the_table(name):
    """A gradient far above ε moves every pixel by the learning rate in the preset's space."""
    recipe = recipe_of(name)
    gradient = 1e6 * np.random.default_rng(0).normal(size=(1, 5, 6, 3)).astype("float32")
    image = np.full((1, 5, 6, 3), 0.5, "float32")
    moved, _ = descend(image, gradient, start(1, 5, 6, 1), 1.0, rates_of(recipe, 1.0))
    expected = 0.5 - np.float32(TABLE[name]["step"]) * np.sign(gradient)
    np.testing.assert_allclose(moved, expected, atol=1e-6)


class Fixed:
    """A network that sees the same features in every image."""

    def __init__(self, network, maps):
        self.network, self.maps = network, maps

    def features(self, batch, layers):
        return {name: tf.constant(self.maps[name]) for name in layers}


def maps_of(recipe, seed, large=1.0):
    """A feature map (1,H,W,C) a layer, of other sides and channels in each."""
    rng = np.random.default_rng(seed)
    names = sorted({name for name, _ in (*recipe.content_layers, *recipe.style_layers)})
    shapes = {name: (1, 11 - index, 7 + index, 3 + index) for index, name in enumerate(names)}
    return {n: (large * rng.random(shape)).astype("float32") for n, shape in shapes.items()}


def losses_of(recipe, found, content, style, image):
    """What the engine makes of features, given a photo's and a style's."""
    targets = Targets(
        tuple(tf.constant(content[name]) for name, _ in recipe.content_layers),
        (tuple(feature_moments(tf.constant(style[name])) for name, _ in recipe.style_layers),),
    )
    objective = Objective(Fixed(recipe.network, found), recipe)
    return objective(tf.constant(image), targets, _balance(recipe))


def flat(features):
    """(H·W,C) in float64."""
    return features.reshape(-1, features.shape[-1]).astype("float64")


def torch_style(weights, found, style):
    """Σ w·mean(ΔG²)/(C·H·W), G = F'F as it is."""
    total = 0.0
    for name, weight in weights.items():
        f, s = flat(found[name]), flat(style[name])
        total += weight * np.mean((f.T @ f - s.T @ s) ** 2) / f.size
    return total


def mean_style(weights, found, style):
    """Σ w·mean(ΔG²), G = F'F/(H·W)."""
    total = 0.0
    for name, weight in weights.items():
        f, s = flat(found[name]), flat(style[name])
        total += weight * np.mean((f.T @ f / len(f) - s.T @ s / len(s)) ** 2)
    return total


def edges(image):
    """Σ|dx| + Σ|dy|."""
    x = image.astype("float64")
    return np.abs(np.diff(x, axis=1)).sum() + np.abs(np.diff(x, axis=2)).sum()


def expected_of(name, found, content, style, image):
    """(total, content, style) as the table's column has them, in NumPy and float64."""
    (layer,), weights = TABLE[name]["content"], TABLE[name]["style"]
    error = np.mean((flat(found[layer]) - flat(content[layer])) ** 2)
    if name == "artwork":
        s = mean_style(weights, found, style)
        return 1e4 * error + 1e-2 * s + 30 * edges(image), error, s
    if name in ("vgg16", "vgg19"):
        s = mean_style(weights, found, style)
        return 10 * error + 1000 * s, error, s
    s = torch_style(weights, found, style)
    return error + 1e6 * s, error, s


@pytest.mark.parametrize("large", [1.0, 40.0])
@pytest.mark.parametrize("name", FIVE)
def test_the_loss_is_the_tables(name, large):
    """On fixed features, small ones and ones as large as published weights give."""
    recipe = recipe_of(name)
    maps = [maps_of(recipe, seed, large) for seed in range(3)]
    image = np.random.default_rng(9).random((1, 12, 20, 3)).astype("float32")
    losses = losses_of(recipe, *maps, image)
    total, content, style = expected_of(name, *maps, image)
    assert float(losses.total[0]) == pytest.approx(total, rel=1e-4)
    assert float(losses.content[0]) == pytest.approx(content, rel=1e-4)
    assert float(losses.style[0]) == pytest.approx(style, rel=1e-4)
    if name == "artwork":
        assert float(losses.variation[0]) == pytest.approx(edges(image), rel=1e-4)


@pytest.mark.parametrize("name", FIVE)
def test_other_weights_have_each_layers_term_divided_by_its_target(name):
    """A hundredfold activation changes nothing then, and the layers and their weights stay."""
    recipe = recipe_of(name).under("own")
    literal = recipe_of(name)
    assert recipe.under("any thing") == recipe
    assert (recipe.content_layers, recipe.style_layers) == (
        literal.content_layers,
        literal.style_layers,
    )
    assert (recipe.steps, recipe.space, recipe.style_fit) == (
        literal.steps,
        literal.space,
        literal.style_fit,
    )
    assert (recipe.alpha, recipe.beta, recipe.gamma) == literal.rescaled
    image = np.random.default_rng(9).random((1, 12, 20, 3)).astype("float32")
    maps = [maps_of(recipe, seed) for seed in range(3)]
    grown = [{key: 100 * value for key, value in one.items()} for one in maps]
    one, two = (losses_of(recipe, *given, image) for given in (maps, grown))
    for here, there in zip(one, two, strict=True):
        np.testing.assert_allclose(there, here, rtol=1e-4)
    assert 0 < float(one.content[0]) < 2


@pytest.mark.parametrize("name", FIVE)
def test_the_terms_hold_for_the_weights_they_were_written_for(name):
    recipe = recipe_of(name)
    assert recipe.under(recipe.convention) is recipe
    other = {"keras": "torchvision", "torchvision": "keras"}[recipe.convention]
    assert recipe.under(other).content_loss == "relative"


def test_the_default_holds_for_all_weights():
    """And is our own: no paper's terms, the whole pyramid."""
    recipe = PRESETS["default"].recipe
    assert recipe == Recipe()
    assert recipe.under("own") is recipe.under("keras") is recipe


def test_presets_are_named_and_explained():
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.summary.endswith(".")
    assert {"default", *FIVE} <= set(PRESETS)
