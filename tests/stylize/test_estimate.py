"""How long a painting will take."""

import pytest

from stylize.estimate import estimate_seconds, multiply_adds
from stylize.recipe import Recipe


def test_work_is_counted_as_measured():
    """VGG19 to block5_conv1, forward and backward at 512²: 379 GFLOP, two a multiply-add."""
    assert 2 * multiply_adds(Recipe(), 512, 512) / 1e9 == pytest.approx(379, rel=0.01)


def test_an_estimate_grows_with_size_and_steps():
    small, large = estimate_seconds(Recipe(), 256, 256), estimate_seconds(Recipe(), 512, 512)
    assert 3 < large / small < 5
    assert estimate_seconds(Recipe(steps=10), 256, 256) < small
