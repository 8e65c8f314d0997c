"""Recipes: frozen, hashable, canonical; errors that say what to do."""

import json
import subprocess
import sys

import pytest
from pydantic import ValidationError

from stylize import PRESETS, Recipe, RecipeError, resolve_recipe


def test_equal_recipes_are_equal_keys():
    assert Recipe(size=300) == Recipe(size=300)
    assert len({Recipe(size=300), Recipe(size=300), Recipe(size=301)}) == 2


def test_a_recipe_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Recipe().size = 100


def test_canonical_text_round_trips():
    recipe = Recipe(size=300, style_layers={"block3_conv1": 2, "block1_conv1": 1}, seed=7)
    assert Recipe.from_canonical(recipe.canonical()) == recipe
    assert list(json.loads(recipe.canonical())) == sorted(Recipe.model_fields)


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


def test_presets_are_named_and_explained():
    assert "default" in PRESETS
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.summary.endswith(".")


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
