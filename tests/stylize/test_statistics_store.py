"""Style statistics in a folder: computed once, loaded by others, the same to the last bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stylize import Recipe, Stylizer
from stylize.losses import FeatureMoments
from stylize.statistics_store import StatisticsStore

RECIPE = Recipe(size=64, steps=(3,))


def moments(seed: int = 0) -> tuple[FeatureMoments, ...]:
    rng = np.random.default_rng(seed)
    return tuple(
        FeatureMoments(
            rng.random((1, channels), dtype=np.float32),
            rng.random((1, channels, channels), dtype=np.float32),
        )
        for channels in (3, 5)
    )


def refuse() -> Any:
    raise AssertionError("computed again")


def equal(one: Any, two: Any) -> bool:
    pairs = zip(one, two, strict=True)
    return all(np.array_equal(a, b) for x, y in pairs for a, b in zip(x, y, strict=True))


@pytest.fixture
def store(tmp_path: Path) -> StatisticsStore:
    return StatisticsStore(tmp_path / "statistics", ("engine", "weights"), 2)


def test_what_one_computed_another_loads(store: StatisticsStore, tmp_path: Path) -> None:
    made = store.get(b"style", moments)
    other = StatisticsStore(tmp_path / "statistics", ("engine", "weights"), 2)
    assert equal(other.get(b"style", refuse), made)
    assert [path.suffix for path in (tmp_path / "statistics").iterdir()] == [".npz"]


def test_other_pixels_and_another_basis_have_files_of_their_own(store: StatisticsStore) -> None:
    paths = {store.path(b"style"), store.path(b"other"), store.under("tiles").path(b"style")}
    assert len(paths) == 3


@pytest.mark.parametrize("damage", ["empty", "torn", "noise", "other", "nan", "pickle"])
def test_a_damaged_file_is_computed_anew(store: StatisticsStore, damage: str) -> None:
    """And written anew; nothing in it is ever unpickled."""
    made = store.get(b"style", moments)
    path = store.path(b"style")
    data = path.read_bytes()
    broken = {"empty": b"", "torn": data[: len(data) // 2], "noise": bytes(len(data))}
    if damage in broken:
        path.write_bytes(broken[damage])
    elif damage == "other":
        np.savez(path, mean_0=np.zeros((1, 3), np.float32))
    else:
        wrong: Any = np.float32("nan") if damage == "nan" else object()
        arrays = {f"{name}_{i}": m for i in (0, 1) for name, m in made[i]._asdict().items()}
        np.savez(path, **{**arrays, "mean_0": np.full((1, 3), wrong)})
    assert equal(store.get(b"style", moments), made)
    assert equal(store.get(b"style", refuse), made)


def test_a_folder_that_cannot_be_written_stops_no_painting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = StatisticsStore(tmp_path / "file" / "statistics", (), 2)
    assert equal(store.get(b"style", moments), moments())


def test_a_picture_by_loaded_statistics_has_the_same_bytes(
    tiny_weights: Any, tmp_path: Path
) -> None:
    """As one without a folder, and as the one that computed them."""
    rng = np.random.default_rng(1)
    photo = rng.random((24, 32, 3), dtype=np.float32)
    style = rng.random((40, 40, 3), dtype=np.float32)

    def paint(**more: Any) -> Any:
        return Stylizer(tiny_weights, **more).stylize(photo, [style], RECIPE).image

    folder = tmp_path / "statistics"
    plain, first = paint(), paint(statistics=folder)
    files = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert files
    again = paint(statistics=folder)
    assert np.array_equal(plain, first)
    assert np.array_equal(plain, again)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == files
