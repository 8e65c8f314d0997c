import pytest

from benchmarks.memory import growth, odd_photos, resident_mb
from benchmarks.painting import peak_mb


def test_growth_is_the_end_less_the_beginning_after_the_warm_up():
    held = [1000.0] * 50 + [200.0] * 100 + [230.0] * 100
    assert growth(held, warm_up=50) == 30


def test_flat_memory_has_not_grown():
    assert growth([500.0] * 80, warm_up=50) == 0


def test_odd_photos_have_odd_shapes_and_are_the_same_each_time():
    shapes = [photo.shape for photo in odd_photos(30)]
    assert len(set(shapes)) > 25
    assert all(64 <= side <= 160 for shape in shapes for side in shape[:2])
    assert shapes == [photo.shape for photo in odd_photos(30)]


def test_memory_is_read_in_megabytes():
    assert 10 < resident_mb() <= peak_mb() * 1.01


def test_where_the_system_hides_it_the_peak_stands_in(tmp_path):
    assert resident_mb(tmp_path / "statm") == pytest.approx(peak_mb(), rel=0.2)
