"""Coarse to fine: the scales a picture is painted at, and the canvas it is painted on."""

import numpy as np
import pytest

from images import resize
from stylize.pyramid import BUCKET, CELL, LEAST, canvas_of, cell_of, crop, scales, style_at
from stylize.recipe import Recipe

RECIPE = Recipe(steps=(3, 2, 1), scale_factor=2)


def test_scales_grow_to_the_canvas():
    assert scales(256, 512, RECIPE) == [(64, 128, 3), (128, 256, 2), (256, 512, 1)]


def test_small_pictures_have_fewer_scales():
    assert scales(64, 64, RECIPE) == [(64, 64, 1)]
    assert scales(128, 96, RECIPE) == [(64, 48, 2), (128, 96, 1)]


def test_a_scale_without_steps_is_left_out_but_for_the_last():
    assert scales(256, 512, Recipe(steps=(0, 2, 0), scale_factor=2)) == [
        (128, 256, 2),
        (256, 512, 0),
    ]


@pytest.mark.parametrize(
    ("above", "steps"), [(0, [3, 2, 1]), (127, [3, 2, 1]), (128, [2, 1]), (256, [1]), (512, [1])]
)
def test_a_start_of_a_size_is_followed_by_the_scales_above_it(above, steps):
    """Never by none: the last is always painted."""
    assert [scale.steps for scale in scales(256, 512, RECIPE, above=above)] == steps


@pytest.mark.parametrize("cell", [1, 2, 16, 64])
def test_every_side_is_whole_cells(cell):
    for height, width in ((160, 96), (512, 80), (32, 512)):
        canvas = canvas_of(np.zeros((height, width, 3), "float32"), cell).shape
        for scale in scales(*canvas[:2], Recipe(), cell):
            assert min(scale.height, scale.width) >= LEAST
            assert all(side % cell == 0 or side == LEAST for side in scale[:2])


def test_cells_are_what_the_levels_halve_or_buckets_where_shapes_are_compiled():
    assert [cell_of(Recipe(levels=levels), False) for levels in range(1, 6)] == [1, 2, 4, 8, 16]
    assert cell_of(Recipe(levels=5), False) == CELL
    assert cell_of(Recipe(levels=1), True) == BUCKET


@pytest.mark.parametrize("shape", [(64, 64), (65, 131), (3, 400), (1, 1), (31, 33)])
@pytest.mark.parametrize("cell", [1, 16, 64])
def test_crop_undoes_canvas_of(shape, cell):
    photo = np.random.default_rng(0).random((*shape, 3)).astype("float32")
    canvas = canvas_of(photo, cell)
    assert min(canvas.shape[:2]) >= LEAST
    assert all(side % cell == 0 or side == LEAST for side in canvas.shape[:2])
    np.testing.assert_array_equal(crop(canvas, *shape), photo)


def test_a_style_is_scaled_with_the_canvas_but_never_enlarged():
    style = np.zeros((300, 200, 3), "float32")
    small, large = scales(128, 128, Recipe(steps=1))[0], scales(512, 512, Recipe(steps=1))[0]
    one, half = Recipe(style_scale=1.0), Recipe(style_scale=0.5)
    assert style_at(style, small, one).shape == (128, 85, 3)
    assert style_at(style, small, half).shape == (64, 43, 3)
    assert style_at(style, large, one).shape == (300, 200, 3)


def test_a_style_may_have_the_photos_shape_or_its_own():
    """Squeezed also enlarges: it has as many positions as the photo then."""
    style = np.random.default_rng(0).random((30, 200, 3)).astype("float32")
    (scale,) = scales(64, 240, Recipe(steps=1))
    squeezed = style_at(style, scale, Recipe(style_fit="squeezed"))
    np.testing.assert_array_equal(squeezed, resize(style, 64, 240))
    native = style_at(style, scale, Recipe(style_fit="native"))
    assert native.shape == (LEAST, 200, 3)


@pytest.mark.parametrize("fit", ["relative", "squeezed", "native"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1)])
def test_a_styles_sides_are_never_too_small_for_the_network(fit, shape):
    (scale,) = scales(64, 64, Recipe(steps=1))
    seen = style_at(np.full((*shape, 3), 0.5, "float32"), scale, Recipe(style_fit=fit))
    assert min(seen.shape[:2]) >= LEAST
    np.testing.assert_allclose(seen, 0.5, atol=1e-6)
