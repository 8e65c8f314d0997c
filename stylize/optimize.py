"""How an image moves down its loss at one scale: Adam, or L-BFGS. A new way is one entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from stylize import backend
from stylize.adam import SPACES, Moments, Rates, by_axis, descend, start
from stylize.keep import KEEPERS
from stylize.lbfgs import minimise
from stylize.memory import LARGE, pairs_for
from stylize.objective import Losses
from stylize.pyramid import Scale
from stylize.quasi_newton import Search, begin, follow
from stylize.recipe import Recipe
from stylize.walk import Walk

__all__ = [
    "OPTIMISERS",
    "Advance",
    "Evaluate",
    "Follow",
    "Problem",
    "adam_descent",
    "lbfgs_descent",
    "make_advance",
    "make_follow",
    "optimiser_for",
    "quasi_newton_descent",
    "rates_of",
]

Tensor = Any
Evaluate = Callable[[Tensor], tuple[Losses, Tensor]]
Advance = Callable[..., tuple[Tensor, tuple[Moments, ...], Tensor]]
Follow = Callable[..., tuple[Search, Tensor]]
Levels = list[tuple[Moments, ...]]
"""Moments of all levels: one entry for all colour axes, or one for each."""

PATIENCE = 10
"""Steps over which a plateau is looked for."""


class Problem(NamedTuple):
    """One scale of a painting: its loss and gradient, the compiled step, the recipe."""

    evaluate: Evaluate
    advance: Advance
    follow: Follow
    scale: Scale
    recipe: Recipe


Descent = Callable[[Problem, Tensor, Walk], Tensor]


def make_advance() -> Advance:
    """The compiled ``(image, gradient, totals, levels, step, rates)`` → image, levels, finite."""

    def advance(
        image: Tensor,
        gradient: Tensor,
        totals: Tensor,
        levels: tuple[Moments, ...],
        step: Tensor,
        rates: Rates,
    ) -> tuple[Tensor, tuple[Moments, ...], Tensor]:
        moved, levels = descend(image, gradient, levels, step, rates)
        finite = ops.all(ops.isfinite(totals)) & ops.all(ops.isfinite(gradient))
        return moved, levels, finite

    made: Advance = backend.compiled(advance)
    return made


def make_follow() -> Follow:
    """The compiled `quasi_newton.follow`."""
    made: Follow = backend.compiled(follow)
    return made


def adam_descent(problem: Problem, image: Tensor, walk: Walk) -> Tensor:
    """The steps of one scale by Adam from images (N,H,W,3); rolled back when not finite."""
    recipe, scale = problem.recipe, problem.scale
    keeper = KEEPERS[recipe.result]()
    fresh = _fresh(np.shape(image), recipe)
    state, good = (image, fresh), image
    del image  # an array the size of the picture: not kept beside what it becomes
    shrink, taken, since = 1.0, 0, 0
    while taken < scale.steps:
        rates = rates_of(recipe, shrink * _decay(taken / scale.steps, recipe.final_rate))
        losses, gradient = problem.evaluate(state[0])
        *moved, finite = _step(problem, *state, losses, gradient, np.float32(since + 1), rates)
        if finite:
            keeper.see(state[0], losses.total, moved[0])
            good, state, taken, since = state[0], (moved[0], moved[1]), taken + 1, since + 1
            walk.advance(scale, losses, moved[0])
            if _flat(recipe, walk, taken):
                walk.skip(scale.steps - taken)
                break
        elif not walk.roll_back():
            return keeper.kept(good)
        else:
            # The step before is the one that went wrong: start again from where it started.
            shrink, since, state = shrink / 2, 0, (good, fresh)
    return keeper.kept(state[0])


def quasi_newton_descent(problem: Problem, image: Tensor, walk: Walk) -> Tensor:
    """The steps of one scale, each an evaluation, by L-BFGS preconditioned on several levels."""
    recipe, scale = problem.recipe, problem.scale
    keeper = KEEPERS[recipe.result]()
    rates = rates_of(recipe, 1.0)
    search = begin(image, recipe.levels, pairs_for(scale.height, scale.width))
    taken = 0
    while taken < scale.steps:
        before, known = search.image, search.total
        losses, gradient = problem.evaluate(search.trial)
        search, finite = problem.follow(
            search, losses.total, gradient, rates.axes, rates.colours, rates.bounds
        )
        if not np.all(np.asarray(finite)):
            # The image stayed; the next trial is nearer to it.
            if not walk.roll_back():
                break
            continue
        taken += 1
        keeper.see(before, known, search.image)
        walk.advance(scale, losses._replace(total=search.total), search.image)
        if _flat(recipe, walk, taken):
            walk.skip(scale.steps - taken)
            break
    # The search's image is the lowest that it met, its last one included.
    return search.image if recipe.result == "lowest" else keeper.kept(search.image)


def lbfgs_descent(problem: Problem, image: Tensor, walk: Walk) -> Tensor:
    """The steps of one scale by L-BFGS, each an evaluation, for one picture after the other."""
    if np.shape(image)[0] != 1:
        raise ValueError(f"L-BFGS moves one picture at a time, {np.shape(image)[0]} came")
    scale = problem.scale
    if not scale.steps:
        return image
    last: list[Losses] = []

    def value_and_gradient(x: Any) -> tuple[float, Any]:
        losses, gradient = problem.evaluate(x)
        last[:] = [losses]
        return float(np.asarray(losses.total)[0]), np.asarray(gradient)

    def tell(number: int, x: Any, value: float) -> None:
        walk.advance(scale, last[0], x)

    bounds = (0.0, 1.0) if problem.recipe.clip else None
    found = minimise(value_and_gradient, np.asarray(image), scale.steps, bounds, tell)
    walk.skip(scale.steps - found.evaluations)
    if found.stopped == "non_finite":
        walk.stop_non_finite()
    return found.x


OPTIMISERS: Mapping[str, Descent] = MappingProxyType(
    {"adam": adam_descent, "quasi_newton": quasi_newton_descent, "lbfgs": lbfgs_descent}
)
"""All optimisers by the name that a recipe gives."""


def optimiser_for(recipe: Recipe, scale: Scale) -> Descent:
    """The recipe's optimiser; above `LARGE` pixels Adam for L-BFGS, which remembers too much."""
    large = scale.height * scale.width > LARGE
    return OPTIMISERS["adam" if large and recipe.optimiser != "adam" else recipe.optimiser]


def rates_of(recipe: Recipe, factor: float) -> Rates:
    """Adam's parameters for the recipe, its learning rates times `factor`."""
    coarser = recipe.levels - 1 - np.arange(recipe.levels)
    levels = recipe.learning_rate * factor * recipe.level_decay**coarser
    colours = (1.0, recipe.chroma_rate, recipe.chroma_rate)
    bounds = (0.0, 1.0) if recipe.clip else (-np.inf, np.inf)
    betas = (np.float32(value) for value in (recipe.beta_1, recipe.beta_2, recipe.epsilon))
    return Rates(
        levels.astype(np.float32),
        np.array(colours, "float32"),
        SPACES[recipe.space],
        np.array(bounds, "float32"),
        *betas,
    )


def _fresh(shape: Sequence[int], recipe: Recipe) -> Levels:
    """Moments to start from: of all axes at once, or of one after the other for large images."""
    count, height, width, _ = shape
    parts, axes = (3, 1) if height * width > LARGE else (1, 3)
    return [start(count, height, width, recipe.levels, axes) for _ in range(parts)]


def _step(
    problem: Problem,
    image: Tensor,
    moments: Levels,
    losses: Losses,
    gradient: Tensor,
    number: Tensor,
    rates: Rates,
) -> tuple[Tensor, Levels, bool]:
    """One step of Adam along all axes, and whether its values were finite."""
    moved: Levels = []
    finite = True
    for levels, part in zip(moments, by_axis(rates) if len(moments) > 1 else [rates], strict=True):
        image, after, sound = problem.advance(image, gradient, losses.total, levels, number, part)
        moved, finite = [*moved, after], finite and bool(sound)
    return image, moved, finite


def _decay(progress: float, final: float) -> float:
    """A cosine from 1 to `final`, at `progress` 0–1."""
    return final + (1 - final) * (1 + math.cos(math.pi * progress)) / 2


def _flat(recipe: Recipe, walk: Walk, taken: int) -> bool:
    return bool(recipe.plateau) and taken > PATIENCE and walk.gains(PATIENCE) < recipe.plateau
