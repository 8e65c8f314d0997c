"""JAX as what computes: ``KERAS_BACKEND=jax`` chooses it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from stylize.backend.memory import system_memory
from stylize.errors import PaintError

__all__ = [
    "compiled",
    "compiles_shapes",
    "describe",
    "device",
    "free_memory",
    "make_deterministic",
    "traces",
    "value_and_gradient",
]

# Statistics are float32: the ten bits of TF32 would be too few for a matrix root.
jax.config.update("jax_default_matmul_precision", "highest")

_traced = [0]
_begun = [False]
_deterministic = [False]
_FLAG = "--xla_gpu_deterministic_ops=true"


def describe() -> str:
    """The backend, its version and what was asked of it, as in ``jax 0.10.2``."""
    return f"jax {jax.__version__}{', deterministic' if _deterministic[0] else ''}"


def make_deterministic() -> None:
    """Compute the same bits each time, for the rest of the process.

    On a CPU XLA does so by itself, with as many threads as the process may use: it has no number
    of its own to fix. On a GPU it has to be told before it starts; raises `PaintError` afterwards.
    """
    if _deterministic[0]:
        return
    flags = os.environ.get("XLA_FLAGS", "")
    if _FLAG not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {_FLAG}".strip()
        if _begun[0] and device() == "gpu":
            raise PaintError(
                "JAX has begun in this process without deterministic operations: begin it in a "
                f"new process, or set XLA_FLAGS={_FLAG}."
            )
    _deterministic[0] = True


def device() -> str:
    """``"gpu"`` where one is visible, else ``"cpu"``."""
    _begun[0] = True
    return "cpu" if jax.default_backend() == "cpu" else "gpu"


def compiles_shapes() -> bool:
    """Always: XLA compiles every new shape."""
    return True


def free_memory() -> int:
    """Bytes that a painting may still take: the GPU's free ones, or the system's available."""
    statistics = jax.devices()[0].memory_stats() or {}
    limit = statistics.get("bytes_limit")
    return system_memory() if limit is None else int(limit - statistics.get("bytes_in_use", 0))


def traces() -> int:
    """How many functions have been traced since the process began."""
    return _traced[0]


def value_and_gradient(function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """A function that returns ``function``'s values and the gradient of the first of them.

    ``function(x, *rest)`` gives a tuple whose first entry is (N,) or a scalar; the gradient of its
    sum is in x, which may be nested.
    """

    def summed(x: Any, *rest: Any) -> tuple[Any, Any]:
        values = function(x, *rest)
        return jnp.sum(values[0]), values

    def both(x: Any, *rest: Any) -> tuple[Any, Any]:
        (_, values), gradient = jax.value_and_grad(summed, has_aux=True)(x, *rest)
        return values, gradient

    return both


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` of (nested) arrays, compiled by XLA for each combination of their shapes."""

    def counted(*arguments: Any) -> Any:
        _traced[0] += 1
        return function(*arguments)

    jitted: Callable[..., Any] = jax.jit(counted)
    return jitted
