"""The training loop: SGD with Nesterov momentum on a warmed-up cosine schedule."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from stylize.pretrain.classifier import build_classifier, to_input, unfold
from stylize.pretrain.dataset import Dataset, augment

if TYPE_CHECKING:
    import keras

__all__ = ["Training", "train"]

log = logging.getLogger(__name__)


class Training(BaseModel):
    """How a classifier is trained; what its model card records."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: float = Field(0.5, gt=0, le=1, description="relative to the published network")
    pooling: str = Field("max", pattern="^(max|average)$")
    epochs: int = Field(24, ge=1)
    batch: int = Field(128, ge=1)
    peak_lr: float = Field(0.1, gt=0, description="reached after two epochs of warm-up")
    weight_decay: float = Field(5e-4, ge=0)
    label_smoothing: float = Field(0.05, ge=0, lt=1)
    erase: int = Field(0, ge=0, description="side of the erased square in pixels")
    seed: int = 0


def train(
    network: str,
    data: Dataset,
    how: Training,
    start: Mapping[str, NDArray[Any]] | None = None,
    after_epoch: Callable[[keras.Model], None] | None = None,
) -> keras.Model:
    """Train a classifier on ``data.train`` in mixed bfloat16, from the arrays `start` if given."""
    import keras

    keras.utils.set_random_seed(how.seed)
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    images, labels = to_input(data.train.images), data.train.labels
    targets = np.eye(int(labels.max()) + 1, dtype=np.float32)[labels]
    model = build_classifier(network, how.width, targets.shape[1], how.pooling, how.seed)
    if start is not None:
        unfold(model, network, start, data.train.images[:: max(1, len(images) // 1000)])
    steps = max(1, len(images) // how.batch)
    _compile(model, how, steps)
    rng = np.random.default_rng(how.seed)
    # A plain loop: Keras' own feeds a Python generator through TensorFlow's thread pool, which was
    # seen to dead-lock on a machine with two cores.
    for epoch in range(how.epochs):
        started = time.perf_counter()
        for picked in np.array_split(rng.permutation(len(images)), steps):
            batch = augment(images[picked], rng, erase=how.erase)
            logs = model.train_on_batch(batch, targets[picked], return_dict=True)
        model.reset_metrics()
        seconds = time.perf_counter() - started
        told = {name: round(float(value), 4) for name, value in logs.items()}
        log.info("epoch %d of %d, %.0f s: %s", epoch + 1, how.epochs, seconds, told)
        if after_epoch:
            after_epoch(model)
    return model


def _compile(model: keras.Model, how: Training, steps: int) -> None:
    import keras

    rate = keras.optimizers.schedules.CosineDecay(
        how.peak_lr * 0.02,
        how.epochs * steps,
        warmup_target=how.peak_lr,
        warmup_steps=min(2 * steps, how.epochs * steps // 2),
    )
    model.compile(
        optimizer=keras.optimizers.SGD(
            rate, momentum=0.9, nesterov=True, weight_decay=how.weight_decay
        ),
        loss=keras.losses.CategoricalCrossentropy(True, label_smoothing=how.label_smoothing),
        metrics=["accuracy"],
        jit_compile=False,
    )
