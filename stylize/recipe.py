"""The recipe: every parameter that affects the pixels of a stylized image."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from stylize.errors import RecipeError
from stylize.layers import conv_layers

__all__ = ["Layers", "Recipe", "make_recipe"]


def _as_layers(value: object) -> object:
    """Accept ``{"block1_conv1": 1.0}`` or ``["block1_conv1"]`` for a tuple of pairs."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, Mapping):
        value = list(value.items())
    if isinstance(value, list | tuple):
        pairs = [(item, 1.0) if isinstance(item, str) else tuple(item) for item in value]
        return tuple(sorted(pairs))
    return value


def _as_steps(value: object) -> object:
    return (value,) if isinstance(value, int) else value


Layers = Annotated[tuple[tuple[str, float], ...], BeforeValidator(_as_layers)]
Steps = Annotated[tuple[int, ...], BeforeValidator(_as_steps)]


class Recipe(BaseModel):
    """Every parameter that affects pixels, frozen and hashable; see `docs` for the reasons.

    The painting minimises (Gatys, Ecker & Bethge, CVPR 2016)

        α·(2-2s)²·Σ w_l C_l  +  β·(2s)²·Σ w_l S_l  +  γ·TV,     s = strength

    with every term divided by its target, so that one set of weights serves all sizes and networks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Literal["optimize"] = Field("optimize", description="how the picture is painted")
    network: Literal["vgg16", "vgg19"] = Field("vgg19", description="the feature extractor")
    size: int = Field(512, ge=64, le=8192, description="longer side in pixels, never enlarging")
    fit: Literal["longer", "shorter"] = Field("longer", description="the side that `size` means")
    strength: float = Field(
        0.5, ge=0, le=1, description="0 is the photo, 1 is texture only, 0.5 as the preset means it"
    )
    alpha: float = Field(0.4, ge=0, description="weight of the content loss")
    beta: float = Field(1.0, ge=0, description="weight of the style loss")
    gamma: float = Field(1.0, ge=0, description="weight of the total variation loss")
    content_layers: Layers = Field(
        (("block4_conv2", 1.0),), min_length=1, description="layers whose features are kept"
    )
    style_layers: Layers = Field(
        tuple((f"block{block}_conv1", 0.2) for block in range(1, 6)),
        min_length=1,
        description="layers whose Gram matrices are matched",
    )
    pooling: Literal["max", "average"] = Field(
        "average", description="between the blocks; average leaves fewer streaks"
    )
    edges: Literal["replicate", "zero"] = Field(
        "replicate", description="padding of the first convolution"
    )
    style_scale: float = Field(
        1.5, ge=0.1, le=4, description="size of the style image relative to the photo's"
    )
    initial: Literal["recoloured", "content", "noise"] = Field(
        "recoloured", description="the initial image: the photo, in the style's colours or its own"
    )
    steps: Steps = Field(
        (60, 45, 25), min_length=1, description="Adam steps at each scale, coarsest first"
    )
    scale_factor: float = Field(1.6, gt=1, le=4, description="between one scale and the next")
    learning_rate: float = Field(0.03, gt=0, le=1, description="of lightness at the coarsest level")
    levels: int = Field(5, ge=1, le=5, description="resolutions that Adam moves the image at")
    level_decay: float = Field(
        0.75, gt=0, le=1, description="learning rate of a level relative to the next coarser one"
    )
    chroma_rate: float = Field(
        0.25, gt=0, le=1, description="learning rate of colour relative to that of lightness"
    )
    beta_1: float = Field(0.9, ge=0, lt=1, description="Adam's decay of the gradient's mean")
    beta_2: float = Field(0.99, ge=0, lt=1, description="Adam's decay of its square")
    epsilon: float = Field(1e-8, gt=0, description="Adam's guard against division by zero")
    seed: int = Field(0, ge=0, lt=2**32, description="of the noise; equal seeds, equal pictures")

    @model_validator(mode="after")
    def _layers_exist(self) -> Self:
        known = conv_layers(self.network)
        for name, weight in (*self.content_layers, *self.style_layers):
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f", did you mean {near[0]}" if near else f": use one of {', '.join(known)}"
                raise ValueError(f"{self.network} has no layer {name!r}{hint}")
            if weight < 0:
                raise ValueError(f"the weight of {name} is {weight}, it must not be negative")
        if any(count < 0 for count in self.steps) or sum(self.steps) > 100_000:
            raise ValueError("steps must be between 0 and 100000 in all")
        return self

    def canonical(self) -> str:
        """Canonical JSON of every field: equal recipes give equal text, in any process."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """The recipe that `canonical` wrote."""
        return cls.model_validate_json(text)


def make_recipe(base: Recipe, overrides: Mapping[str, Any]) -> Recipe:
    """`base` with `overrides`.

    Raises `RecipeError` with a sentence that names the key, what was given and what is allowed.
    """
    try:
        return Recipe.model_validate({**base.model_dump(), **overrides})
    except ValidationError as error:
        raise RecipeError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, Recipe.model_fields, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(Recipe.model_fields)}."
        return f"A recipe has no key {key!r}: {hint}"
    message = first["msg"].removeprefix("Value error, ")
    if not key:
        return f"The recipe cannot be used: {message}."
    given = f", {first['input']!r} was given" if not isinstance(first["input"], dict) else ""
    return f"Recipe key {key!r}{given}: {message[0].lower()}{message[1:]}."
