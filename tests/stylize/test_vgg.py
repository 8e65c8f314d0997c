"""The extractors against Keras' own networks, and the weight files they load."""

import keras
import numpy as np
import pytest

from stylize.errors import WeightsError
from stylize.layers import conv_layers
from stylize.vgg import VGG, convention_of, load_arrays
from stylize.weights import WeightSet

APPLICATIONS = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}


@pytest.fixture(scope="module", params=sorted(APPLICATIONS))
def reference(request):
    """A Keras network at full width with generated weights."""
    keras.utils.set_random_seed(1)
    return request.param, APPLICATIONS[request.param](include_top=False, weights=None)


def weights_of(model, network):
    return {
        f"{name}/{part}": value
        for name in conv_layers(network)
        for part, value in zip(("kernel", "bias"), model.get_layer(name).get_weights(), strict=True)
    }


def test_layer_names_and_order_are_keras(reference):
    network, model = reference
    names = [layer.name for layer in model.layers if "_conv" in layer.name]
    assert list(conv_layers(network)) == names


def test_feature_maps_equal_keras(reference):
    """With zero padding, every layer's map is that of keras.applications."""
    network, model = reference
    layers = ["block1_conv1", "block2_conv2", "block4_conv2", "block5_conv3"]
    batch = np.random.default_rng(0).normal(0, 60, (1, 48, 80, 3)).astype("float32")
    theirs = keras.Model(model.inputs, [model.get_layer(name).output for name in layers])([batch])
    ours = VGG.from_arrays(network, weights_of(model, network), layers, edges="zero")
    for name, expected in zip(layers, theirs, strict=True):
        found = ours.features(batch, layers)[name]
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def test_the_network_is_cut_at_the_deepest_layer(arrays):
    vgg = VGG.from_arrays("vgg19", arrays, ["block3_conv1", "block1_conv1"])
    assert sorted({name.split("/")[0] for name in vgg.arrays}) == [
        "block1_conv1",
        "block1_conv2",
        "block2_conv1",
        "block2_conv2",
        "block3_conv1",
    ]


def test_replicated_edges_see_no_rim(arrays):
    """A constant picture's first feature map is constant, to its corners."""
    batch = np.full((1, 16, 16, 3), 50, "float32")
    for edges, spread in (("replicate", False), ("zero", True)):
        vgg = VGG.from_arrays("vgg19", arrays, ["block1_conv1"], edges=edges)
        found = np.asarray(vgg.features(batch, ["block1_conv1"])["block1_conv1"])
        assert bool(np.ptp(found, axis=(1, 2)).max() > 1e-3) is spread


def test_average_pooling_averages(arrays):
    batch = np.random.default_rng(0).normal(0, 60, (1, 16, 16, 3)).astype("float32")
    layers = ["block1_conv2", "block2_conv1"]
    maps = {
        pooling: VGG.from_arrays("vgg19", arrays, layers, pooling=pooling).features(batch, layers)
        for pooling in ("max", "average")
    }
    first, second = (np.asarray(maps[pooling]["block1_conv2"]) for pooling in maps)
    np.testing.assert_array_equal(first, second)
    assert not np.allclose(maps["max"]["block2_conv1"], maps["average"]["block2_conv1"])


def test_arrays_are_cast_to_the_precision_asked_for(arrays):
    vgg = VGG.from_arrays("vgg19", arrays, ["block1_conv1"], "bfloat16")
    batch = np.zeros((1, 8, 8, 3), "float32")
    found = vgg.features(batch, ["block1_conv1"])["block1_conv1"]
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"


@pytest.mark.parametrize("name", ["vgg.weights.h5", "vgg_notop.h5"])
def test_both_keras_formats_load(reference, tmp_path, name):
    """Keras 3's own format, and the legacy layout of the published files."""
    network, model = reference
    path = tmp_path / name
    save_legacy(model, path) if name == "vgg_notop.h5" else model.save_weights(path)
    loaded = load_arrays(WeightSet("file", network, path, ""))
    for key, value in weights_of(model, network).items():
        np.testing.assert_array_equal(loaded[key], value)


def save_legacy(model, path):
    """The layout of the published files: a group a layer, its arrays listed in `weight_names`."""
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}_{part}_1:0".encode() for part in "Wb"] if layer.weights else []
            group.attrs["weight_names"] = names
            for name, value in zip(names, layer.get_weights(), strict=True):
                group.create_dataset(name.decode(), data=value)


def test_npz_loads_at_any_width(tmp_path, tiny_arrays):
    path = tmp_path / "tiny.npz"
    np.savez(path, **tiny_arrays("vgg16"))
    assert load_arrays(WeightSet("t", "vgg16", path, ""))["block1_conv1/bias"].shape == (4,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"block5_conv4/kernel": None}, "has no block5_conv4"),
        ({"block2_conv1/kernel": np.zeros((3, 3, 9, 4))}, "shape"),
        ({"block2_conv1/bias": np.full(4, np.nan)}, "not finite"),
        ({"block2_conv1/bias": np.array([{}], dtype=object)}, "cannot be read"),
    ],
    ids=["a layer missing", "wrong shape", "nan", "pickled objects"],
)
def test_a_file_that_cannot_be_trusted_is_refused(tmp_path, arrays, changes, words):
    path = tmp_path / "bad.npz"
    spoilt = {**arrays, **changes}
    np.savez(path, **{name: value for name, value in spoilt.items() if value is not None})
    with pytest.raises(WeightsError, match=words) as caught:
        load_arrays(WeightSet("bad", "vgg19", path, ""))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("suffix", [".npz", ".h5", ".weights.h5"])
def test_a_file_that_is_something_else_is_refused(tmp_path, suffix):
    path = tmp_path / f"text{suffix}"
    path.write_text("not weights")
    with pytest.raises(WeightsError, match="cannot be read as vgg19 weights") as caught:
        load_arrays(WeightSet("text", "vgg19", path, ""))
    assert "pickle" not in str(caught.value)


def test_a_file_that_was_cut_off_is_refused(tmp_path, arrays):
    path = tmp_path / "cut.npz"
    np.savez(path, **arrays)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WeightsError, match=r"it is no \.npz file, or was cut off"):
        load_arrays(WeightSet("cut", "vgg19", path, ""))


@pytest.mark.parametrize(
    ("name", "arrays", "expected"),
    [
        ("vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5", {}, "keras"),
        ("mine.weights.h5", {}, "keras"),
        ("mine.npz", {}, "own"),
        ("mine.npz", {"convention": np.array("torchvision")}, "torchvision"),
        ("mine.npz", {"convention": np.array("keras")}, "keras"),
    ],
)
def test_weights_say_whose_activations_they_give(tmp_path, name, arrays, expected):
    """Keras' files by what they are, an .npz by an array of that name; others are our own."""
    assert convention_of(WeightSet("any", "vgg19", tmp_path / name, ""), arrays) == expected


def test_a_convention_is_read_with_the_weights(tmp_path, arrays):
    path = tmp_path / "torch.npz"
    np.savez(path, **arrays, convention=np.array("torchvision"))
    weights = WeightSet("torch", "vgg19", path, "")
    assert convention_of(weights, load_arrays(weights)) == "torchvision"
