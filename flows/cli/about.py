"""`atelier presets` and `atelier weights`: what there is to choose from."""

from __future__ import annotations

from flows.cli.options import Json

__all__ = ["presets", "weights"]


def presets(as_json: Json = False) -> None:
    """List the presets: shipped recipes, by name."""
    from flows.cli.console import emit_json, say, table
    from stylize import PRESETS

    if as_json:
        emit_json(
            [
                {"name": p.name, "summary": p.summary, "recipe": p.recipe.model_dump(mode="json")}
                for p in PRESETS.values()
            ]
        )
        return
    table(
        ("preset", "size", "steps", "what it is for"),
        (
            (p.name, p.recipe.size, " + ".join(map(str, p.recipe.steps)), p.summary)
            for p in PRESETS.values()
        ),
        right=("size",),
    )
    say("\nAny key of a recipe can be set: --set KEY=VALUE, or in a collection's [recipe].", "dim")


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
