"""Paints one picture: walks the pyramid, takes the steps, guards against non-finite values.

Importing this module starts TensorFlow; ``stylize.engine`` does so with the first picture.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from images import resize
from stylize import backend
from stylize.adam import Moments, Rates, start
from stylize.cache import Cache
from stylize.colour import recolour
from stylize.optimize import Balance, Losses, Objective, Targets, make_step
from stylize.precision import Precision
from stylize.preprocess import check_batch, preprocess
from stylize.pyramid import Scale, canvas_of, crop, scales, style_at
from stylize.recipe import Recipe
from stylize.result import Iterate, Outcome, Pixels, Result, Statistics, thin
from stylize.vgg import VGG, Arrays

__all__ = ["Painter"]

OnIterate = Callable[[Iterate], None]

RETRIES = 4
"""Roll-backs, each with half the learning rate, before a painting ends early."""

TARGET_BYTES = 256 << 20
"""Style targets, and content features, that are kept for the next pictures."""

LAST_RATE = 0.1
"""The learning rate at the end of each scale, as a part of that at its start (cosine between)."""


class Painter:
    """Paints with one network and one choice of layers; its graph and targets outlive a picture."""

    def __init__(self, arrays: Arrays, recipe: Recipe, precision: Precision):
        self.precision = precision
        content = [name for name, _ in recipe.content_layers]
        style = [name for name, _ in recipe.style_layers]
        how = {"pooling": recipe.pooling, "edges": recipe.edges}
        vgg = VGG.from_arrays(recipe.network, arrays, (*content, *style), precision, **how)
        objective = Objective(vgg, content, style)
        self._step = make_step(objective)
        self._content_features = backend.compiled(objective.content_features)
        self._style_grams = backend.compiled(objective.style_grams)
        self._grams = Cache(TARGET_BYTES)
        self._features = Cache(TARGET_BYTES)

    def paint(
        self,
        photo: Pixels,
        styles: Sequence[Pixels],
        blend: Sequence[float],
        recipe: Recipe,
        on_iterate: OnIterate | None = None,
    ) -> Result:
        """Paint `photo`, already at its final shape, in a blend of `styles` (weights sum to 1)."""
        canvas = canvas_of(photo)
        walk = _Walk(recipe, scales(canvas.shape[0], canvas.shape[1], recipe), on_iterate)
        image = _initial(canvas, styles, blend, recipe)
        for scale in walk.pyramid:
            image = resize(image, scale.height, scale.width)
            targets = self._targets(canvas, styles, blend, scale, recipe)
            image = self._descend(image, scale, targets, walk)
        losses = self._losses(image, targets, recipe)
        statistics = Statistics(
            steps=walk.taken,
            content_loss=float(losses.content),
            style_loss=float(losses.style),
            tv_loss=float(losses.variation),
            seconds=walk.seconds(),
            trace=thin(walk.trace),
            precision=self.precision,
            backend=backend.describe(),
            device=backend.device(),
        )
        return Result(crop(image, *photo.shape[:2]), walk.outcome, statistics)

    def _descend(self, image: Pixels, scale: Scale, targets: Targets, walk: _Walk) -> Pixels:
        """Take the steps of one scale from `image`; roll back when values stop being finite."""
        state = good = _fresh(image, walk.recipe)
        balance, shrink, taken, since = _balance(walk.recipe), 1.0, 0, 0
        while taken < scale.steps:
            rates = _rates(walk.recipe, shrink * _decay(taken, scale.steps))
            number = np.float32(since + 1)
            moved, levels, losses, ok = self._step(*state, number, rates, targets, balance)
            if bool(ok):
                good, state, taken, since = state, (moved, levels), taken + 1, since + 1
                walk.advance(scale, float(losses.total), moved)
            elif not walk.roll_back():
                break
            else:
                # The step before is the one that went wrong: start again from where it started.
                shrink, since, state = shrink / 2, 0, _fresh(np.asarray(good[0])[0], walk.recipe)
        last = good if walk.outcome == "stopped_non_finite" else state
        painted: Pixels = np.asarray(last[0])[0]
        return painted

    def _losses(self, image: Pixels, targets: Targets, recipe: Recipe) -> Losses:
        rates, one = _rates(recipe, 0.0), np.float32(1)
        *_, losses, _ = self._step(*_fresh(image, recipe), one, rates, targets, _balance(recipe))
        return Losses(*losses)

    def _targets(
        self,
        canvas: Pixels,
        styles: Sequence[Pixels],
        blend: Sequence[float],
        scale: Scale,
        recipe: Recipe,
    ) -> Targets:
        content = resize(canvas, scale.height, scale.width)
        features = self._features.get(
            _digest(content), lambda: self._content_features(_batch(content))
        )
        grams = [self._gram(style_at(style, scale, recipe.style_scale)) for style in styles]
        mixed = tuple(
            sum(share * np.asarray(gram) for share, gram in zip(blend, layer, strict=True))
            for layer in zip(*grams, strict=True)
        )
        return Targets(features, mixed)

    def _gram(self, style: Pixels) -> tuple[Any, ...]:
        return self._grams.get(_digest(style), lambda: self._style_grams(_batch(style)))


class _Walk:
    """The progress of one painting: steps taken, their losses, and how often it was rolled back."""

    def __init__(self, recipe: Recipe, pyramid: list[Scale], on_iterate: OnIterate | None):
        self.recipe, self.pyramid = recipe, pyramid
        self.steps = sum(scale.steps for scale in pyramid)
        self.taken = self.rolled_back = 0
        self.outcome: Outcome = "finished"
        self.trace: list[tuple[int, float]] = []
        self._on_iterate, self._started = on_iterate, time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self._started

    def advance(self, scale: Scale, loss: float, image: Any) -> None:
        self.taken += 1
        self.trace.append((self.taken, loss))
        if self._on_iterate:
            shape = (scale.height, scale.width)
            self._on_iterate(
                Iterate(
                    self.taken,
                    self.steps,
                    shape,
                    loss,
                    self.seconds(),
                    lambda: np.asarray(image)[0],
                )
            )

    def roll_back(self) -> bool:
        """Note a roll-back; false when there were too many and the painting is to end."""
        self.rolled_back += 1
        self.outcome = "recovered" if self.rolled_back <= RETRIES else "stopped_non_finite"
        return self.outcome == "recovered"


def _initial(
    canvas: Pixels, styles: Sequence[Pixels], blend: Sequence[float], recipe: Recipe
) -> Pixels:
    if recipe.initial == "content":
        return canvas
    if recipe.initial == "recoloured":
        share = np.float32(min(1.0, 2 * recipe.strength))
        return canvas + share * (recolour(canvas, styles, blend) - canvas)
    noise = np.random.default_rng(recipe.seed).normal(0.5, 0.2, canvas.shape)
    return np.clip(noise, 0, 1).astype(np.float32)


def _fresh(image: Pixels, recipe: Recipe) -> tuple[Any, tuple[Moments, ...]]:
    return np.ascontiguousarray(image[None]), start(image.shape[0], image.shape[1], recipe.levels)


def _batch(image: Pixels) -> Any:
    batch = np.ascontiguousarray(preprocess(image[None]))
    check_batch(batch)
    return batch


def _decay(step: int, steps: int) -> float:
    return LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * step / steps)) / 2


def _rates(recipe: Recipe, factor: float) -> Rates:
    coarser = recipe.levels - 1 - np.arange(recipe.levels)
    levels = recipe.learning_rate * factor * recipe.level_decay**coarser
    colours = (1.0, recipe.chroma_rate, recipe.chroma_rate)
    betas = (np.float32(value) for value in (recipe.beta_1, recipe.beta_2, recipe.epsilon))
    return Rates(levels.astype(np.float32), np.array(colours, "float32"), *betas)


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


def _digest(pixels: Pixels) -> bytes:
    shape = repr(pixels.shape).encode()
    return hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=16, key=shape).digest()
