"""Which network weights there are, where they come from, and whether they can be trusted.

Resolving reads and hashes files but loads nothing; ``stylize.vgg`` loads. Array files are read with
``allow_pickle=False``.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from stylize.errors import WeightsError
from stylize.layers import NETWORKS

__all__ = ["WeightInfo", "WeightSet", "list_weights", "resolve_weights"]

PUBLISHED_MD5: Mapping[str, str] = {
    "vgg16": "6d6bbae143d832006294945121d1f1fc",
    "vgg19": "253f8cb515780f3b799900260a226db6",
}
"""Hashes of the convolutional files of keras.applications (Oxford's weights, CC BY 4.0)."""

SUFFIXES = (".npz", ".h5")


@dataclass(frozen=True)
class WeightSet:
    """Weights on disk, ready to load: what a row of the manifest records."""

    name: str
    network: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class WeightInfo:
    """A line of ``atelier weights``: a set by name, and whether it can be had right now."""

    name: str
    network: str
    where: str
    sha256: str
    available: bool
    note: str


def resolve_weights(
    name: str, network: str = "vgg19", download: Callable[[str], Path] | None = None
) -> WeightSet:
    """The weights called `name` for `network`.

    `name` is ``"cifar10"`` (shipped), ``"imagenet"`` or the path of an ``.npz`` or ``.h5`` file.
    ``imagenet`` looks at ``ATELIER_VGG19_WEIGHTS`` (or ``…VGG16…``), then in the Keras cache, then
    downloads through `download` (Keras' own by default); the latter two are verified by hash.
    Raises `WeightsError` when they cannot be had, read or trusted.
    """
    if name == "cifar10":
        return _file(name, network, _shipped(network))
    if name == "imagenet":
        return _imagenet(network, download or _keras_download)
    path = Path(name).expanduser()
    if not path.suffix and os.sep not in name:
        raise WeightsError(
            f"There are no weights called {name!r}: use cifar10, imagenet or the path of a file."
        )
    return _file(path.name, network, path)


def list_weights() -> list[WeightInfo]:
    """Every named set for every network, without downloading anything."""
    return [info(network) for info in (_shipped_info, _imagenet_info) for network in NETWORKS]


def _shipped_info(network: str) -> WeightInfo:
    path = _shipped(network)
    return WeightInfo(
        "cifar10",
        network,
        f"shipped with Atelier ({path.name})",
        _sha256(path) if path.is_file() else "",
        path.is_file(),
        "half width, trained on CIFAR-10 in this project; no network needed",
    )


def _imagenet_info(network: str) -> WeightInfo:
    try:
        found = _imagenet(network, _refuse)
    except WeightsError as error:
        return WeightInfo("imagenet", network, "not on this machine", "", False, str(error))
    note = "full width, trained on ImageNet by the Oxford Visual Geometry Group"
    return WeightInfo("imagenet", network, str(found.path), found.sha256, True, note)


def _imagenet(network: str, download: Callable[[str], Path]) -> WeightSet:
    variable = f"ATELIER_{network.upper()}_WEIGHTS"
    if given := os.environ.get(variable):
        path = Path(given).expanduser()
        if not path.is_file():
            raise WeightsError(f"{variable} names {path}, which is no file: correct or unset it.")
        return _file("imagenet", network, path)
    path = _keras_cache(network)
    if not path.is_file():
        path = download(network)
    if _md5(path) != PUBLISHED_MD5[network]:
        raise WeightsError(
            f"{path} is not the published {network} file (its hash differs): "
            "delete it and try again."
        )
    return _file("imagenet", network, path)


def _keras_cache(network: str) -> Path:
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")).expanduser()
    return home / "models" / _published_name(network)


def _refuse(network: str) -> Path:
    raise WeightsError(
        f"downloaded when a run asks for them, or put {_published_name(network)} in "
        f"{_keras_cache(network).parent}, or name its path in ATELIER_{network.upper()}_WEIGHTS"
    )


def _keras_download(network: str) -> Path:
    import keras

    try:
        # Keras reports its progress on standard output, which belongs to the command's own.
        with contextlib.redirect_stdout(sys.stderr):
            file = keras.utils.get_file(
                _published_name(network),
                _published_url(network),
                cache_subdir="models",
                file_hash=PUBLISHED_MD5[network],
            )
        return Path(file)
    except Exception as error:  # Keras raises whatever its transport raises
        raise WeightsError(_no_imagenet(network)) from error


def _published_url(network: str) -> str:
    base = "https://storage.googleapis.com/tensorflow/keras-applications"
    return f"{base}/{network}/{_published_name(network)}"


def _published_name(network: str) -> str:
    return f"{network}_weights_tf_dim_ordering_tf_kernels_notop.h5"


def _no_imagenet(network: str) -> str:
    return (
        f"The imagenet weights of {network} are not on this machine and could not be downloaded: "
        f"put {_keras_cache(network).name} in {_keras_cache(network).parent}, or name its path in "
        f"ATELIER_{network.upper()}_WEIGHTS, or use the shipped weights: --weights cifar10 on the "
        'command line, weights = "cifar10" in the [recipe] of a collection file.'
    )


def _shipped(network: str) -> Path:
    return Path(str(resources.files("stylize") / "shipped" / f"{network}-cifar10.npz"))


def _file(name: str, network: str, path: Path) -> WeightSet:
    if path.suffix not in SUFFIXES:
        raise WeightsError(f"{path} is no weights file: give an .npz or .h5 file.")
    if not path.is_file():
        raise WeightsError(f"The weights file {path} does not exist: check the path.")
    return WeightSet(name, network, path, _sha256(path))


def _sha256(path: Path) -> str:
    stat = path.stat()
    return _digest(path, "sha256", stat.st_mtime_ns, stat.st_size)


def _md5(path: Path) -> str:
    stat = path.stat()
    return _digest(path, "md5", stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=32)
def _digest(path: Path, algorithm: str, _mtime: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()
