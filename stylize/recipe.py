"""The recipe: every parameter that affects the pixels of a stylized image."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from types import MappingProxyType
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


NonNegative = Annotated[float, Field(ge=0)]
Layers = Annotated[tuple[tuple[str, float], ...], BeforeValidator(_as_layers)]
Steps = Annotated[tuple[int, ...], BeforeValidator(_as_steps)]


NEUTRAL: Mapping[str, Any] = MappingProxyType(
    {
        "optimiser": "adam",
        "space": "opponent",
        "clip": True,
        "final_rate": 0.1,
        "content_loss": "relative",
        "style_loss": "gram",
        "variation": "squared",
        "view": 0,
        "style_fit": "relative",
        "colours": "style",
        "result": "last",
        "plateau": 0.0,
        "convention": "any",
        "rescaled": [1.0, 1.0, 1.0],
    }
)
"""Keys that came later, each with the value that paints as before it came.

At that value a key is left out of the canonical text, so that the fingerprints of pictures painted
earlier stay theirs.
"""


class Recipe(BaseModel):
    """Every parameter that affects pixels, frozen and hashable; see `docs` for the reasons.

    The painting minimises (Gatys, Ecker & Bethge, CVPR 2016)

        α·(2-2s)²·Σ w_l C_l  +  β·(2s)²·Σ w_l S_l  +  γ·TV,     s = strength

    with every term divided by its target, so that one set of weights serves all sizes and networks,
    unless the recipe asks for the terms of a paper, which hold for the weights of one `convention`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    engine: Literal["optimize"] = Field("optimize", description="how the picture is painted")
    network: Literal["vgg16", "vgg19"] = Field("vgg19", description="the feature extractor")
    size: int = Field(512, ge=64, le=8192, description="longer side in pixels, never enlarging")
    fit: Literal["longer", "shorter"] = Field("longer", description="the side that `size` means")
    strength: float = Field(
        0.5, ge=0, le=1, description="0 is the photo, 1 is texture only, 0.5 as the preset means it"
    )
    alpha: float = Field(0.7, ge=0, description="weight of the content loss")
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
    initial: Literal["recoloured", "content", "style", "noise"] = Field(
        "recoloured",
        description="the initial image: the photo in the style's colours or its own, the style "
        "image, or noise",
    )
    steps: Steps = Field(
        (30, 24, 16), min_length=1, description="steps at each scale, coarsest first"
    )
    scale_factor: float = Field(1.6, gt=1, le=4, description="between one scale and the next")
    learning_rate: float = Field(
        0.03, gt=0, le=255, description="of lightness at the coarsest level, in units of `space`"
    )
    levels: int = Field(5, ge=1, le=5, description="resolutions that Adam moves the image at")
    level_decay: float = Field(
        0.75, gt=0, le=1, description="learning rate of a level relative to the next coarser one"
    )
    chroma_rate: float = Field(
        0.25, gt=0, le=1, description="speed of colour relative to that of lightness"
    )
    beta_1: float = Field(0.9, ge=0, lt=1, description="Adam's decay of the gradient's mean")
    beta_2: float = Field(0.99, ge=0, lt=1, description="Adam's decay of its square")
    epsilon: float = Field(1e-8, gt=0, description="Adam's guard against division by zero")
    seed: int = Field(0, ge=0, lt=2**32, description="of the noise; equal seeds, equal pictures")

    optimiser: Literal["adam", "quasi_newton", "lbfgs"] = Field(
        "quasi_newton",
        description="Adam; L-BFGS preconditioned on several resolutions; SciPy's L-BFGS. Steps of "
        "the latter two are evaluations and know no learning rate; above 2048² pixels Adam takes "
        "their place",
    )
    space: Literal["opponent", "rgb", "centred", "standardised", "bytes"] = Field(
        "opponent",
        description="colours that Adam moves: lightness and two chromas; RGB in 0-1; in -1 to 1; "
        "by ImageNet's mean and deviation; in 0-255",
    )
    clip: bool = Field(True, description="whether each step keeps the image in 0-1")
    final_rate: float = Field(
        0.1,
        gt=0,
        le=1,
        description="learning rate at a scale's end, as a part of that at its start",
    )
    content_loss: Literal["relative", "mean"] = Field(
        "relative", description="mean squared error, divided by the target's mean square or not"
    )
    style_loss: Literal["gram", "gram_mean", "gram_sum", "wasserstein"] = Field(
        "gram",
        description="Gram matrices, relative to the target; their mean squared error; the same "
        "times H·W/C; the Wasserstein distance of the features' Gaussians",
    )
    variation: Literal["squared", "absolute"] = Field(
        "squared", description="total variation: mean of squares, or sum of absolute values"
    )
    view: int = Field(
        0, ge=0, le=1024, description="side of the square the losses see the image at; 0: as it is"
    )
    style_fit: Literal["relative", "squeezed", "native"] = Field(
        "relative",
        description="the style image's shape: its own at `style_scale`, the photo's, its own at "
        "its own size",
    )
    colours: Literal["style", "luma", "linear", "histogram"] = Field(
        "style",
        description="whose colours: the style's, or the photo's, kept by painting lightness only, "
        "by recolouring the style image, or by matching the picture's histogram",
    )
    result: Literal["last", "lowest", "averaged"] = Field(
        "last",
        description="the iterate a scale ends with: the last, that of the lowest loss, or "
        "a running average",
    )
    plateau: float = Field(
        0.0, ge=0, lt=1, description="end a scale when ten steps gain less than this part; 0: never"
    )
    convention: Literal["any", "keras", "torchvision"] = Field(
        "any", description="weights that the terms were written for; others use `rescaled`"
    )
    rescaled: tuple[NonNegative, NonNegative, NonNegative] = Field(
        (1.0, 1.0, 1.0),
        description="α, β, γ under weights of another convention, each layer's term then being "
        "divided by its target",
    )

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
        """Canonical JSON: equal recipes give equal text, in any process and any later version."""
        given = self.model_dump(mode="json").items()
        told = {key: value for key, value in given if key not in NEUTRAL or value != NEUTRAL[key]}
        return json.dumps(told, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """The recipe that `canonical` wrote, in this version or an earlier one."""
        return cls.model_validate({**NEUTRAL, **json.loads(text)})

    def under(self, convention: str) -> Self:
        """The recipe as it paints with weights of `convention`: literally, or rescaled.

        The terms of a paper hold for the activations of one set of weights: content losses grow
        with their square, style losses with their fourth power. Under other weights each layer's
        term is divided by its target, and α, β, γ are `rescaled`.
        """
        if self.convention in ("any", convention):
            return self
        alpha, beta, gamma = self.rescaled
        relative = {"content_loss": "relative", "style_loss": "gram", "variation": "squared"}
        terms = {"alpha": alpha, "beta": beta, "gamma": gamma, "convention": "any"}
        return self.model_copy(update=relative | terms)


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
