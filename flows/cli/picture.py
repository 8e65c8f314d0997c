"""`atelier stylize`: one picture, without a workspace."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from flows.stages import Progress
    from stylize import Iterate, Recipe, Result, WeightSet

    Pixels = NDArray[np.float32]

__all__ = ["stylize"]

_DATA = Path("data")
_SUFFIXES = (".png", ".jpg", ".jpeg")


def stylize(
    content: Annotated[Path, typer.Argument(metavar="CONTENT", help="The photo.")],
    styles: Annotated[
        list[str],
        typer.Argument(metavar="STYLE…", help="Pictures, or names of styles; several are blended."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT", help="A .png or .jpg.")],
    preset: options.Preset = "default",
    size: options.Size = None,
    strength: options.Strength = None,
    weights: options.Weights = "imagenet",
    seed: options.Seed = None,
    settings: options.Setting = None,
    workspace: options.WorkspaceFolder = _DATA,
    as_json: options.Json = False,
) -> None:
    """Paint one photo in one style, or in a blend of several."""
    from flows.cli.console import console, emit_json, place, say
    from flows.progress import console_progress, duration
    from flows.workspace import Workspace
    from images import load
    from stylize import resolve_weights

    if out.suffix.lower() not in _SUFFIXES:
        raise typer.BadParameter(f"OUT must end in {', '.join(_SUFFIXES)}, not {out.name!r}")
    recipe = options.recipe_choice(preset, weights, size, strength, seed, settings).recipe()
    named = resolve_weights(weights, recipe.network)
    chosen = Workspace(workspace).choose_styles(styles, Path.cwd())
    photo = _prepare(content, recipe)
    pictures = [load(style.path).pixels for style in chosen]
    with console_progress(console(stderr=True)) as progress:
        result = _paint(photo, pictures, recipe, named, progress)
    facts = _facts(result, recipe, named, content, [style.name for style in chosen])
    _write(out, result.image, facts)
    if as_json:
        emit_json({"out": str(out), **facts})
        return
    height, width = result.image.shape[:2]
    say(f"{place(out)}: {width} × {height}, in {duration(result.statistics.seconds)}", "bold")


def _prepare(path: Path, recipe: Recipe) -> Pixels:
    """The photo at the recipe's size."""
    from images import fit_shape, load, resize

    pixels = load(path).pixels
    height, width = fit_shape(pixels.shape[0], pixels.shape[1], recipe.size, recipe.fit)
    return resize(pixels, height, width)


def _paint(
    photo: Pixels,
    styles: Sequence[Pixels],
    recipe: Recipe,
    weights: WeightSet,
    progress: Progress,
) -> Result:
    from stylize import Stylizer

    progress("stylize", 0, 1, "getting ready")

    def watch(iterate: Iterate) -> None:
        share = iterate.step / iterate.steps if iterate.steps else 1.0
        progress("stylize", min(share, 0.99), 1, f"step {iterate.step} of {iterate.steps}")

    result = Stylizer(weights).stylize(photo, styles, recipe, on_iterate=watch)
    progress("stylize", 1, 1, "")
    return result


def _facts(
    result: Result, recipe: Recipe, weights: WeightSet, content: Path, styles: Sequence[str]
) -> dict[str, Any]:
    """What is written into the picture, and with `--json`."""
    from stylize import ENGINE_VERSION

    statistics = asdict(result.statistics)
    statistics.pop("trace")
    return {
        "content": content.name,
        "styles": list(styles),
        "recipe": json.loads(recipe.canonical()),
        "weights": weights.name,
        "weights_sha256": weights.sha256,
        "engine_version": ENGINE_VERSION,
        "outcome": result.outcome,
        **statistics,
    }


def _write(out: Path, pixels: Pixels, facts: dict[str, Any]) -> None:
    from flows.files import write_whole
    from images import encode_jpeg, encode_png

    encode = encode_png if out.suffix.lower() == ".png" else encode_jpeg
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, encode(pixels, {"atelier": json.dumps(facts)}))
