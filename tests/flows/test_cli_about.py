"""`atelier presets`: what there is to choose from, and each in full."""

from __future__ import annotations

import json

import pytest

from flows.cli import main
from stylize import PRESETS, Recipe


def test_the_list_says_how_each_paints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        *("preset", "network", "size", "steps", "optimiser"),
        *("what", "it", "is", "for"),
    ]
    for preset, line in zip(PRESETS.values(), lines[1:], strict=False):
        recipe = preset.recipe
        told = [preset.name, recipe.network, str(recipe.size), recipe.optimiser]
        assert all(word in line for word in told)


@pytest.mark.parametrize("name", PRESETS)
def test_every_key_of_a_preset_is_explained(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", name]) == 0
    out = capsys.readouterr().out
    assert PRESETS[name].summary in out
    starts = [line.removeprefix("*").strip() for line in out.splitlines()]
    for key in Recipe.model_fields:
        assert any(line.split()[:1] == [key] for line in starts), key


@pytest.mark.parametrize("name", PRESETS)
def test_what_differs_from_the_default_is_marked(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["presets", name]) == 0
    lines = capsys.readouterr().out.splitlines()
    marked = {line.split()[1] for line in lines if line.startswith("*  ")}
    usual, recipe = PRESETS["default"].recipe, PRESETS[name].recipe
    differs = {key for key in Recipe.model_fields if getattr(usual, key) != getattr(recipe, key)}
    assert marked == differs


def test_one_preset_is_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "default", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["recipe"]["size"]) == ("default", 512)


def test_an_unknown_preset_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "defualt"]) == 2
    assert "did you mean 'default'?" in capsys.readouterr().err
