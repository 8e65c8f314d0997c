"""A batch-normalised VGG that classifies, and the plain VGG it folds into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stylize.layers import BLOCKS, WIDTHS, conv_layers
from stylize.preprocess import MEAN_BGR

if TYPE_CHECKING:
    import keras

__all__ = ["INPUT_SCALE", "build_classifier", "fold_batch_norm", "to_input", "unfold"]

INPUT_SCALE = 64.0
"""One standard deviation of a photo's mean-centred 0–255 values: training sees unit scale."""


def to_input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """RGB uint8 (N,H,W,3) to what the classifier is fed: VGG space over `INPUT_SCALE`."""
    return (images[..., ::-1].astype(np.float32) - MEAN_BGR) / np.float32(INPUT_SCALE)


def build_classifier(
    network: str, width: float = 0.5, classes: int = 10, pooling: str = "max", seed: int = 0
) -> keras.Model:
    """A VGG for (N,32,32,3) inputs with all widths times `width` and logits (N,classes).

    Differs from the paper (Simonyan & Zisserman, arXiv:1409.1556): batch normalisation (Ioffe &
    Szegedy, arXiv:1502.03167) after every convolution, and one linear layer on top. `seed` decides
    its first weights and what its dropout leaves out.
    """
    import keras
    from keras import initializers, layers

    # Layers without a seed draw one from Python's generator, which other threads draw from, too.
    seeds = np.random.default_rng(seed)
    pool = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}[pooling]
    x = inputs = keras.Input((32, 32, 3))
    for block, (count, filters) in enumerate(zip(BLOCKS[network], WIDTHS, strict=True), start=1):
        for index in range(1, count + 1):
            x = _conv(x, int(filters * width), f"block{block}_conv{index}", _drawn(seeds))
        x = pool(2, name=f"block{block}_pool")(x)
    x = layers.Dropout(0.1, seed=_drawn(seeds))(layers.Flatten()(x))
    first = initializers.GlorotUniform(_drawn(seeds))
    head = layers.Dense(classes, name="predictions", dtype="float32", kernel_initializer=first)
    return keras.Model(inputs, head(x))


def _drawn(seeds: np.random.Generator) -> int:
    return int(seeds.integers(2**31))


def _conv(x: Any, filters: int, name: str, seed: int) -> Any:
    from keras import initializers, layers

    first = initializers.HeNormal(seed)
    conv = layers.Conv2D(
        filters, 3, padding="same", use_bias=False, kernel_initializer=first, name=name
    )
    return layers.ReLU()(layers.BatchNormalization(momentum=0.95, name=f"{name}_bn")(conv(x)))


def fold_batch_norm(model: keras.Model, network: str) -> dict[str, NDArray[np.float16]]:
    """Plain VGG arrays ``<layer>/kernel`` and ``<layer>/bias`` of a trained classifier.

    γ·(W x - μ)/√(σ²+ε) + β is a convolution with kernel W·γ/√(σ²+ε) and bias β - μ·γ/√(σ²+ε); the
    first kernel also absorbs `INPUT_SCALE`. The head is kept beside them as ``predictions/…``.
    """
    arrays: dict[str, NDArray[np.float16]] = {}
    for name in conv_layers(network):
        bn = model.get_layer(f"{name}_bn")
        gamma, beta, mean, variance = (np.asarray(v, np.float64) for v in bn.get_weights())
        factor = gamma / np.sqrt(variance + bn.epsilon)
        scale = INPUT_SCALE if name == "block1_conv1" else 1.0
        kernel = np.asarray(model.get_layer(name).kernel, np.float64) * factor / scale
        arrays[f"{name}/kernel"] = kernel.astype(np.float16)
        arrays[f"{name}/bias"] = (beta - mean * factor).astype(np.float16)
    kernel, bias = model.get_layer("predictions").get_weights()
    arrays["predictions/kernel"] = kernel.astype(np.float16)
    arrays["predictions/bias"] = bias.astype(np.float16)
    return arrays


def unfold(
    model: keras.Model,
    network: str,
    arrays: Mapping[str, NDArray[Any]],
    images: NDArray[np.uint8],
) -> None:
    """Give `model` the weights that `fold_batch_norm` wrote, to train it further.

    Kernels get the norm they would start with, since under batch normalisation only their
    direction counts; γ, β and the running statistics are those of each layer's output on `images`
    (N,32,32,3).
    """
    from keras import ops

    x = to_input(images)
    for name in conv_layers(network):
        if name.endswith("_conv1") and name != "block1_conv1":
            x = model.get_layer(f"block{int(name[5]) - 1}_pool")(x)
        scale = INPUT_SCALE if name == "block1_conv1" else 1.0
        kernel = arrays[f"{name}/kernel"].astype(np.float32) * scale
        norm = np.sqrt((kernel**2).sum((0, 1, 2)) / np.float32(2)) + np.float32(1e-12)
        raw = np.asarray(ops.conv(ops.cast(x, "float32"), kernel / norm, padding="same"))
        plain = raw * norm + arrays[f"{name}/bias"].astype(np.float32)
        mean, variance = raw.mean((0, 1, 2)), raw.var((0, 1, 2))
        model.get_layer(name).set_weights([kernel / norm])
        gamma, beta = plain.std((0, 1, 2)), plain.mean((0, 1, 2))
        model.get_layer(f"{name}_bn").set_weights([gamma, beta, mean, variance])
        x = np.maximum(plain, 0)
    head = [arrays[f"predictions/{part}"].astype(np.float32) for part in ("kernel", "bias")]
    model.get_layer("predictions").set_weights(head)
