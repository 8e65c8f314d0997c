"""Paints pictures: walks the pyramid and takes the steps of each scale.

Importing this module starts the backend; ``stylize.engine`` does so with the first picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np

from images import resize
from stylize import backend
from stylize.backend.memory import give_back, returning_large_blocks
from stylize.colour import COLOUR_MODES, ColourMode
from stylize.memory import SIDES, Room, tile_side
from stylize.objective import Balance, Losses, Objective, Targets
from stylize.optimize import Problem, make_advance, make_follow, optimiser_for
from stylize.picture import Picture, initial_image
from stylize.precision import Precision
from stylize.pyramid import Scale, cell_of, crop, scales
from stylize.recipe import Recipe
from stylize.result import Pixels, Result, Statistics, thin
from stylize.statistics_store import StatisticsStore
from stylize.targets import TargetStore
from stylize.tiles import TiledObjective
from stylize.vgg import VGG, Arrays
from stylize.walk import OnIterate, Walk

__all__ = ["Painter", "trace_key"]

Evaluate = Callable[[Any, Targets, Balance], tuple[Losses, Any]]


def trace_key(recipe: Recipe) -> tuple[Any, ...]:
    """What a painter's compiled functions depend on: recipes with equal keys share a painter."""
    layers = tuple(
        tuple(name for name, _ in chosen) for chosen in (recipe.content_layers, recipe.style_layers)
    )
    losses = (recipe.content_loss, recipe.style_loss, recipe.variation, recipe.view)
    return (recipe.network, layers, recipe.pooling, recipe.edges, recipe.levels, *losses)


class Painter:
    """Paints with one network and one choice of losses; its graph and targets outlive a picture."""

    def __init__(
        self,
        arrays: Arrays,
        recipe: Recipe,
        precision: Precision,
        statistics: StatisticsStore | None = None,
    ):
        """`statistics` are shared with other painters."""
        self._statistics_store = statistics
        self.precision = precision
        layers = [name for name, _ in (*recipe.content_layers, *recipe.style_layers)]
        how = {"pooling": recipe.pooling, "edges": recipe.edges}
        vgg = VGG.from_arrays(recipe.network, arrays, layers, precision, **how)
        self.width = vgg.width
        self._objective = Objective(vgg, recipe)
        self._evaluate = backend.compiled(backend.value_and_gradient(self._objective))
        self._tiled = TiledObjective(self._objective, min(SIDES))
        self._advance, self._follow = make_advance(), make_follow()
        self._targets = TargetStore(
            backend.compiled(self._objective.content_features),
            backend.compiled(self._objective.style_moments),
            self._objective.style_layers,
            statistics,
        )

    def paint(
        self,
        pictures: Sequence[Picture],
        recipe: Recipe,
        room: Room,
        on_iterate: OnIterate | None = None,
    ) -> list[Result]:
        """Paint a batch of pictures whose photos have equal shapes, within `room`.

        Raises `PaintError` where not even tiles fit.
        """
        mode = COLOUR_MODES[recipe.colours]
        toned = [p._replace(styles=mode.styles(p.photo, p.styles)) for p in pictures]
        cell = cell_of(recipe, backend.compiles_shapes)
        images = np.stack([initial_image(picture, recipe, cell) for picture in toned])
        given = pictures[0].initial
        above = 0 if given is None else max(given.shape[:2])
        _, height, width, _ = images.shape
        finish = partial(_finished, mode, pictures[0].photo, canvas=(height, width))
        walk = Walk(scales(height, width, recipe, cell, above), on_iterate, finish)
        for scale in walk.pyramid:
            if walk.outcome == "stopped_non_finite":
                # Not painted any further, but brought to its full size.
                scale = scale._replace(steps=0)
            images, losses, tiles = self._scale(toned, images, scale, recipe, room, walk)
            give_back()
        return [
            Result(
                _finished(mode, picture.photo, image, canvas=(height, width)),
                walk.outcome,
                self._statistics(losses, walk, index, tiles),
            )
            for index, (image, picture) in enumerate(zip(images, pictures, strict=True))
        ]

    def _scale(
        self,
        pictures: Sequence[Picture],
        images: Any,
        scale: Scale,
        recipe: Recipe,
        room: Room,
        walk: Walk,
    ) -> tuple[Any, Losses, int]:
        """The images after the steps of one scale, with their losses and the tiles it took.

        `images` are those that the scale before ended with, of any size.
        """
        balance = _balance(recipe)
        side = tile_side(recipe, scale.height, scale.width, self.width, self.precision, room)
        evaluate, store, tiles = self._evaluate, self._targets, 1
        if side:
            tiled = self._tiled.at(side, recipe.seed)
            evaluate, tiles = tiled.evaluate, tiled.count(scale.height, scale.width)
            shared = self._statistics_store
            store = TargetStore(
                tiled.content_features,
                tiled.style_moments,
                self._objective.style_layers,
                shared and shared.under("tiles", side, recipe.seed),
            )
        cell = cell_of(recipe, backend.compiles_shapes)
        descend = optimiser_for(recipe, scale)
        with returning_large_blocks() if side else nullcontext():
            targets = store.of(pictures, scale, recipe, cell)

            def problem(image: Any) -> tuple[Losses, Any]:
                found: tuple[Losses, Any] = evaluate(image, targets, balance)
                return found

            task = Problem(problem, self._advance, self._follow, scale, recipe)
            # Resized in the call, so that a large image is not held beside what becomes of it.
            moved = descend(task, _resized(images, scale), walk)
            painted = np.asarray(moved, np.float32)
            return painted, problem(painted)[0], tiles

    def _statistics(self, losses: Losses, walk: Walk, index: int, tiles: int) -> Statistics:
        return Statistics(
            steps=walk.taken,
            content_loss=float(losses.content[index]),
            style_loss=float(losses.style[index]),
            tv_loss=float(losses.variation[index]),
            seconds=walk.seconds(),
            trace=thin(walk.trace(index)),
            precision=self.precision,
            backend=backend.describe(),
            device=backend.device(),
            tiles=tiles,
        )


def _resized(images: Sequence[Pixels], scale: Scale) -> Any:
    return np.stack([resize(image, scale.height, scale.width) for image in images])


def _finished(mode: ColourMode, photo: Pixels, image: Pixels, canvas: tuple[int, int]) -> Pixels:
    """What is shown of an image that is `canvas` at full size: without its rim, in its colours."""
    shape = [
        max(1, round(side * at / full))
        for side, at, full in zip(photo.shape, image.shape, canvas, strict=False)
    ]
    return mode.finish(crop(np.clip(image, 0, 1), *shape), resize(photo, *shape))


def _balance(recipe: Recipe) -> Balance:
    """α·(2-2s)², β·(2s)², γ for strength s: 0 keeps the photo, ½ is as the preset means it."""
    towards_photo, towards_style = (2 - 2 * recipe.strength) ** 2, (2 * recipe.strength) ** 2
    terms = (recipe.alpha * towards_photo, recipe.beta * towards_style, recipe.gamma)
    content, style = recipe.content_layers, recipe.style_layers
    return Balance(
        np.array(terms, "float32"),
        np.array([weight for _, weight in content], "float32"),
        np.array([weight for _, weight in style], "float32"),
    )
