"""`atelier presets` and `atelier weights`: what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import Json

if TYPE_CHECKING:
    from stylize import Preset

__all__ = ["presets", "weights"]


def presets(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One preset, with all its keys.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the presets, or explain one: every key, and what is not as in the default."""
    from flows.cli.console import emit_json
    from stylize import PRESETS, resolve_recipe

    if name is not None:
        resolve_recipe(name)  # raises for a name that is none, and says which is near
        preset = PRESETS[name]
        emit_json(_plain(preset)) if as_json else _explain(preset)
    elif as_json:
        emit_json([_plain(preset) for preset in PRESETS.values()])
    else:
        _list(PRESETS.values())


def weights(as_json: Json = False) -> None:
    """List the network weights: where they come from, their hashes, whether they are here."""
    from dataclasses import asdict

    from flows.cli.console import emit_json, say
    from stylize import list_weights

    found = list_weights()
    if as_json:
        emit_json([asdict(info) for info in found])
        return
    for info in found:
        say(f"{info.name} {info.network}: {info.where}", "bold" if info.available else "dim")
        say(f"  {info.note}")
        if info.sha256:
            say(f"  sha256 {info.sha256}", "dim")


def _plain(preset: Preset) -> dict[str, Any]:
    recipe = preset.recipe.model_dump(mode="json")
    return {"name": preset.name, "summary": preset.summary, "recipe": recipe}


def _list(presets: Iterable[Preset]) -> None:
    from flows.cli.console import say, table

    columns = ("preset", "network", "size", "steps", "optimiser", "what it is for")
    rows = [
        (p.name, r.network, r.size, " + ".join(map(str, r.steps)), r.optimiser, p.summary)
        for p in presets
        for r in [p.recipe]
    ]
    table(columns, rows, right=("size",))
    say("\nOne of them in full: atelier presets NAME", "dim")
    say("Any key of a recipe can be set: --set KEY=VALUE, or in a collection's [recipe].", "dim")


def _explain(preset: Preset) -> None:
    from flows.cli.console import say, table
    from stylize import PRESETS

    usual = PRESETS["default"].recipe
    say(f"{preset.name}: {preset.summary}\n", "bold")
    fields = type(preset.recipe).model_fields
    differs = {key: getattr(preset.recipe, key) != getattr(usual, key) for key in fields}
    rows = [
        ("*" if differs[key] else "", key, _words(getattr(preset.recipe, key)), field.description)
        for key, field in fields.items()
    ]
    table(("", "key", "value", "what it is"), rows)
    if any(differs.values()):
        say("\n* not as in the preset default", "dim")


def _words(value: object) -> str:
    """A recipe's value for people: a line for each layer, a comma between numbers."""
    if not isinstance(value, tuple):
        return f"{value:g}" if isinstance(value, float) else str(value)
    layers = any(isinstance(part, tuple) for part in value)
    parts = [f"{p[0]} {p[1]:g}" if isinstance(p, tuple) else _words(p) for p in value]
    return ("\n" if layers else ", ").join(parts)
