"""How much of the machine a painting's step uses: its FLOP/s over those of a matrix product."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.flops import matrix_product, vgg_step
from stylize.layers import WIDTHS, conv_layers

__all__ = ["SIZES", "GemmShare", "he_arrays", "measure"]

SIZES = (2048, 3072, 4096)
"""Rows of the square matrices whose best rate counts as the machine's peak."""


class GemmShare(NamedTuple):
    """FLOP/s of the step and of the best product, each the best of its runs; who, how, on what."""

    step: float
    peak: float
    peak_size: int
    precision: str
    side: int

    @property
    def share(self) -> float:
        """The step's part of the peak."""
        return self.step / self.peak


def measure(side: int, rounds: int, sizes: Sequence[int] = SIZES) -> GemmShare:
    """The engine's full-width VGG19 step at `side`² against TensorFlow's matrix product.

    One warm-up each, then `rounds` rounds in which each runs once, so that a neighbour on the
    machine disturbs all alike. The best run of each counts: noise only ever adds time.
    """
    precision = _precision()
    runs = {"step": _step(side, precision)}
    runs |= {f"product {size}": _product(size, precision) for size in sizes}
    best = _interleaved(runs, rounds)
    rates = {size: matrix_product(size) / best[f"product {size}"] for size in sizes}
    peak = max(sizes, key=lambda size: rates[size])
    return GemmShare(vgg_step(side, side) / best["step"], rates[peak], peak, precision, side)


def he_arrays(network: str = "vgg19", seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """Weights of a full-width network from nothing: normal, deviation √(2/fan-in), no bias.

    He et al. 2015, arXiv:1502.01852: activations keep their size through the layers, so that the
    arithmetic is that of a real painting. Arithmetic is all they are for.
    """
    rng, arrays, channels = np.random.default_rng(seed), {}, 3
    for layer in conv_layers(network):
        filters = WIDTHS[int(layer[len("block")]) - 1]
        # Pixels have deviations of some 60 units, which the first layer takes out.
        gain = np.sqrt(2 / (9 * channels)) / (60 if channels == 3 else 1)
        kernel = rng.standard_normal((3, 3, channels, filters), "float32")
        arrays[f"{layer}/kernel"] = kernel * np.float32(gain)
        arrays[f"{layer}/bias"] = np.zeros(filters, "float32")
        channels = filters
    return arrays


def _interleaved(runs: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    best = dict.fromkeys(runs, float("inf"))
    for run in runs.values():
        run()
    for _ in range(rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def _precision() -> str:
    from stylize import backend
    from stylize.precision import choose_precision, cpu_flags

    return choose_precision(backend.device(), cpu_flags())


def _product(size: int, precision: str) -> Callable[[], Any]:
    import tensorflow as tf

    draw = np.random.default_rng(0).standard_normal
    a, b = (tf.cast(tf.constant(draw((size, size), "float32")), precision) for _ in range(2))
    # One entry of the product comes back, so that on a GPU the clock waits for the work.
    multiply = tf.function(lambda x, y: tf.matmul(x, y)[0, 0], autograph=False)
    return lambda: float(multiply(a, b))


def _step(side: int, precision: str) -> Callable[[], Any]:
    """A step of the plainest recipe: the losses, and their gradient in the image."""
    from stylize import backend
    from stylize.objective import Balance, Objective, Targets
    from stylize.recipe import Recipe
    from stylize.vgg import VGG

    recipe = Recipe(pooling="max", edges="zero")
    layers = [name for name, _ in (*recipe.content_layers, *recipe.style_layers)]
    vgg = VGG.from_arrays(
        "vgg19", he_arrays(), layers, precision, pooling=recipe.pooling, edges=recipe.edges
    )
    objective = Objective(vgg, recipe)
    image = np.random.default_rng(1).random((1, side, side, 3), "float32")
    targets = Targets(objective.content_features(image), (objective.style_moments(image[:, ::-1]),))
    shares = np.full(len(recipe.style_layers), 1 / len(recipe.style_layers), "float32")
    balance = Balance(np.array((0.05, 1, 0), "float32"), np.ones(1, "float32"), shares)
    compiled = backend.compiled(backend.value_and_gradient(objective))

    def run() -> float:
        losses, gradient = compiled(image, targets, balance)
        return float(np.asarray(losses.total)[0]) + float(np.asarray(gradient)[0, 0, 0, 0])

    return run
