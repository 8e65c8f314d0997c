"""`atelier stylize`: one picture, without a workspace."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli import options, stylize_options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from flows.cli.inputs import Inputs
    from flows.film import FilmOrder
    from flows.stages import Progress
    from stylize import Iterate, Recipe, Result, WeightSet

    Pixels = NDArray[np.float32]

__all__ = ["stylize"]

_DATA = "data"
_SUFFIXES = (".png", ".jpg", ".jpeg")
_TRACE_POINTS = 200


def stylize(
    content: Annotated[Path, typer.Argument(metavar="PHOTO", help="The photo.")],
    styles: Annotated[
        list[str],
        typer.Argument(metavar="STYLE…", help="Pictures, or names of styles; several are blended."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="OUT", help="The picture to write, a .png or .jpg."),
    ],
    preset: options.Preset = "default",
    size: options.Size = None,
    strength: options.Strength = None,
    weights: options.Weights = "imagenet",
    seed: options.Seed = None,
    settings: options.Setting = None,
    style_weights: stylize_options.StyleWeights = None,
    masks: stylize_options.Masks = None,
    initial: stylize_options.Initial = None,
    colours: stylize_options.Colours = None,
    plot: stylize_options.Plot = None,
    frames: stylize_options.Frames = None,
    video: stylize_options.Video = None,
    every: stylize_options.Every = None,
    fps: stylize_options.Fps = 30.0,
    workspace: options.WorkspaceFolder = _DATA,
    as_json: options.Json = False,
) -> None:
    """Paint one photo in one style, or in a blend of several."""
    from flows.cli.inputs import gather, initial_words
    from flows.film import FilmOrder
    from flows.workspace import Workspace
    from stylize import resolve_weights

    if out.suffix.lower() not in _SUFFIXES:
        raise typer.BadParameter(f"OUT must end in {', '.join(_SUFFIXES)}, not {out.name!r}")
    film = FilmOrder(frames, video, every, fps, ".png" if _is_png(out) else ".jpg")
    drawn = _plot_file(plot, out)
    _check(film, drawn)
    shortcuts = [f"colours={colours}"] if colours else []
    if initial in initial_words():
        initial, shortcuts = None, [*shortcuts, f"initial={initial}"]
    given = [*(settings or ()), *shortcuts]
    recipe = options.recipe_choice(preset, weights, size, strength, seed, given).recipe()
    named = resolve_weights(weights, recipe.network)
    chosen = Workspace.at(workspace).pull().choose_styles(styles, Path.cwd())
    start = Path(initial) if initial else None
    inputs = gather(content, chosen, recipe, style_weights, masks or (), start)
    made = _make(out, inputs, recipe, named, film, drawn)
    _tell(made, {"out": out, "plot": drawn, "frames": frames, "video": video}, size, as_json)


def _plot_file(plot: str | None, out: Path) -> Path | None:
    """Where the plot goes: nowhere, beside `out`, or where it was said."""
    if plot is None:
        return None
    path = Path(plot) if plot else out.with_name(f"{out.stem}-losses.png")
    if path.absolute() == out.absolute():
        raise typer.BadParameter(f"--plot {plot} is the picture itself; name another file")
    return path


def _check(film: FilmOrder, plot: Path | None) -> None:
    """Whatever cannot be written is said before anything is painted."""
    from flows.film import check_film
    from flows.plots import check_plot

    try:
        check_film(film)
        if plot:
            check_plot(plot)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _make(
    out: Path,
    inputs: Inputs,
    recipe: Recipe,
    weights: WeightSet,
    film: FilmOrder,
    plot: Path | None,
) -> dict[str, Any]:
    """Paint and write everything that was asked for; return the facts."""
    from flows.cli.console import console
    from flows.curves import CurveRecorder
    from flows.film import filming
    from flows.plots import plot_losses
    from flows.progress import console_progress

    recorder = CurveRecorder()
    with console_progress(console(stderr=True)) as progress:
        with filming(film, inputs.photo) as camera:
            result = _paint(inputs, recipe, weights, progress, (recorder, camera))
            facts = _facts(result, recipe, weights) | inputs.facts
            trace = recorder.curves(out.name, _TRACE_POINTS).facts()
            # The picture first: nothing that goes wrong with the rest is to cost it.
            _write(out, result.image, facts | trace)
            if film.video:
                progress("film", 0, 1, film.video.name)
            camera.finish(result.image)
        if film.video:
            progress("film", 1, 1, "")
    if plot:
        plot_losses(plot, [recorder.curves(out.name)])
    height, width = result.image.shape[:2]
    return facts | {"height": height, "width": width}


def _paint(
    inputs: Inputs,
    recipe: Recipe,
    weights: WeightSet,
    progress: Progress,
    watchers: Sequence[Callable[[Iterate], None]],
) -> Result:
    from flows.errors import AtelierError
    from stylize import Stylizer

    progress("stylize", 0, 1, "getting ready")

    def watch(iterate: Iterate) -> None:
        share = iterate.step / iterate.steps if iterate.steps else 1.0
        progress("stylize", min(share, 0.99), 1, f"step {iterate.step} of {iterate.steps}")
        for watcher in watchers:
            watcher(iterate)

    result = Stylizer(weights).stylize(
        inputs.photo, inputs.styles, recipe, on_iterate=watch, **inputs.more
    )
    if result.outcome == "stopped_non_finite":
        raise AtelierError(
            "The painting broke off in non-finite values; try a lower --set learning_rate=…"
        )
    progress("stylize", 1, 1, "")
    return result


def _facts(result: Result, recipe: Recipe, weights: WeightSet) -> dict[str, Any]:
    """What is written into the picture, and with `--json`."""
    from stylize import ENGINE_VERSION

    statistics = asdict(result.statistics)
    statistics.pop("trace")
    return {
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

    encode = encode_png if _is_png(out) else encode_jpeg
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, encode(pixels, {"atelier": json.dumps(facts)}))


def _is_png(out: Path) -> bool:
    return out.suffix.lower() == ".png"


def _tell(
    facts: dict[str, Any], files: dict[str, Path | None], asked: int | None, as_json: bool
) -> None:
    from flows.cli.console import emit_json, place, say
    from flows.progress import duration

    written = {what: path for what, path in files.items() if path}
    if as_json:
        emit_json({what: str(path) for what, path in written.items()} | facts)
        return
    sides = facts["width"], facts["height"]
    size = f"{sides[0]} × {sides[1]}"
    say(f"{place(written.pop('out'))}: {size}, painted in {duration(facts['seconds'])}", "bold")
    for what, path in written.items():
        say(f"  {what:<9} {place(path)}")
    if asked and asked > max(sides) and facts["recipe"]["fit"] == "longer":
        say(f"  Not {asked} pixels: a photo is never enlarged.", "dim")
    if facts.get("rescaled"):
        say(
            "  The preset's terms are for other weights: here each is divided by its target.", "dim"
        )
