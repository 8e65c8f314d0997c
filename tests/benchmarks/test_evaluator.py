import numpy as np
import pytest

from benchmarks.evaluator import CONTENT_WEIGHT, Evaluator
from benchmarks.gemm import he_arrays
from stylize.layers import conv_layers

RNG = np.random.default_rng(0)
PHOTO = RNG.random((32, 48, 3), "float32")
STYLE = RNG.random((40, 32, 3), "float32")


@pytest.fixture(scope="module")
def arrays():
    """A VGG19 four channels wide."""
    channels, made = 3, {}
    for layer in conv_layers("vgg19"):
        made[f"{layer}/kernel"] = RNG.normal(0, 0.2, (3, 3, channels, 4)).astype("float32")
        made[f"{layer}/bias"] = RNG.normal(0, 0.1, 4).astype("float32")
        channels = 4
    return made


def test_the_photo_itself_has_no_content_loss_and_the_style_no_style_loss(arrays):
    loss, content, style = Evaluator(arrays, PHOTO, STYLE).judge(PHOTO)
    assert content == 0
    assert loss == pytest.approx(style)
    assert style > 0
    assert Evaluator(arrays, PHOTO, PHOTO).judge(PHOTO)[2] == pytest.approx(0, abs=1e-6)


def test_the_loss_is_the_weighted_sum_of_its_parts(arrays):
    loss, content, style = Evaluator(arrays, PHOTO, STYLE).judge(PHOTO[::-1])
    assert loss == pytest.approx(CONTENT_WEIGHT * content + style, rel=1e-6)


def test_the_engine_minimises_the_evaluators_loss(arrays):
    """With the matched recipe, the engine's own loss of a picture is the evaluator's."""
    from benchmarks.ours import matched_recipe
    from stylize.objective import Balance, Objective, Targets
    from stylize.vgg import VGG

    recipe = matched_recipe(64)
    layers = [name for name, _ in (*recipe.content_layers, *recipe.style_layers)]
    vgg = VGG.from_arrays("vgg19", arrays, layers, pooling=recipe.pooling, edges=recipe.edges)
    objective = Objective(vgg, recipe)
    targets = Targets(
        objective.content_features(PHOTO[None]), (objective.style_moments(STYLE[None]),)
    )
    terms = np.array((recipe.alpha, recipe.beta, recipe.gamma), "float32")
    weights = (
        np.array([w for _, w in x], "float32") for x in (recipe.content_layers, recipe.style_layers)
    )
    found = objective(PHOTO[None, ::-1], targets, Balance(terms, *weights))
    expected = Evaluator(arrays, PHOTO, STYLE).judge(PHOTO[::-1])
    assert [float(np.asarray(x)[0]) for x in found[:3]] == pytest.approx(expected, rel=1e-4)


def test_generated_weights_keep_activations_at_their_size():
    kernel = he_arrays()["block3_conv2/kernel"]
    assert kernel.shape == (3, 3, 256, 256)
    assert kernel.std() == pytest.approx(np.sqrt(2 / (9 * 256)), rel=0.01)
