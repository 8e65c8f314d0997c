"""``python -m stylize.pretrain --network vgg19 --data cifar10-images.zip --out vgg19.npz``."""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

import numpy as np

from stylize import backend
from stylize.layers import NETWORKS
from stylize.pretrain.classifier import fold_batch_norm
from stylize.pretrain.dataset import load_dataset
from stylize.pretrain.evaluate import accuracy
from stylize.pretrain.training import Training, train

log = logging.getLogger("stylize.pretrain")


def main(argv: list[str] | None = None) -> None:
    """Train, fold and write an ``.npz`` with a ``.json`` of the settings and the test accuracy."""
    parser = argparse.ArgumentParser(prog="python -m stylize.pretrain", description=__doc__)
    parser.add_argument("--network", choices=NETWORKS, default="vgg19")
    parser.add_argument("--data", default="keras", help="'keras', or a folder or zip of images")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    parser.add_argument("--start", type=Path, help="an .npz of an earlier run to train further")
    for name, field in Training.model_fields.items():
        kind = type(field.default)
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=kind, default=field.default, help=field.description)
    arguments = vars(parser.parse_args(argv))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    network, source, out, start = (
        arguments.pop(name) for name in ("network", "data", "out", "start")
    )
    run(network, source, out, Training(**arguments), start)


def run(network: str, source: str, out: Path, how: Training, start: Path | None = None) -> float:
    """Train `network` on the dataset at `source`, from `start` if given, and write `out`.

    Returns the test accuracy, 0-1.
    """
    data = load_dataset(source)
    log.info("%d images, %s", len(data.train.images), backend.describe())
    earlier = dict(np.load(start, allow_pickle=False)) if start else None
    model = train(network, data, how, earlier)
    arrays = fold_batch_norm(model, network)
    figure = accuracy(network, arrays, data.test)
    with out.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    card = {"network": network, "test_accuracy": round(figure, 4), **how.model_dump()}
    out.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    log.info("test accuracy %.4f, written to %s", figure, out)
    return figure


if __name__ == "__main__":
    main()
