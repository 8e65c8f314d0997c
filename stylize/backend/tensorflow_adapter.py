"""TensorFlow as what computes: the only module of the house that names it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

# Read once, when TensorFlow is imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import tensorflow as tf
from tensorflow.python.client.device_lib import list_local_devices

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

Tensor = Any

_traced = [0]
_deterministic = [False]

THREADS = int(os.environ.get("TF_NUM_INTRAOP_THREADS", "") or 4)
"""Threads of a deterministic painting: a sum in other parts is another sum in its last bits."""


def _gpus() -> list[Any]:
    found: list[Any] = tf.config.list_physical_devices("GPU")
    return found


def _grow_memory() -> None:
    # By default TensorFlow takes all of a GPU's memory at once, also from other processes.
    for gpu in _gpus():
        tf.config.experimental.set_memory_growth(gpu, True)


_grow_memory()
# Statistics are float32: the ten bits of TF32 would be too few for a matrix root.
tf.config.experimental.enable_tensor_float_32_execution(False)


def describe() -> str:
    """The backend, its version and what was asked of it, as in ``tensorflow 2.21.0``."""
    how = f", deterministic, {THREADS} threads" if _deterministic[0] else ""
    return f"{keras.backend.backend()} {tf.__version__}{how}"


def make_deterministic() -> None:
    """Compute the same bits each time, for the rest of the process.

    Raises `PaintError` where TensorFlow has begun with another number of threads, which then stays.
    """
    if _deterministic[0]:
        return
    threading = tf.config.threading
    try:
        threading.set_intra_op_parallelism_threads(THREADS)
        threading.set_inter_op_parallelism_threads(1)
    except RuntimeError as error:
        within = threading.get_intra_op_parallelism_threads()
        if (within, threading.get_inter_op_parallelism_threads()) != (THREADS, 1):
            raise PaintError(
                "TensorFlow has begun in this process with other threads, which a deterministic "
                "painting cannot change: begin it in a new process (Dask: start the workers anew)."
            ) from error
    tf.config.experimental.enable_op_determinism()
    _deterministic[0] = True


def device() -> str:
    """``"gpu"`` where one is visible, else ``"cpu"``."""
    return "gpu" if _gpus() else "cpu"


def compiles_shapes() -> bool:
    """Whether every new shape is compiled anew: XLA, on a GPU; never on a CPU."""
    return bool(_gpus())


def free_memory() -> int:
    """Bytes that a painting may still take: the GPU's total, or the system's available."""
    if not _gpus():
        return system_memory()
    limits = [one.memory_limit for one in list_local_devices() if one.device_type == "GPU"]
    return int(min(limits))


def traces() -> int:
    """How many functions have been traced since the process began."""
    return _traced[0]


def value_and_gradient(function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """A function that returns ``function``'s values and the gradient of the first of them.

    ``function(x, *rest)`` gives a tuple whose first entry is (N,) or a scalar; the gradient of its
    sum is in x, which may be nested.
    """

    def both(x: Any, *rest: Any) -> tuple[Any, Any]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            values = function(x, *rest)
            total = tf.reduce_sum(values[0])
        return values, tape.gradient(total, x, unconnected_gradients="zero")

    return both


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` of (nested) tensors as one graph, traced once for each nesting, with free sizes.

    The first three axes of four-dimensional arguments, and the first of all others, may change from
    call to call.
    """
    traced: dict[str, Callable[..., Any]] = {}

    def counted(*arguments: Any) -> Any:
        _traced[0] += 1
        return function(*arguments)

    def call(*arguments: Any) -> Any:
        arguments = tf.nest.map_structure(tf.convert_to_tensor, arguments)
        signature = tf.nest.map_structure(_free, arguments)
        nesting = str(signature)
        if nesting not in traced:
            # TensorFlow warns of tracing too often by the code it traces: a partial has none, so
            # that it is not the same for all functions.
            traced[nesting] = tf.function(
                functools.partial(counted),
                input_signature=signature,
                autograph=False,
                jit_compile=compiles_shapes() or None,
            )
        return traced[nesting](*arguments)

    return call


def _free(tensor: Tensor) -> Any:
    shape = list(tensor.shape)
    if len(shape) == 4:
        shape[:3] = [None, None, None]
    elif shape:
        shape[0] = None
    return tf.TensorSpec(shape, tensor.dtype)
