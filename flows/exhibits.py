"""What the gallery shows beside the manifest: where a photo comes from, what repaints a picture."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from flows.columns import COLUMNS
from flows.derived import derived

if TYPE_CHECKING:
    import pandas as pd

    from flows.workspace import Workspace

__all__ = ["MEANINGS", "exhibits", "repainting"]

MEANINGS = {column.name: column.meaning for column in COLUMNS}
"""What each column of the manifest means."""

_OPTIONS = {"size": "--size", "strength": "--strength", "seed": "--seed"}


def exhibits(rows: pd.DataFrame, workspace: Workspace) -> pd.DataFrame:
    """`rows` with source, total_loss, alt (the photo's own text) and command as further columns."""
    alts: dict[str, str] = {}
    for photo in workspace.photos():
        if photo.present and photo.alt:
            alts.setdefault(photo.sha256, photo.alt)
    folder = workspace.root.resolve().name
    names = ("style", "styles", "preset", "weights", "recipe", "fingerprint")
    cells = zip(*(rows[name].tolist() for name in names), strict=True)
    more = derived(rows, ("source", "total_loss"), workspace)
    return more.assign(
        alt=[alts.get(sha256, "") for sha256 in rows["content_sha256"].tolist()],
        command=[repainting(dict(zip(names, row, strict=True)), folder) for row in cells],
    )


def repainting(row: Mapping[str, str], workspace: str) -> str:
    """The command that paints the picture of `row` again, quoted for a shell.

    It names the fingerprint: under another recipe no job has it, and nothing would be painted.
    "" for a blend, which `atelier restyle` does not paint, and for a recipe that is none.
    """
    settings = _settings(row["preset"], row["recipe"])
    if settings is None or _count(row["styles"]) > 1 or not (row["style"] and row["fingerprint"]):
        return ""
    words = ["--workspace", workspace, "--weights", row["weights"], *settings]
    words += ["--only", f"fingerprint = {row['fingerprint']}", "--force"]
    style = row["style"]
    named = [*words, "--", style] if style.startswith("-") else [style, *words]
    return shlex.join(["atelier", "restyle", *named])


@cache
def _settings(preset: str, recipe: str) -> tuple[str, ...] | None:
    """The options that make the recipe from its preset, or from the default's where there is none.

    None for text that is no recipe.
    """
    from pydantic import ValidationError

    from stylize import PRESETS, Recipe

    try:
        found = Recipe.from_canonical(recipe).model_dump(mode="json")
    except (ValidationError, ValueError, TypeError):
        return None
    start = preset if preset in PRESETS else "default"
    words = [] if start == "default" else ["--preset", start]
    base = PRESETS[start].recipe.model_dump(mode="json")
    for key, value in found.items():
        if value != base[key]:
            text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            words += [_OPTIONS[key], text] if key in _OPTIONS else ["--set", f"{key}={text}"]
    return tuple(words)


@cache
def _count(styles: str) -> int:
    try:
        return len(json.loads(styles))
    except (ValueError, TypeError):
        return 1
