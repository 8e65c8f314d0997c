"""Deterministic painting is a matter of the whole process: asked for in time, or refused."""

import os
import subprocess
import sys

STARTED = """
from keras import ops
from stylize import PaintError, backend
ops.convert_to_numpy(ops.ones(3) + 1)
try:
    backend.make_deterministic()
except PaintError as error:
    print("refused:", error)
"""
IN_TIME = """
from stylize import backend
backend.make_deterministic()
backend.make_deterministic()
print(backend.describe())
"""


def said(code: str, backend: str) -> str:
    environment = {**os.environ, "KERAS_BACKEND": backend}
    environment.pop("TF_NUM_INTRAOP_THREADS", None)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_tensorflow_that_began_with_other_threads_is_told_so() -> None:
    """Their number cannot be changed any more: a sentence instead of other pixels."""
    words = said(STARTED, "tensorflow")
    assert "refused: TensorFlow has begun" in words
    assert "start the workers anew" in words


def test_jax_says_that_it_is_deterministic() -> None:
    """On a CPU it is so by itself; on a GPU it is told before it starts."""
    assert said(IN_TIME, "jax").strip().endswith(", deterministic")
