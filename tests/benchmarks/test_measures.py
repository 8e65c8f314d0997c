import numpy as np
import pytest

from benchmarks.measures import colour_distance, edge_correlation, luma, luma_ssim

PHOTO = np.random.default_rng(0).random((48, 40, 3), "float32")


def test_a_picture_is_like_itself():
    assert luma_ssim(PHOTO, PHOTO) == pytest.approx(1)
    assert edge_correlation(PHOTO, PHOTO) == pytest.approx(1)
    assert colour_distance(PHOTO, PHOTO) == 0


def test_luma_of_white_is_one():
    assert luma(np.ones((2, 3, 3), "float32")) == pytest.approx(1)


def test_edges_do_not_mind_an_inversion_but_likeness_does():
    inverted = 1 - PHOTO
    assert edge_correlation(inverted, PHOTO) == pytest.approx(1, abs=1e-5)
    assert luma_ssim(inverted, PHOTO) < 0


def test_a_flat_picture_has_no_edges_to_correlate():
    assert edge_correlation(np.full_like(PHOTO, 0.5), PHOTO) == 0


def test_colour_distance_looks_at_colours_only_not_at_places():
    shuffled = np.random.default_rng(1).permutation(PHOTO.reshape(-1, 3)).reshape(40, 48, 3)
    assert colour_distance(PHOTO, shuffled) == pytest.approx(0, abs=1e-6)


def test_colour_distance_of_a_shift_is_its_length_over_the_root_of_three():
    grey = np.full((8, 8, 3), 0.2, "float32")
    moved = colour_distance(grey, grey + np.float32(0.3), projections=20_000)
    assert moved == pytest.approx(0.3, rel=0.02)


def test_colour_distance_is_symmetric_and_the_same_each_time():
    other = PHOTO[:20] ** 2
    assert colour_distance(PHOTO, other) == colour_distance(other, PHOTO)
