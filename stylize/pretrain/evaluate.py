"""How well a folded network still classifies: the figure its card states."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from stylize import backend
from stylize.layers import conv_layers
from stylize.preprocess import preprocess
from stylize.pretrain.dataset import Split
from stylize.vgg import VGG, Arrays

__all__ = ["accuracy"]

BATCH = 250


def accuracy(network: str, arrays: Arrays, split: Split) -> float:
    """The part of `split` that folded `arrays` and their head label rightly, 0–1, in float32."""
    last = conv_layers(network)[-1]
    vgg = VGG.from_arrays(network, arrays, [last], "float32", pooling="max", edges="zero")
    pooled = backend.compiled(lambda x: ops.max_pool(vgg.features(x, [last])[last], 2))
    right = sum(
        _right(pooled, arrays, split.images[at : at + BATCH], split.labels[at : at + BATCH])
        for at in range(0, len(split.labels), BATCH)
    )
    return right / len(split.labels)


def _right(pooled: Any, arrays: Arrays, images: NDArray[np.uint8], labels: Any) -> int:
    # Padding the last batch keeps one trace for all.
    batch = np.zeros((BATCH, *images.shape[1:]), np.float32)
    batch[: len(images)] = preprocess(images / np.float32(255))
    features = np.asarray(pooled(batch)).reshape(BATCH, -1)[: len(images)]
    logits = features @ arrays["predictions/kernel"] + arrays["predictions/bias"]
    return int((logits.argmax(1) == labels).sum())
