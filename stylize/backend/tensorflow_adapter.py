"""The adapter between the numerical core, written with ``keras.ops``, and TensorFlow.

The only module of the house that names TensorFlow. Importing it starts TensorFlow.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

# TensorFlow reads these once, when it is imported: say nothing but errors.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import tensorflow as tf

__all__ = ["compiled", "describe", "device", "value_and_gradient"]

Tensor = Any


def _grow_memory() -> None:
    # By default TensorFlow takes all of a GPU's memory at once, also from other processes.
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)


_grow_memory()


def describe() -> str:
    """The backend and its version, as in ``tensorflow 2.21.0``."""
    return f"{keras.backend.backend()} {tf.__version__}"


def device() -> str:
    """``"gpu"`` where one is visible, else ``"cpu"``."""
    return "gpu" if tf.config.list_physical_devices("GPU") else "cpu"


def value_and_gradient(function: Callable[..., Any]) -> Callable[..., tuple[Any, Tensor]]:
    """A function that returns ``function``'s values and the gradient of the first of them.

    ``function(x, *rest)`` gives a tuple whose first entry is a scalar; the gradient is in x.
    """

    def both(x: Tensor, *rest: Any) -> tuple[Any, Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            values = function(x, *rest)
        return values, tape.gradient(values[0], x)

    return both


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` of (nested) tensors as one graph, traced once with free height and width.

    The second and third axes of four-dimensional arguments may change from call to call.
    """
    traced: list[Callable[..., Any]] = []

    def call(*arguments: Any) -> Any:
        arguments = tf.nest.map_structure(tf.convert_to_tensor, arguments)
        if not traced:
            signature = tf.nest.map_structure(_free, arguments)
            traced.append(tf.function(function, input_signature=signature, autograph=False))
        return traced[0](*arguments)

    return call


def _free(tensor: Tensor) -> Any:
    shape = list(tensor.shape)
    if len(shape) == 4:
        shape[1:3] = [None, None]
    return tf.TensorSpec(shape, tensor.dtype)
