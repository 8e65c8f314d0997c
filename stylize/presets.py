"""Presets: named, shipped recipes. A new one is one entry here."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from stylize.errors import RecipeError
from stylize.recipe import Recipe, make_recipe

__all__ = ["PRESETS", "Preset", "resolve_recipe"]


@dataclass(frozen=True)
class Preset:
    """A recipe with a name and one sentence on what it is for."""

    name: str
    summary: str
    recipe: Recipe


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                "default",
                "Broad strokes first, detail last; the subject stays readable.",
                Recipe(),
            ),
        )
    }
)
"""All presets by name."""


def resolve_recipe(preset: str = "default", overrides: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe of `preset` with `overrides`.

    Raises `RecipeError` for an unknown preset, an unknown key or a value out of range.
    """
    if preset not in PRESETS:
        near = difflib.get_close_matches(preset, PRESETS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(PRESETS)}."
        raise RecipeError(f"There is no preset {preset!r}: {hint}")
    return make_recipe(PRESETS[preset].recipe, overrides or {})
