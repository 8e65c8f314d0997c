"""Frozen VGG16 and VGG19 feature extractors, cut at the deepest layer used."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from keras import ops
from numpy.typing import NDArray

from stylize.errors import WeightsError
from stylize.layers import WIDTHS, conv_layers, deepest
from stylize.weights import WeightSet

__all__ = ["VGG", "Arrays", "convention_of", "load_arrays"]

Tensor = Any
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class VGG:
    """A plain VGG as arrays ``<layer>/kernel`` (3,3,C_in,C_out) and ``<layer>/bias`` (C_out,)."""

    network: str
    arrays: Mapping[str, Tensor]
    pooling: Literal["max", "average"] = "max"
    edges: Literal["replicate", "zero"] = "replicate"

    @classmethod
    def from_arrays(
        cls, network: str, arrays: Arrays, layers: Sequence[str], dtype: str = "float32", **how: Any
    ) -> VGG:
        """The part of the network up to the deepest of `layers`, its arrays cast to `dtype`."""
        names = conv_layers(network)
        used = names[: names.index(deepest(network, layers)) + 1]
        tensors = {
            f"{layer}/{part}": ops.convert_to_tensor(arrays[f"{layer}/{part}"], dtype)
            for layer in used
            for part in ("kernel", "bias")
        }
        return cls(network, tensors, **how)

    @property
    def width(self) -> float:
        """Channels relative to the published network: 1 for its own weights."""
        return float(self.arrays["block1_conv1/kernel"].shape[-1]) / WIDTHS[0]

    def features(self, batch: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        """Feature maps after the ReLU of `layers` for a batch (N,H,W,3) in VGG space.

        Layer ``blockB_convI`` gives (N, ⌊H/2^(B-1)⌋, ⌊W/2^(B-1)⌋, C) in the dtype of the arrays.
        The first convolution pads by replication unless ``edges`` is ``"zero"``, which keeps the
        dark rim of zero padding out of the picture; all others pad with zeros.
        """
        x = ops.cast(batch, self.arrays["block1_conv1/kernel"].dtype)
        wanted, found = set(layers), {}
        for name in conv_layers(self.network):
            if name.endswith("_conv1") and name != "block1_conv1":
                x = self._pool(x)
            x = ops.relu(self._conv(x, name))
            if name in wanted:
                found[name] = x
            if len(found) == len(wanted):
                break
        return found

    def _conv(self, x: Tensor, name: str) -> Tensor:
        kernel, bias = self.arrays[f"{name}/kernel"], self.arrays[f"{name}/bias"]
        if name == "block1_conv1" and self.edges == "replicate":
            x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="symmetric")
            return ops.conv(x, kernel, padding="valid") + bias
        return ops.conv(x, kernel, padding="same") + bias

    def _pool(self, x: Tensor) -> Tensor:
        pool = ops.max_pool if self.pooling == "max" else ops.average_pool
        return pool(x, 2, strides=2, padding="valid")


def load_arrays(weights: WeightSet) -> dict[str, NDArray[Any]]:
    """Read the convolution arrays of a weights file; float32 or float16, any width.

    ``.npz`` holds ``<layer>/kernel`` and ``<layer>/bias``; ``.h5`` is one of Keras' two formats
    (``.weights.h5``, or the layout of the published VGG files), at full width.
    Raises `WeightsError` for a file that is neither, or lacks a layer.
    """
    try:
        read = _read_npz if weights.path.suffix == ".npz" else _read_h5
        arrays = read(weights.path, weights.network)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"{weights.path} cannot be read as {weights.network} weights ({error}): "
            "give an .npz or .h5 file made for this network."
        ) from error
    _check(weights, arrays)
    return arrays


def convention_of(weights: WeightSet, arrays: Arrays) -> str:
    """Whose activations the weights give: ``keras`` for its files, else what an ``.npz`` says.

    An ``.npz`` with weights of torchvision, the preprocessing folded into its first layer, says so
    in an array called ``convention``.
    """
    return "keras" if weights.path.suffix == ".h5" else str(arrays.get("convention", "own"))


def _read_npz(path: Path, network: str) -> dict[str, NDArray[Any]]:
    # NumPy would take anything else for a pickle, and advise to trust it.
    if not zipfile.is_zipfile(path):
        raise ValueError("it is no .npz file, or was cut off")
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _read_h5(path: Path, network: str) -> dict[str, NDArray[Any]]:
    import keras

    build = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}[network]
    model = build(include_top=False, weights=None)
    legacy = not path.name.endswith(".weights.h5")
    # Reading by name also takes the file with the classifier on top, whose layers are then ignored.
    model.load_weights(path, **({"by_name": True} if legacy else {}))
    return {
        f"{layer}/{part}": np.asarray(variable)
        for layer in conv_layers(network)
        for part, variable in zip(
            ("kernel", "bias"), model.get_layer(layer).get_weights(), strict=True
        )
    }


def _check(weights: WeightSet, arrays: Arrays) -> None:
    channels = 3
    for layer in conv_layers(weights.network):
        kernel, bias = arrays.get(f"{layer}/kernel"), arrays.get(f"{layer}/bias")
        if kernel is None or bias is None:
            raise WeightsError(
                f"{weights.path} has no {layer}: it is no {weights.network} weights file."
            )
        if kernel.shape[:3] != (3, 3, channels) or bias.shape != kernel.shape[3:]:
            raise WeightsError(
                f"{weights.path} has {layer} of shape {kernel.shape}, "
                f"(3, 3, {channels}, n) is needed."
            )
        if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            raise WeightsError(f"{weights.path} holds values that are not finite in {layer}.")
        channels = kernel.shape[3]
