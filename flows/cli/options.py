"""Options that several commands share, and how a recipe is made of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from flows.config import RecipeChoice

__all__ = [
    "Dask",
    "Environment",
    "Force",
    "Json",
    "Only",
    "Preset",
    "Refresh",
    "Replace",
    "RetryFailed",
    "Seed",
    "Setting",
    "Size",
    "Strength",
    "Weights",
    "WorkspaceFolder",
    "recipe_choice",
]

WorkspaceFolder = Annotated[
    str,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DIR",
        help="The folder, or s3://… address, of photos and pictures.",
    ),
]
Environment = Annotated[
    str,
    typer.Option(
        "--env",
        metavar="NAME",
        # The backslash keeps the bracket from being read as markup.
        help="Read the file as it is with its table \\[environments.NAME].",
    ),
]
Dask = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="Paint on the workers of this Dask scheduler, tcp://…"),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
Preset = Annotated[
    str, typer.Option("--preset", "-p", metavar="P", help="A shipped recipe; see: atelier presets.")
]
Size = Annotated[
    int | None,
    typer.Option(metavar="N", help="Longer side in pixels, 64 to 8192; a photo is never enlarged."),
]
Strength = Annotated[
    float | None,
    typer.Option(metavar="S", help="0 is the photo, 1 texture only, 0.5 as the preset means it."),
]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Equal seeds, equal pictures.")]
Weights = Annotated[
    str,
    typer.Option(metavar="W", help="imagenet, cifar10 or a file; see: atelier weights."),
]
Setting = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Any other key of the recipe, as atelier presets NAME lists them; repeatable.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Paint again what exists.")]
Refresh = Annotated[
    bool, typer.Option("--refresh", help="Paint again what an older engine painted.")
]
Only = Annotated[
    str | None,
    typer.Option(
        metavar="QUERY",
        help='Only jobs for which this holds, such as "style = mosaic and width > 400".',
    ),
]
RetryFailed = Annotated[
    bool, typer.Option("--retry-failed", help="Only what failed before; no source is asked.")
]
Replace = Annotated[
    bool,
    typer.Option(
        "--replace", help="Retire what the same photos became in these styles by other recipes."
    ),
]


def recipe_choice(
    preset: str,
    weights: str,
    size: int | None,
    strength: float | None,
    seed: int | None,
    settings: list[str] | None,
) -> RecipeChoice:
    """Return the recipe that the options ask for.

    Raises `RecipeError` for values that are not allowed, `typer.BadParameter` for a `--set` that
    is no pair.
    """
    from flows.config import RecipeChoice

    overrides: dict[str, Any] = dict(_pair(setting) for setting in settings or ())
    named = {"size": size, "strength": strength, "seed": seed}
    overrides |= {key: value for key, value in named.items() if value is not None}
    choice = RecipeChoice(preset=preset, weights=weights, overrides=overrides)
    choice.recipe()
    return choice


def _pair(setting: str) -> tuple[str, Any]:
    key, sign, value = setting.partition("=")
    if not sign or not key.strip():
        raise typer.BadParameter(f"--set takes KEY=VALUE, such as steps=40, not {setting!r}")
    try:
        return key.strip(), json.loads(value)
    except ValueError:
        return key.strip(), value
