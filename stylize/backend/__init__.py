"""The adapters between the numerical core, written with ``keras.ops``, and what computes it.

``KERAS_BACKEND`` chooses: ``tensorflow``, the default, or ``jax``. Importing this package starts
the one chosen.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

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


def _adapter() -> Any:
    # TensorFlow reads this once, when it is imported: say nothing but errors.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        import keras
    except (ImportError, ValueError) as error:
        raise PaintError(
            f"Keras cannot start its backend ({error}): "
            "set KERAS_BACKEND to tensorflow, or to jax where that is installed."
        ) from error
    name = keras.backend.backend()
    if name not in ("tensorflow", "jax"):
        raise PaintError(
            f"Keras is set to its {name} backend: set KERAS_BACKEND to tensorflow or jax."
        )
    return import_module(f"stylize.backend.{name}_adapter")


_chosen = _adapter()

compiled = _chosen.compiled
compiles_shapes: bool = _chosen.compiles_shapes()
describe = _chosen.describe
device = _chosen.device
free_memory = _chosen.free_memory
make_deterministic = _chosen.make_deterministic
traces = _chosen.traces
value_and_gradient = _chosen.value_and_gradient
