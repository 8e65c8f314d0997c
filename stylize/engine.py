"""The engine: photos and styles in, stylized images out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from images import fit_shape, resize
from stylize.errors import PaintError
from stylize.precision import choose_precision, cpu_flags
from stylize.recipe import Recipe
from stylize.result import Iterate, Pixels, Result
from stylize.weights import WeightSet, resolve_weights

if TYPE_CHECKING:
    from stylize.painter import Painter

__all__ = ["ENGINE_VERSION", "Stylizer"]

ENGINE_VERSION = "1"
"""Raised when equal recipes begin to give other pictures; rows of older versions are `stale`."""


class Stylizer:
    """Paints pictures with one set of weights.

    Making one is cheap; the first picture starts TensorFlow and builds the network. It may be
    shared between threads, which then paint one after the other: the device is busy anyway.
    """

    def __init__(
        self,
        weights: WeightSet | str = "cifar10",
        precision: Literal["auto", "float32", "bfloat16"] = "auto",
    ):
        """`precision` is that of the feature maps; ``"auto"`` asks the hardware.

        Raises `WeightsError` when weights given by name cannot be had.
        """
        self._weights = weights
        self._precision = precision
        self._lock = threading.Lock()
        self._arrays: dict[str, Any] = {}
        self._painters: dict[tuple[Any, ...], Painter] = {}

    def stylize(
        self,
        content: Pixels,
        styles: Sequence[Pixels],
        recipe: Recipe | None = None,
        *,
        style_weights: Sequence[float] | None = None,
        on_iterate: Callable[[Iterate], None] | None = None,
    ) -> Result:
        """Paint `content` in the style of `styles`, blended by `style_weights` if several.

        Images are float32 (H,W,3), RGB in [0,1]. The result has the content's aspect and at most
        its size, ``recipe.size`` on the longer side. `on_iterate` is called after every step; an
        exception it raises ends the painting. Raises `PaintError` for images that are none, and
        `WeightsError` for weights that cannot be had.
        """
        recipe = recipe or Recipe()
        for image in (content, *styles):
            _check_image(image)
        blend = _shares(len(styles), style_weights)
        shape = fit_shape(content.shape[0], content.shape[1], recipe.size, recipe.fit)
        photo = resize(content, *shape)
        with self._lock:
            return self._painter(recipe).paint(photo, styles, blend, recipe, on_iterate)

    def _painter(self, recipe: Recipe) -> Painter:
        from stylize import backend
        from stylize.painter import Painter
        from stylize.vgg import load_arrays

        auto = choose_precision(backend.device(), cpu_flags())
        precision = auto if self._precision == "auto" else self._precision
        layers = tuple(name for name, _ in (*recipe.content_layers, *recipe.style_layers))
        key = (recipe.network, layers, recipe.pooling, recipe.edges, recipe.levels, precision)
        if recipe.network not in self._arrays:
            self._arrays[recipe.network] = load_arrays(self._weight_set(recipe.network))
        if key not in self._painters:
            self._painters[key] = Painter(self._arrays[recipe.network], recipe, precision)
        return self._painters[key]

    def _weight_set(self, network: str) -> WeightSet:
        if isinstance(self._weights, str):
            return resolve_weights(self._weights, network)
        if self._weights.network != network:
            raise PaintError(
                f"The recipe paints with {network}, but {self._weights.path} is "
                f"{self._weights.network}: resolve the weights for the recipe's network."
            )
        return self._weights


def _check_image(image: Pixels) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or not np.isfinite(image).all():
        raise PaintError(
            f"An image is float32 (H,W,3) in [0,1] and finite, {image.dtype} {image.shape} came: "
            "load it with images.load."
        )
    if image.min() < 0 or image.max() > 1:
        raise PaintError(
            f"An image is RGB in [0,1], values from {image.min():.3g} to {image.max():.3g} came: "
            "divide 8-bit values by 255."
        )


def _shares(count: int, weights: Sequence[float] | None) -> list[float]:
    shares = [1.0] * count if weights is None else [float(weight) for weight in weights]
    if count == 0 or len(shares) != count or min(shares) < 0 or sum(shares) <= 0:
        raise PaintError(
            f"{count} styles and {len(shares)} weights came: give a style or more, "
            "and for each a weight that is not negative, their sum above 0."
        )
    return [share / sum(shares) for share in shares]
