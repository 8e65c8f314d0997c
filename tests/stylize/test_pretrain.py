"""Training the small networks: data, folding, the whole command on a tiny set, and the cards."""

import io
import json
import random
import threading
import zipfile
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylize.layers import NETWORKS, conv_layers
from stylize.preprocess import preprocess
from stylize.pretrain.__main__ import main, run
from stylize.pretrain.average import average
from stylize.pretrain.average import main as average_main
from stylize.pretrain.classifier import build_classifier, fold_batch_norm, to_input, unfold
from stylize.pretrain.dataset import Split, augment, load_dataset
from stylize.pretrain.evaluate import accuracy
from stylize.pretrain.training import Training
from stylize.vgg import VGG, load_arrays
from stylize.weights import resolve_weights

SAMPLE = Path(__file__).parent.parent / "data" / "cifar10-sample.zip"
SHIPPED = resources.files("stylize") / "shipped"


def png(colour, noise):
    pixels = np.clip(np.array(colour) + noise.normal(0, 20, (32, 32, 3)), 0, 255).astype("uint8")
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def toy(tmp_path):
    """A zip of red and blue pictures, 24 a class to train on and 8 to test."""
    noise, path = np.random.default_rng(0), tmp_path / "toy.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("train/", b"")
        for split, count in (("train", 24), ("test", 8)):
            for name, colour in (("blue", (30, 30, 220)), ("red", (220, 30, 30))):
                for index in range(count):
                    archive.writestr(f"{split}/{name}/{index}.png", png(colour, noise))
    return path


def test_a_zip_and_its_folder_load_alike(toy, tmp_path):
    with zipfile.ZipFile(toy) as archive:
        archive.extractall(tmp_path / "toy")
    one, two = load_dataset(str(toy)), load_dataset(str(tmp_path / "toy"))
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.images, b.images)
        np.testing.assert_array_equal(a.labels, b.labels)
    assert one.train.images.shape == (48, 32, 32, 3)
    assert one.train.labels.tolist() == [0] * 24 + [1] * 24


def test_a_folder_without_classes_is_refused(tmp_path):
    (tmp_path / "stray.png").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match="check its layout"):
        load_dataset(str(tmp_path))


def test_keras_own_cifar10_is_used_on_request(monkeypatch):
    import keras

    split = (np.zeros((4, 32, 32, 3), "uint8"), np.array([[0], [1], [2], [3]]))
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: (split, split))
    data = load_dataset("keras")
    assert isinstance(data.test, Split)
    assert data.test.labels.tolist() == [0, 1, 2, 3]


def test_augmentation_flips_and_shifts_but_invents_nothing():
    """Every pixel of the result stands somewhere in its own image."""
    images = np.arange(6 * 8 * 8 * 3, dtype="float32").reshape(6, 8, 8, 3)
    moved = augment(images, np.random.default_rng(0), pad=2)
    assert moved.shape == images.shape
    assert not np.array_equal(moved, images)
    for before, after in zip(images, moved, strict=True):
        assert set(after.ravel()) <= set(before.ravel())


def test_erasing_puts_the_mean_there():
    ones = np.ones((8, 16, 16, 3), "float32")
    erased = augment(ones, np.random.default_rng(0), erase=6)
    assert 0 < (erased == 0).mean() < 0.5


@pytest.mark.parametrize("network", NETWORKS)
def test_folding_changes_nothing(network):
    """The plain VGG gives the classifier's own features, batch normalisation and scale included."""
    import keras

    keras.mixed_precision.set_global_policy("float32")
    keras.utils.set_random_seed(3)
    model = build_classifier(network, width=1 / 16)
    rng = np.random.default_rng(0)
    for name in conv_layers(network):
        shape = model.get_layer(f"{name}_bn").get_weights()[0].shape
        statistics = [rng.uniform(0.5, 1.5, shape), rng.normal(0, 0.2, shape)]
        model.get_layer(f"{name}_bn").set_weights(statistics + statistics[::-1])
    images = rng.integers(0, 256, (2, 32, 32, 3)).astype("uint8")
    relu = model.layers[model.layers.index(model.get_layer("block5_conv2_bn")) + 1]
    theirs = keras.Model(model.inputs, relu.output)([to_input(images)])
    arrays = fold_batch_norm(model, network)
    vgg = VGG.from_arrays(network, arrays, ["block5_conv2"], edges="zero")
    ours = vgg.features(preprocess(images / np.float32(255)), ["block5_conv2"])["block5_conv2"]
    np.testing.assert_allclose(ours, theirs, atol=0.01 * np.abs(theirs).max())


def test_the_command_trains_folds_and_writes_a_card(toy, tmp_path):
    """Red and blue are told apart after a few epochs; the file loads as weights."""
    import keras

    out = tmp_path / "tiny.npz"
    options = ["--epochs", "6", "--batch", "8", "--width", "0.0625", "--peak-lr", "0.02"]
    main(["--network", "vgg16", "--data", str(toy), "--out", str(out), *options])
    keras.mixed_precision.set_global_policy("float32")
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["test_accuracy"] >= 0.9
    assert card["epochs"] == 6
    arrays = load_arrays(resolve_weights(str(out), "vgg16"))
    assert arrays["block1_conv1/kernel"].shape == (3, 3, 3, 4)


@contextmanager
def somebody_draws():
    """Another thread that takes numbers from Python's generator, as those of servers do."""
    ended = threading.Event()

    def draw():
        while not ended.wait(0.0005):
            random.random()

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_seed_decides(toy, tmp_path):
    """And nothing else, whoever draws numbers meanwhile."""
    import keras

    how = Training(epochs=1, batch=24, width=0.0625, seed=4)
    with somebody_draws():
        for name in ("one", "two"):
            run("vgg16", str(toy), tmp_path / f"{name}.npz", how)
    keras.mixed_precision.set_global_policy("float32")
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "two.npz") as two:
        for name in one.files:
            np.testing.assert_array_equal(one[name], two[name])


def test_unfolding_gives_the_classifier_back(tmp_path, toy):
    """A classifier given its own folded weights sees its features again, on the same pictures."""
    import keras

    keras.mixed_precision.set_global_policy("float32")
    keras.utils.set_random_seed(5)
    model, images = build_classifier("vgg16", width=1 / 16), load_dataset(str(toy)).train.images
    folded = fold_batch_norm(model, "vgg16")
    again = build_classifier("vgg16", width=1 / 16, seed=1)
    unfold(again, "vgg16", folded, images)
    theirs, ours = (m.predict(to_input(images), verbose=0) for m in (model, again))
    np.testing.assert_allclose(ours, theirs, atol=0.02 * np.abs(theirs).max())


def test_training_goes_on_from_an_earlier_file(toy, tmp_path):
    """One more epoch at no learning rate to speak of keeps what was learnt."""
    import keras

    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    learning = Training(epochs=6, batch=8, width=0.0625, peak_lr=0.02)
    before = run("vgg16", str(toy), first, learning)
    going_on = learning.model_copy(update={"epochs": 1, "peak_lr": 1e-6})
    after = run("vgg16", str(toy), second, going_on, first)
    keras.mixed_precision.set_global_policy("float32")
    assert before >= 0.9
    assert after >= before - 0.1


def test_the_average_of_a_network_with_itself_is_that_network(arrays, toy):
    images = load_dataset(str(toy)).train.images
    head = {"predictions/kernel": np.ones((6, 2), "float32"), "predictions/bias": np.zeros(2)}
    mixed = average("vgg19", {**arrays, **head}, {**arrays, **head}, 0.3, images)
    for name, value in arrays.items():
        np.testing.assert_allclose(mixed[name], value, atol=0.02 * np.abs(value).max())


def test_the_averaging_command_writes_a_card(toy, tmp_path):
    import keras

    files = []
    for seed in (1, 2):
        how = Training(epochs=1, batch=24, width=0.0625, seed=seed)
        files.append(tmp_path / f"{seed}.npz")
        run("vgg16", str(toy), files[-1], how)
    keras.mixed_precision.set_global_policy("float32")
    out = tmp_path / "mixed.npz"
    options = ["--network", "vgg16", "--data", str(toy), "--out", str(out)]
    average_main([*map(str, files), *options])
    assert json.loads(out.with_suffix(".json").read_text())["share"] == 0.5
    assert load_arrays(resolve_weights(str(out), "vgg16"))


@pytest.mark.parametrize("network", NETWORKS)
def test_the_shipped_weights_keep_their_cards_word(network):
    """On 500 pictures they never saw, within two standard errors of the accuracy on the card."""
    weights = resolve_weights("cifar10", network)
    card = json.loads((SHIPPED / f"{network}-cifar10.json").read_text())
    figure = accuracy(network, load_arrays(weights), load_dataset_sample())
    error = np.sqrt(card["test_accuracy"] * (1 - card["test_accuracy"]) / 500)
    assert figure == pytest.approx(card["test_accuracy"], abs=2 * error)


def load_dataset_sample():
    """The sample has a test split only."""
    from stylize.pretrain import dataset

    with zipfile.ZipFile(SAMPLE) as archive:
        return dataset._split("test", {n: dataset._member(archive, n) for n in archive.namelist()})


@pytest.mark.parametrize("network", NETWORKS)
def test_shipped_files_are_small_float16_and_explained(network):
    path = Path(str(SHIPPED / f"{network}-cifar10.npz"))
    assert path.stat().st_size <= 12e6
    with np.load(path, allow_pickle=False) as file:
        assert {file[name].dtype for name in file.files} == {np.dtype("float16")}
        assert "block5_conv2/kernel" in file.files
    text = Path(str(SHIPPED / f"{network}-cifar10.md")).read_text()
    card = json.loads(path.with_suffix(".json").read_text())
    for words in ("CIFAR-10", "Licence", "python -m stylize.pretrain"):
        assert words in text
    assert f"{card['test_accuracy']:.1%}".replace("%", " %") in text


def test_vgg19_is_no_worse_than_it_was():
    """A new file must not fall behind the one it replaces; 88 % is what it should reach."""
    card = json.loads((SHIPPED / "vgg19-cifar10.json").read_text())
    assert card["test_accuracy"] >= 0.88
