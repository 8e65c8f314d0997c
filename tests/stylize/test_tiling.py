"""Where tiles lie."""

import itertools

import numpy as np
import pytest

from stylize.layers import conv_layers, reach
from stylize.tiling import GRID, inside, rim_of, scaled, tiles_of

SHAPES = [(64, 64), (37, 51), (200, 33), (1, 400), (130, 257)]
SHIFTS = [(0, 0), (16, 48), (32, 0)]
CASES = list(itertools.product(SHAPES, (16, 64, 256), SHIFTS))


@pytest.mark.parametrize(("shape", "side", "shift"), CASES)
def test_tiles_cover_every_pixel_exactly_once(shape, side, shift):
    covered = np.zeros(shape, int)
    for tile in tiles_of(*shape, side, 32, shift):
        covered[tile.core] += 1
    assert (covered == 1).all()


@pytest.mark.parametrize(("shape", "side", "shift"), CASES)
@pytest.mark.parametrize("stride", [2, 8, 16])
def test_tiles_cover_every_position_of_a_layer_exactly_once(shape, side, shift, stride):
    """Also where a layer's sides are what is left of sides that nothing divides."""
    covered = np.zeros([length // stride for length in shape], int)
    for tile in tiles_of(*shape, side, 32, shift):
        covered[scaled(tile.core, stride)] += 1
    assert (covered == 1).all()


@pytest.mark.parametrize(("shape", "side", "shift"), CASES)
def test_windows_reach_further_by_the_rim_but_not_out_of_the_picture(shape, side, shift):
    for tile in tiles_of(*shape, side, 32, shift):
        for core, window, length in zip(tile.core, tile.window, shape, strict=True):
            assert core.stop - core.start <= side
            assert window.start == max(0, core.start - 32)
            assert window.stop == min(length, core.stop + 32)


@pytest.mark.parametrize(("shape", "side", "shift"), CASES)
def test_tiles_begin_where_every_layer_has_a_position(shape, side, shift):
    for tile in tiles_of(*shape, side, 32, shift):
        assert all(box.start % GRID == 0 for box in (*tile.core, *tile.window))


def test_a_shift_moves_the_cuts():
    cuts = [
        sorted({tile.core[1].start for tile in tiles_of(32, 200, 64, 16, (0, shift))})
        for shift in (0, 16, 48)
    ]
    assert cuts == [[0, 64, 128, 192], [0, 16, 80, 144], [0, 48, 112, 176]]


@pytest.mark.parametrize("stride", [1, 4, 16])
def test_inside_is_the_core_as_its_window_sees_it(stride):
    whole = np.arange(160 * 224).reshape(160, 224)[::stride, ::stride]
    for tile in tiles_of(160, 224, 64, 32, (16, 32)):
        window = whole[scaled(tile.window, stride)]
        np.testing.assert_array_equal(
            window[inside(tile, stride)], whole[scaled(tile.core, stride)]
        )


def test_a_small_picture_is_one_tile():
    (tile,) = tiles_of(30, 40, 64, 32)
    assert tile.core == tile.window == (slice(0, 30), slice(0, 40))


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_the_rim_is_as_wide_as_the_deepest_layer_sees(network):
    for layer in conv_layers(network):
        rim = rim_of(network, ["block1_conv1", layer])
        assert rim % GRID == 0
        assert rim - GRID < reach(network, layer) <= rim
