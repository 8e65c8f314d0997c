"""Recipes: frozen, hashable, canonical; errors that say what to do."""

import json
import subprocess
import sys

import pytest
from pydantic import ValidationError

from stylize import PRESETS, Recipe, RecipeError, resolve_recipe
from stylize.recipe import NEUTRAL


def test_equal_recipes_are_equal_keys():
    assert Recipe(size=300) == Recipe(size=300)
    assert len({Recipe(size=300), Recipe(size=300), Recipe(size=301)}) == 2


def test_a_recipe_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Recipe().size = 100


EVERY_NEW_KEY = {
    "optimiser": "lbfgs",
    "space": "bytes",
    "clip": False,
    "final_rate": 0.5,
    "content_loss": "mean",
    "style_loss": "gram_sum",
    "variation": "absolute",
    "view": 256,
    "style_fit": "squeezed",
    "colours": "luma",
    "result": "lowest",
    "plateau": 0.01,
    "convention": "keras",
    "rescaled": (1.0, 2.0, 3.0),
}


def test_canonical_text_round_trips():
    recipe = Recipe(size=300, style_layers={"block3_conv1": 2, "block1_conv1": 1}, seed=7)
    assert Recipe.from_canonical(recipe.canonical()) == recipe
    recipe = Recipe(**EVERY_NEW_KEY)
    assert Recipe.from_canonical(recipe.canonical()) == recipe
    assert list(json.loads(recipe.canonical())) == sorted(Recipe.model_fields)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_presets_text_round_trips(name):
    recipe = PRESETS[name].recipe
    assert Recipe.from_canonical(recipe.canonical()) == recipe


def test_keys_that_came_later_are_all_known_to_be():
    assert set(EVERY_NEW_KEY) == set(NEUTRAL)


@pytest.mark.parametrize("key", sorted(EVERY_NEW_KEY))
def test_a_later_key_is_in_the_text_only_where_it_changes_something(key):
    """At its neutral value it is left out, whatever the default is by now."""
    neutral = Recipe(**NEUTRAL)
    assert not set(json.loads(neutral.canonical())) & set(NEUTRAL)
    changed = neutral.model_copy(update={key: EVERY_NEW_KEY[key]})
    assert set(json.loads(changed.canonical())) & set(NEUTRAL) == {key}
    assert Recipe.from_canonical(changed.canonical()) == changed


# What the first version wrote: of its default recipe, and of one with most values changed.
FIRST_VERSION = [
    '{"alpha":0.4,"beta":1.0,"beta_1":0.9,"beta_2":0.99,"chroma_rate":0.25,"content_layers":'
    '[["block4_conv2",1.0]],"edges":"replicate","engine":"optimize","epsilon":1e-08,"fit":"longer",'
    '"gamma":1.0,"initial":"recoloured","learning_rate":0.03,"level_decay":0.75,"levels":5,'
    '"network":"vgg19","pooling":"average","scale_factor":1.6,"seed":0,"size":512,'
    '"steps":[60,45,25],"strength":0.5,"style_layers":[["block1_conv1",0.2],["block2_conv1",0.2],'
    '["block3_conv1",0.2],["block4_conv1",0.2],["block5_conv1",0.2]],"style_scale":1.5}',
    '{"alpha":0.4,"beta":1.0,"beta_1":0.9,"beta_2":0.99,"chroma_rate":0.25,"content_layers":'
    '[["block4_conv2",1.0]],"edges":"zero","engine":"optimize","epsilon":1e-08,"fit":"shorter",'
    '"gamma":1.0,"initial":"noise","learning_rate":0.03,"level_decay":0.75,"levels":5,'
    '"network":"vgg16","pooling":"max","scale_factor":1.6,"seed":9,"size":300,"steps":[7],'
    '"strength":0.3,"style_layers":[["block1_conv1",1.0],["block3_conv1",2.0]],"style_scale":1.5}',
]


@pytest.mark.parametrize("text", FIRST_VERSION, ids=["default", "changed"])
def test_an_earlier_versions_text_stays_the_very_same(text):
    """So that the fingerprints of pictures painted then stay theirs."""
    recipe = Recipe.from_canonical(text)
    assert recipe.canonical() == text
    assert {key: getattr(recipe, key) for key in NEUTRAL} == {
        key: tuple(value) if isinstance(value, list) else value for key, value in NEUTRAL.items()
    }


def test_canonical_text_is_the_same_in_another_process():
    code = "from stylize import Recipe; print(Recipe(size=333, strength=.3).canonical())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == Recipe(size=333, strength=0.3).canonical()


def test_the_order_of_layers_does_not_matter():
    one = Recipe(style_layers={"block3_conv1": 2, "block1_conv1": 1})
    two = Recipe(style_layers=[("block1_conv1", 1), ("block3_conv1", 2)])
    assert one == two
    assert one.canonical() == two.canonical()


def test_layers_may_be_named_in_a_line():
    assert Recipe(content_layers="block4_conv2, block5_conv2").content_layers == (
        ("block4_conv2", 1.0),
        ("block5_conv2", 1.0),
    )


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"size": 0}, "'size', 0 was given: input should be greater than or equal to 64"),
        ({"size": 9000}, "less than or equal to 8192"),
        ({"sise": 3}, "did you mean 'size'"),
        ({"qqq": 3}, "use engine, network, size"),
        ({"strength": 1.5}, "'strength', 1.5 was given"),
        ({"strength": "strong"}, "'strength', 'strong' was given"),
        ({"pooling": "l2"}, "'max' or 'average'"),
        ({"style_layers": "block1_conv9"}, "did you mean block1_conv"),
        ({"style_layers": []}, "at least 1"),
        ({"style_layers": {"block1_conv1": -1}}, "must not be negative"),
        ({"network": "vgg16", "content_layers": "block4_conv4"}, "vgg16 has no layer"),
        ({"steps": [-1]}, "steps must be between"),
        ({"engine": "instant"}, "'engine', 'instant' was given"),
        ({"optimiser": "sgd"}, "or 'lbfgs'"),
        ({"style_loss": "wasserstien"}, "'gram_sum' or 'wasserstein'"),
        ({"view": 2000}, "less than or equal to 1024"),
        ({"plateau": 1.0}, "less than 1"),
        ({"final_rate": 0}, "greater than 0"),
        ({"rescaled": (1, 2)}, "'rescaled"),
        ({"rescaled": (1, 2, -3)}, "greater than or equal to 0"),
        ({"learning_rate": float("nan")}, "'learning_rate', nan was given"),
        ({"alpha": float("inf")}, "'alpha', inf was given"),
        ({"style_layers": {"block1_conv1": float("nan")}}, "'style_layers', nan was given"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(overrides, words):
    with pytest.raises(RecipeError) as caught:
        resolve_recipe(overrides=overrides)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_preset_suggests_the_nearest():
    with pytest.raises(RecipeError, match="did you mean 'default'"):
        resolve_recipe("defualt")


def test_importing_the_package_starts_no_tensorflow():
    code = "import sys, stylize; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]
