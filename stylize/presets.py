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


# What the five recipes of the literature's public systems have in common: one scale, plain Adam
# from the photo itself, max pooling, zero padding, and no total variation loss.
_PLAIN: Mapping[str, Any] = {
    "optimiser": "adam",
    "levels": 1,
    "level_decay": 1.0,
    "chroma_rate": 1.0,
    "final_rate": 1.0,
    "pooling": "max",
    "edges": "zero",
    "initial": "content",
    "content_loss": "mean",
    "alpha": 1.0,
    "gamma": 0.0,
    "beta_2": 0.999,
    "clip": False,
}

_BLOCKS = tuple(f"block{block}_conv1" for block in range(1, 6))

_FALLING: Mapping[str, Any] = {
    **_PLAIN,
    "content_layers": ["block4_conv2"],
    "style_layers": tuple(zip(_BLOCKS, (1.0, 0.8, 0.5, 0.3, 0.1), strict=True)),
    "style_loss": "gram_sum",
    "style_fit": "squeezed",
    "beta": 1e6,
    "learning_rate": 0.003,
    "space": "standardised",
    "convention": "torchvision",
    "rescaled": (0.4, 0.37, 0.0),
}

_PAIR: Mapping[str, Any] = {
    **_PLAIN,
    "size": 8192,
    "style_fit": "native",
    "content_layers": ["block5_conv2"],
    "style_layers": [(f"block{block}_conv1", 1 / 3) for block in (1, 3, 5)],
    "style_loss": "gram_mean",
    "alpha": 10.0,
    "beta": 1000.0,
    "learning_rate": 7.9,
    "space": "bytes",
    "steps": 100,
    "result": "lowest",
    "convention": "keras",
    "rescaled": (0.4, 1.0, 0.0),
}


def _preset(name: str, summary: str, **keys: Any) -> Preset:
    return Preset(name, summary, make_recipe(Recipe(), keys))


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                "default",
                "Broad strokes first, detail last; the subject stays readable.",
                Recipe(),
            ),
            _preset(
                "gatys-400",
                "Gatys, Ecker & Bethge as notebooks teach it: 30 000 small steps, style-heavy.",
                **{
                    **_FALLING,
                    "size": 400,
                    "fit": "shorter",
                    "style_layers": tuple(zip(_BLOCKS, (1.0, 0.75, 0.2, 0.2, 0.2), strict=True)),
                    "space": "centred",
                    "steps": 30_000,
                    "rescaled": (0.4, 0.43, 0.0),
                },
            ),
            _preset(
                "artwork",
                "A light touch: the losses see 256×256, the photo keeps its size; 100 steps.",
                **{
                    **_PLAIN,
                    "size": 8192,
                    "view": 256,
                    "style_fit": "native",
                    "content_layers": ["block5_conv2"],
                    "style_layers": [(name, 0.2) for name in _BLOCKS],
                    "style_loss": "gram_mean",
                    "variation": "absolute",
                    "alpha": 1e4,
                    "beta": 1e-2,
                    "gamma": 30.0,
                    "learning_rate": 0.01,
                    "beta_1": 0.99,
                    "epsilon": 0.1,
                    "clip": True,
                    "space": "rgb",
                    "steps": 100,
                    "convention": "keras",
                    # Large, as the terms are under its own weights: ε is small beside the gradient.
                    "rescaled": (4e5, 1e6, 1e6),
                },
            ),
            _preset(
                "max-400",
                "The same school, weights falling with depth: fine texture over 2800 steps.",
                **{**_FALLING, "size": 400, "fit": "shorter", "steps": 2800},
            ),
            _preset(
                "flask",
                "A small picture for a web page, the style squeezed to the photo's shape.",
                **{**_FALLING, "size": 256, "steps": 2000},
            ),
            _preset(
                "vgg16",
                "VGG16, three style layers, 100 large steps; the lowest loss is kept.",
                **{**_PAIR, "network": "vgg16"},
            ),
            _preset("vgg19", "The same with VGG19.", **_PAIR),
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
