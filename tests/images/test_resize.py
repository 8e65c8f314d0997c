"""Shapes and resampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from images import fit_shape, resize

sides = st.integers(1, 9000)


@given(height=sides, width=sides, size=sides, fit=st.sampled_from(["longer", "shorter"]))
def test_fit_shape_keeps_aspect_and_never_enlarges(
    height: int, width: int, size: int, fit: str
) -> None:
    """The fitted side is `size` or the photo's own; the other is off by half a pixel at most."""
    new_height, new_width = fit_shape(height, width, size, fit)
    assert 1 <= new_height <= height
    assert 1 <= new_width <= width
    pick = max if fit == "longer" else min
    assert pick(new_height, new_width) == min(size, pick(height, width))
    scale = min(1.0, size / pick(height, width))
    assert abs(new_height - height * scale) <= 0.5 or new_height == 1
    assert abs(new_width - width * scale) <= 0.5 or new_width == 1


def test_fit_shape_examples() -> None:
    """Plain cases, and a sliver that keeps one pixel."""
    assert fit_shape(3000, 4000, 512) == (384, 512)
    assert fit_shape(3000, 4000, 512, "shorter") == (512, 683)
    assert fit_shape(1, 5000, 64) == (1, 64)


@pytest.mark.parametrize("bad", [(0, 5, 5), (5, 0, 5), (5, 5, 0)])
def test_fit_shape_refuses_nothingness(bad: tuple[int, int, int]) -> None:
    """A side or size of 0 is a mistake worth a sentence."""
    with pytest.raises(ValueError, match="at least 1"):
        fit_shape(*bad)
    with pytest.raises(ValueError, match="longer"):
        fit_shape(5, 5, 5, "wider")


def test_a_constant_picture_stays_constant() -> None:
    """Up or down, the kernel's weights add up to one."""
    flat = np.full((100, 150, 3), 0.3, np.float32)
    for shape in ((40, 60), (300, 410), (1, 1), (7, 500)):
        np.testing.assert_allclose(resize(flat, *shape), 0.3, atol=1e-5)


def test_float_precision_is_kept() -> None:
    """A ramp finer than 8 bits survives."""
    ramp = np.broadcast_to(
        np.linspace(0.5, 0.51, 256, dtype=np.float32)[None, :, None], (64, 256, 3)
    )
    small = resize(ramp, 32, 128)
    assert small.dtype == np.float32
    assert len(np.unique(small[16, :, 0])) > 100
    np.testing.assert_allclose(small[16, 4:-4, 0], ramp[0, ::2, 0][4:-4] + 2e-5, atol=2e-4)


@pytest.mark.parametrize("factor", [2, 5, 9])
def test_shrinking_antialiases(factor: int) -> None:
    """A fine checkerboard becomes grey, not a moiré of its own pixels."""
    y, x = np.mgrid[0:360, 0:360]
    board = np.repeat(((x + y) % 2).astype(np.float32)[..., None], 3, axis=2)
    inner = resize(board, 360 // factor, 360 // factor)[2:-2, 2:-2]
    np.testing.assert_allclose(inner, 0.5, atol=0.08)


def test_lanczos_overshoot_is_clipped() -> None:
    """A hard edge rings beyond [0, 1]; the result does not."""
    edge = np.zeros((50, 50, 3), np.float32)
    edge[:, 25:] = 1
    big = resize(edge, 200, 200)
    assert big.min() == 0
    assert big.max() == 1


def test_the_same_shape_is_a_copy() -> None:
    """Nothing is resampled where nothing changes, and the input is not shared."""
    pixels = np.random.default_rng(1).random((20, 30, 3), np.float32)
    same = resize(pixels, 20, 30)
    np.testing.assert_array_equal(same, pixels)
    assert not np.shares_memory(same, pixels)
    with pytest.raises(ValueError, match="at least 1"):
        resize(pixels, 0, 10)
