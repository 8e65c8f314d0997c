"""What the gallery is given beside the manifest."""

import json
import shlex
from typing import Any

import pandas as pd
import pytest

from flows.cli.options import recipe_choice
from flows.columns import COLUMN_NAMES
from flows.exhibits import exhibits, repainting
from flows.photos import save_photos
from flows.workspace import Workspace
from scraping import Photo
from stylize import PRESETS, Recipe
from stylize.recipe import make_recipe

ROW = {
    "style": "mosaic",
    "styles": '[{"name": "mosaic"}]',
    "preset": "default",
    "weights": "cifar10",
    "fingerprint": "ab" * 16,
    "recipe": Recipe().canonical(),
}


def understood(command: str) -> Recipe:
    """The recipe that the command's options ask for, as the command reads them."""
    words = shlex.split(command)
    given = {
        name: words[words.index(name) + 1]
        for name in ("--preset", "--size", "--strength", "--seed")
        if name in words
    }
    settings = [words[at + 1] for at, word in enumerate(words) if word == "--set"]
    return recipe_choice(
        given.get("--preset", "default"),
        "cifar10",
        int(given["--size"]) if "--size" in given else None,
        float(given["--strength"]) if "--strength" in given else None,
        int(given["--seed"]) if "--seed" in given else None,
        settings,
    ).recipe()


@pytest.mark.parametrize("preset", [*PRESETS, "gone"])
def test_the_command_makes_the_recipe_again(preset: str) -> None:
    """Whatever was set on top of a preset; a preset that is gone is spelt out."""
    changes: dict[str, Any] = {
        "size": 320,
        "seed": 7,
        "strength": 0.75,
        "learning_rate": 0.0125,
        "style_layers": [["block1_conv1", 0.25], ["block3_conv1", 0.75]],
    }
    start = PRESETS["artwork" if preset == "gone" else preset].recipe
    for recipe in (start, make_recipe(start, changes)):
        command = repainting(ROW | {"preset": preset, "recipe": recipe.canonical()}, "data")
        assert understood(command).canonical() == recipe.canonical()


@pytest.mark.parametrize("style", ["it's; rm -rf $HOME", "-x", "a b", "$(x)"])
def test_a_command_is_one_command(style: str) -> None:
    """Whatever the style is called, a shell reads it as one word."""
    words = shlex.split(repainting(ROW | {"style": style}, "my data"))
    assert style in words
    assert words[words.index("--workspace") + 1] == "my data"
    assert f"fingerprint = {ROW['fingerprint']}" in words


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": "{"},
        {"recipe": ""},
        {"recipe": '{"no": 1}'},
        {"style": ""},
        {"styles": '[{"name": "a"}, {"name": "b"}]'},
    ],
)
def test_where_no_command_can_be_given_there_is_none(change: dict[str, str]) -> None:
    """A blend, a row without a style, a recipe that is none."""
    assert repainting(ROW | change, "data") == ""


def test_source_and_words_come_from_the_photos(workspace: Workspace) -> None:
    """From photos.csv, by the photo's hash; where it says nothing, they are empty."""
    (workspace.content / "a.png").write_bytes(b"here")
    photo = Photo(
        source="album",
        image_url="https://e.org/a.png",
        alt="A red boat",
        sha256="a",
        file="content/a.png",
        status="taken",
    )
    save_photos(workspace.photos_csv, [photo])
    frame = pd.DataFrame([ROW | {"content_sha256": name} for name in ("a", "b")])
    frame = frame.reindex(columns=list(COLUMN_NAMES))
    frame[["content_loss", "style_loss", "tv_loss"]] = 0.5
    found = exhibits(frame, workspace)
    assert found["alt"].tolist() == ["A red boat", ""]
    assert found["source"].tolist() == ["album", ""]
    assert found["total_loss"].notna().all()
    assert json.loads(found["styles"].iloc[0])[0]["name"] in found["command"].iloc[0]
