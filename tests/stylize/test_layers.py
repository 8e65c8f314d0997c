"""What is known about the networks without loading one."""

import numpy as np
import pytest
import tensorflow as tf

from stylize.layers import BLOCKS, conv_layers, deepest, reach, stride
from stylize.vgg import VGG


def test_strides_are_those_of_the_poolings_before():
    assert [stride(f"block{block}_conv1") for block in range(1, 6)] == [1, 2, 4, 8, 16]
    assert stride("block4_conv4") == 8


def test_the_deepest_layer_is_the_last_in_the_network_not_in_the_alphabet():
    assert deepest("vgg19", ["block5_conv1", "block4_conv4", "block1_conv2"]) == "block5_conv1"
    assert deepest("vgg16", ["block1_conv2", "block1_conv1"]) == "block1_conv2"


LAYERS = [
    ("vgg19", "block1_conv1"),
    ("vgg19", "block1_conv2"),
    ("vgg19", "block3_conv1"),
    ("vgg16", "block4_conv3"),
    ("vgg16", "block5_conv1"),
    ("vgg19", "block5_conv1"),
    ("vgg19", "block5_conv4"),
]


def ones(network, layers):
    """A network of one channel whose every convolution adds up what it sees."""
    arrays, channels = {}, 3
    for name in conv_layers(network):
        arrays[f"{name}/kernel"] = np.ones((3, 3, channels, 1), "float32")
        arrays[f"{name}/bias"] = np.zeros(1, "float32")
        channels = 1
    return VGG.from_arrays(network, arrays, layers, pooling="average", edges="zero")


def seen_columns(network, layer, width=512):
    """The columns that a position in the middle of `layer` sees, and its first own column."""
    vgg, place = ones(network, [layer]), width // 2 // stride(layer)
    image = tf.ones((1, 512, width, 3))
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = vgg.features(image, [layer])[layer][0, place, place, 0]
    columns = np.flatnonzero(np.asarray(tape.gradient(value, image)).any((0, 1, 3)))
    return int(columns[0]), int(columns[-1]), place * stride(layer)


@pytest.mark.parametrize(("network", "layer"), LAYERS)
def test_a_position_sees_as_far_as_its_reach_and_no_further(network, layer):
    """On the side where the poolings lie, exactly; on the other nearer by their offset."""
    first, last, own = seen_columns(network, layer)
    assert last - own == reach(network, layer)
    assert own - first == reach(network, layer) - (stride(layer) - 1)


@pytest.mark.parametrize(("network", "layer"), LAYERS[1:4])
def test_a_pixel_just_inside_changes_a_position_and_one_just_outside_does_not(network, layer):
    vgg, far = ones(network, [layer]), reach(network, layer)
    side = 2 * (-(-far // 16) * 16) + 32
    place = side // 2 // stride(layer)
    changed = []
    for distance in (0, far, far + 1):
        image = np.zeros((1, side, side, 3), "float32")
        image[0, place * stride(layer), place * stride(layer) + distance] = 1
        found = np.asarray(vgg.features(image, [layer])[layer])
        changed.append(bool(found[0, place, place, 0] > 0))
    assert changed == [True, True, False]


@pytest.mark.parametrize("network", sorted(BLOCKS))
def test_reach_grows_with_depth(network):
    reaches = [reach(network, layer) for layer in conv_layers(network)]
    assert reaches == sorted(reaches)
    assert reaches[0] == 1
