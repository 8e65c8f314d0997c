"""Where weights come from, in which order, and what is refused."""

import hashlib
import inspect
from pathlib import Path

import numpy as np
import pytest

from stylize import WeightsError, list_weights, resolve_weights, weights


@pytest.fixture(autouse=True)
def no_weights_around(monkeypatch, tmp_path):
    """Neither the environment nor a Keras cache of this machine is seen."""
    for network in ("VGG16", "VGG19"):
        monkeypatch.delenv(f"ATELIER_{network}_WEIGHTS", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def file(tmp_path, arrays):
    path = tmp_path / "mine.npz"
    np.savez(path, **arrays)
    return path


def no_download(network):
    raise AssertionError("nothing should be downloaded")


def cache(tmp_path, data, network="vgg19"):
    folder = tmp_path / "keras" / "models"
    folder.mkdir(parents=True)
    path = folder / f"{network}_weights_tf_dim_ordering_tf_kernels_notop.h5"
    path.write_bytes(data)
    return path


def test_a_path_is_hashed(file):
    found = resolve_weights(str(file), download=no_download)
    assert found.path == file
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert found.name == "mine.npz"


def test_a_changed_file_has_another_hash(file, tiny_arrays):
    before = resolve_weights(str(file)).sha256
    np.savez(file, **tiny_arrays(seed=1))
    assert resolve_weights(str(file)).sha256 != before


def test_imagenet_takes_the_environment_first(file, monkeypatch, tmp_path):
    cache(tmp_path, b"never read")
    monkeypatch.setenv("ATELIER_VGG19_WEIGHTS", str(file))
    assert resolve_weights("imagenet", download=no_download).path == file


def test_imagenet_takes_the_keras_cache_next(monkeypatch, tmp_path):
    path = cache(tmp_path, b"published")
    monkeypatch.setitem(weights.PUBLISHED_MD5, "vgg19", hashlib.md5(b"published").hexdigest())
    assert resolve_weights("imagenet", download=no_download).path == path


def test_imagenet_downloads_last_and_checks_the_hash(monkeypatch, tmp_path):
    monkeypatch.setitem(weights.PUBLISHED_MD5, "vgg16", hashlib.md5(b"published").hexdigest())
    found = resolve_weights(
        "imagenet", "vgg16", lambda network: cache(tmp_path, b"published", network)
    )
    assert found.network == "vgg16"
    assert found.path.name.startswith("vgg16_")


def test_a_cached_file_with_another_hash_is_refused(tmp_path):
    path = cache(tmp_path, b"damaged")
    with pytest.raises(WeightsError, match=r"hash differs.*delete it") as caught:
        resolve_weights("imagenet", download=no_download)
    assert str(path) in str(caught.value)


def test_without_a_network_the_sentence_says_what_to_do(monkeypatch):
    """The real downloader fails, and the message names every other way."""
    import keras

    def unreachable(*args, **kwargs):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.utils, "get_file", unreachable)
    with pytest.raises(WeightsError) as caught:
        resolve_weights("imagenet")
    for words in (
        "could not be downloaded",
        "ATELIER_VGG19_WEIGHTS",
        "--weights cifar10",
        'weights = "cifar10"',
        "notop.h5",
    ):
        assert words in str(caught.value)


def test_the_download_asks_keras_for_the_published_file(monkeypatch, tmp_path, capsys):
    """And keeps Keras' own progress off the standard output."""
    import keras

    asked = {}

    def get_file(name, origin, **options):
        asked.update(name=name, origin=origin, **options)
        print("Downloading data")  # noqa: T201 - as Keras does
        return cache(tmp_path, b"published")

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    monkeypatch.setitem(weights.PUBLISHED_MD5, "vgg19", hashlib.md5(b"published").hexdigest())
    resolve_weights("imagenet")
    assert asked["origin"].endswith("/vgg19/" + asked["name"])
    assert capsys.readouterr().out == ""
    assert asked["file_hash"] == hashlib.md5(b"published").hexdigest()


def test_the_published_hashes_are_those_keras_checks():
    """Held against the installed Keras' own source."""
    import keras

    for network, md5 in weights.PUBLISHED_MD5.items():
        build = getattr(keras.applications, network).__dict__[network.upper()]
        source = Path(inspect.getfile(build)).read_text(encoding="utf-8")
        assert md5 in source
        assert weights._published_name(network) in source


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("imagnet", "use cifar10, imagenet or the path"),
        ("no/such/file.npz", "does not exist"),
        ("notes.txt", "no weights file"),
    ],
)
def test_a_name_that_is_nothing_is_refused(name, words):
    with pytest.raises(WeightsError, match=words):
        resolve_weights(name)


def test_an_environment_that_names_no_file_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("ATELIER_VGG19_WEIGHTS", str(tmp_path / "gone.h5"))
    with pytest.raises(WeightsError, match="ATELIER_VGG19_WEIGHTS names"):
        resolve_weights("imagenet", download=no_download)


def test_listing_downloads_nothing_and_names_every_set():
    listed = {(info.name, info.network): info for info in list_weights()}
    assert set(listed) == {(n, v) for n in ("cifar10", "imagenet") for v in ("vgg16", "vgg19")}
    assert listed["cifar10", "vgg19"].available
    assert not listed["imagenet", "vgg19"].available
