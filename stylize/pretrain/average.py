"""Average two networks, one trained further from the other, into one that is often better.

``python -m stylize.pretrain.average --share 0.65 first.npz second.npz --out averaged.npz``
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from stylize.layers import NETWORKS, conv_layers
from stylize.preprocess import preprocess
from stylize.pretrain.dataset import load_dataset
from stylize.pretrain.evaluate import accuracy
from stylize.vgg import Arrays

__all__ = ["average", "main"]

log = logging.getLogger(__name__)

Statistics = dict[str, tuple[NDArray[Any], NDArray[Any]]]


def average(
    network: str, first: Arrays, second: Arrays, share: float, images: NDArray[np.uint8]
) -> dict[str, NDArray[np.float16]]:
    """(1 - share)·first + share·second, each channel rescaled to the averaged mean and deviation.

    Averaging weights (Wortsman et al., arXiv:2203.05482) shrinks the activations' variance; putting
    each layer's statistics on `images` back (Jordan et al., arXiv:2211.08403) undoes that.
    """
    mixed = {
        name: (1 - share) * first[name].astype(np.float32) + share * second[name].astype(np.float32)
        for name in first
    }
    one, two = (_statistics(network, arrays, images) for arrays in (first, second))
    x = _input(images)
    for name in conv_layers(network):
        x = _pooled(x, name)
        pairs = zip(one[name], two[name], strict=True)
        mean, deviation = ((1 - share) * a + share * b for a, b in pairs)
        raw = np.asarray(ops.conv(x, mixed[f"{name}/kernel"], padding="same"))
        factor = deviation / (raw.std((0, 1, 2)) + 1e-8)
        mixed[f"{name}/kernel"] = mixed[f"{name}/kernel"] * factor
        mixed[f"{name}/bias"] = mean - raw.mean((0, 1, 2)) * factor
        x = np.maximum(raw * factor + mixed[f"{name}/bias"], 0)
    return {name: value.astype(np.float16) for name, value in mixed.items()}


def _statistics(network: str, arrays: Arrays, images: NDArray[np.uint8]) -> Statistics:
    found, x = {}, _input(images)
    for name in conv_layers(network):
        kernel, bias = (arrays[f"{name}/{part}"].astype(np.float32) for part in ("kernel", "bias"))
        y = np.asarray(ops.conv(_pooled(x, name), kernel, padding="same")) + bias
        found[name] = (y.mean((0, 1, 2)), y.std((0, 1, 2)))
        x = np.maximum(y, 0)
    return found


def _input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.ascontiguousarray(preprocess(images / np.float32(255)), np.float32)


def _pooled(x: Any, name: str) -> Any:
    return ops.max_pool(x, 2) if name.endswith("_conv1") and name != "block1_conv1" else x


def main(argv: list[str] | None = None) -> None:
    """Average two files, and write the result with its test accuracy beside it."""
    parser = argparse.ArgumentParser(prog="python -m stylize.pretrain.average", description=__doc__)
    parser.add_argument("files", type=Path, nargs=2, help="the earlier and the later .npz")
    parser.add_argument("--network", choices=NETWORKS, default="vgg19")
    parser.add_argument("--data", default="keras", help="'keras', or a folder or zip of images")
    parser.add_argument("--share", type=float, default=0.5, help="of the later one, 0–1")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    given = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    data = load_dataset(given.data)
    first, second = (dict(np.load(path, allow_pickle=False)) for path in given.files)
    sample = data.train.images[:: max(1, len(data.train.images) // 2000)]
    mixed = average(given.network, first, second, given.share, sample)
    figure = accuracy(given.network, mixed, data.test)
    with given.out.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **mixed)
    card = {"network": given.network, "test_accuracy": round(figure, 4), "share": given.share}
    given.out.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    log.info("test accuracy %.4f, written to %s", figure, given.out)


if __name__ == "__main__":
    main()
