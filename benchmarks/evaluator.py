"""The judge of every speed-up: one fixed float32 loss, and nothing of the engine in it.

Written on its own with plain TensorFlow, so that no change of the engine can move the goal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylize.preprocess import preprocess
from stylize.result import Pixels

__all__ = ["CONTENT_LAYER", "CONTENT_WEIGHT", "STYLE_LAYERS", "Evaluator"]

Tensor = Any

CONTENT_LAYER = "block4_conv2"
CONTENT_WEIGHT = 0.05
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))

_LAYERS = tuple(
    f"block{block}_conv{index}"
    for block, count in enumerate((2, 2, 4, 4, 1), start=1)
    for index in range(1, count + 1)
)


class Evaluator:
    """L(x) = .05·mean((F-F*)²)/mean(F*²) + Σ_l .2·‖G_l-G*_l‖²/‖G*_l‖² for one photo and style.

    F is block4_conv2, the G_l = F'F/(H·W) are of block1..5_conv1, after the ReLU; VGG19 as it was
    published: max pooling, zero padding, BGR 0-255 less the means. No total variation. float32.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], photo: Pixels, style: Pixels):
        """`arrays` are those of `stylize.vgg.load_arrays`; images are float32 (H,W,3) in [0,1].

        Targets are computed here, once.
        """
        import tensorflow as tf

        self._arrays = {
            f"{layer}/{part}": tf.constant(arrays[f"{layer}/{part}"], tf.float32)
            for layer in _LAYERS
            for part in ("kernel", "bias")
        }
        self.shape: tuple[int, ...] = (1, *photo.shape)
        content = self._features(tf.constant(photo[None]))[CONTENT_LAYER]
        self._content, self._power = content, tf.reduce_mean(tf.square(content))
        found = self._features(tf.constant(style[None]))
        self._style = {layer: _gram(found[layer]) for layer in STYLE_LAYERS}
        self._compiled = tf.function(
            self.parts, input_signature=[tf.TensorSpec(self.shape, tf.float32)], autograph=False
        )

    def parts(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The loss of an image (1,H,W,3), and its content and style terms before their weights."""
        import tensorflow as tf

        found = self._features(image)
        content = tf.reduce_mean(tf.square(found[CONTENT_LAYER] - self._content)) / self._power
        style = tf.add_n([self._apart(layer, found[layer]) for layer in STYLE_LAYERS])
        return CONTENT_WEIGHT * content + style, content, style

    def judge(self, picture: Pixels) -> tuple[float, float, float]:
        """`parts` of a picture (H,W,3), compiled, as floats: loss, content, style."""
        loss, content, style = self._compiled(np.ascontiguousarray(picture[None], "float32"))
        return float(loss), float(content), float(style)

    def value_and_gradient(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of an image (1,H,W,3) and its gradient, for use inside a compiled function."""
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(image)
            loss = self.parts(image)[0]
        return loss, tape.gradient(loss, image)

    def _apart(self, layer: str, features: Tensor) -> Tensor:
        import tensorflow as tf

        target = self._style[layer]
        away = tf.reduce_sum(tf.square(_gram(features) - target))
        return away / tf.reduce_sum(tf.square(target)) / len(STYLE_LAYERS)

    def _features(self, image: Tensor) -> dict[str, Tensor]:
        import tensorflow as tf

        x, found = preprocess(image), {}
        for layer in _LAYERS:
            if layer.endswith("_conv1") and layer != _LAYERS[0]:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            x = tf.nn.conv2d(x, self._arrays[f"{layer}/kernel"], 1, "SAME")
            x = tf.nn.relu(tf.nn.bias_add(x, self._arrays[f"{layer}/bias"]))
            found[layer] = x
        return found


def _gram(features: Tensor) -> Tensor:
    import tensorflow as tf

    flat = tf.reshape(features, (-1, features.shape[-1]))
    return tf.matmul(flat, flat, transpose_a=True) / tf.cast(tf.shape(flat)[0], tf.float32)
