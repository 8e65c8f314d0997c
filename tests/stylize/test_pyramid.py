"""Scales, canvases and colours: the pure parts around the step."""

import numpy as np
import pytest

from stylize.cache import Cache
from stylize.colour import recolour
from stylize.estimate import estimate_seconds, multiply_adds
from stylize.precision import choose_precision, cpu_flags
from stylize.pyramid import CELL, canvas_of, crop, scales, style_at
from stylize.recipe import Recipe

RECIPE = Recipe(steps=(3, 2, 1), scale_factor=2)


def test_scales_grow_to_the_canvas():
    assert scales(256, 512, RECIPE) == [(64, 128, 3), (128, 256, 2), (256, 512, 1)]


def test_small_pictures_have_fewer_scales():
    assert scales(64, 64, RECIPE) == [(64, 64, 1)]
    assert scales(128, 96, RECIPE) == [(64, 48, 2), (128, 96, 1)]


def test_every_side_is_whole_cells():
    for height, width in ((160, 96), (512, 80), (32, 512)):
        for scale in scales(height, width, Recipe()):
            assert scale.height % CELL == scale.width % CELL == 0
            assert min(scale.height, scale.width) >= 2 * CELL


@pytest.mark.parametrize("shape", [(64, 64), (65, 131), (3, 400), (1, 1), (31, 33)])
def test_crop_undoes_canvas_of(shape):
    photo = np.random.default_rng(0).random((*shape, 3)).astype("float32")
    canvas = canvas_of(photo)
    assert canvas.shape[0] % CELL == canvas.shape[1] % CELL == 0
    np.testing.assert_array_equal(crop(canvas, *shape), photo)


def test_a_style_is_scaled_with_the_canvas_but_never_enlarged():
    style = np.zeros((300, 200, 3), "float32")
    small, large = scales(128, 128, Recipe(steps=1))[0], scales(512, 512, Recipe(steps=1))[0]
    assert style_at(style, small, 1.0).shape == (128, 85, 3)
    assert style_at(style, small, 0.5).shape == (64, 43, 3)
    assert style_at(style, large, 1.0).shape == (300, 200, 3)


def moments(image):
    flat = image.reshape(-1, 3)
    return flat.mean(0), np.cov(flat, rowvar=False)


def test_recolour_matches_mean_and_covariance():
    """Where nothing is clipped, the photo has the style's colour statistics afterwards."""
    rng = np.random.default_rng(0)
    photo = (0.5 + 0.1 * rng.normal(size=(40, 50, 3))).astype("float32")
    mix = np.array([[0.05, 0.02, 0], [0, 0.04, 0.03], [0.01, 0, 0.06]])
    style = (np.array([0.4, 0.5, 0.6]) + rng.normal(size=(30, 30, 3)) @ mix).astype("float32")
    mean, covariance = moments(recolour(photo, [style], [1.0]))
    np.testing.assert_allclose(mean, moments(style)[0], atol=1e-3)
    np.testing.assert_allclose(covariance, moments(style)[1], atol=2e-4)


def test_recolour_towards_itself_changes_nothing():
    photo = np.random.default_rng(1).random((20, 20, 3)).astype("float32")
    np.testing.assert_allclose(recolour(photo, [photo], [1.0]), photo, atol=1e-5)


def test_recolour_stands_a_one_coloured_photo():
    grey = np.full((8, 8, 3), 0.5, "float32")
    style = np.random.default_rng(2).random((20, 20, 3)).astype("float32")
    moved = recolour(grey, [style], [1.0])
    np.testing.assert_allclose(moved, np.broadcast_to(style.mean((0, 1)), moved.shape), atol=1e-4)


def test_the_cache_forgets_what_was_used_longest_ago():
    made = []
    cache = Cache(2 * 400)
    for key in ("a", "b", "a", "c", "a", "b"):
        cache.get(key, lambda key=key: note(made, key))
    assert made == ["a", "b", "c", "b"]
    assert len(cache) == 2


def note(made, key):
    """A hundred float32 values, and a word that they were made."""
    made.append(key)
    return (np.zeros((10, 10), "float32"),)


def test_the_cache_keeps_the_newest_however_large():
    cache = Cache(10)
    assert cache.get("a", lambda: (np.ones(100),))[0].sum() == 100
    assert len(cache) == 1


def test_work_is_counted_as_measured():
    """VGG19 to block5_conv1, forward and backward at 512²: 379 GFLOP, two a multiply-add."""
    assert 2 * multiply_adds(Recipe(), 512, 512) / 1e9 == pytest.approx(379, rel=0.01)


def test_an_estimate_grows_with_size_and_steps():
    small, large = estimate_seconds(Recipe(), 256, 256), estimate_seconds(Recipe(), 512, 512)
    assert 3 < large / small < 5
    assert estimate_seconds(Recipe(steps=10), 256, 256) < small


@pytest.mark.parametrize(
    ("device", "flags", "expected"),
    [
        ("cpu", {"avx512f", "avx512_bf16"}, "bfloat16"),
        ("cpu", {"amx_bf16"}, "bfloat16"),
        ("cpu", {"avx2"}, "float32"),
        ("cpu", set(), "float32"),
        ("gpu", set(), "bfloat16"),
    ],
)
def test_precision_follows_the_hardware(device, flags, expected):
    assert choose_precision(device, frozenset(flags)) == expected


def test_cpu_flags_are_read(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nflags\t\t: fpu avx2 avx512_bf16\n\nprocessor : 1\n")
    assert cpu_flags(cpuinfo) == {"fpu", "avx2", "avx512_bf16"}
    assert cpu_flags(tmp_path / "none") == frozenset()
