"""What is kept of a painting's course: from the photo to the result, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from flows.errors import AtelierError
from flows.film import FilmOrder, check_film, filming
from stylize import Iterate

PHOTO = np.full((48, 64, 3), 0.2, np.float32)
RESULT = np.full((48, 64, 3), 0.9, np.float32)


def iterate(step: int, steps: int) -> Any:
    """An iterate at half the photo's size, as bright as it is far."""
    shown = np.full((24, 32, 3), 0.2 + 0.7 * step / steps, np.float32)
    return Iterate(step, steps, (24, 32), 1.0, 0.0, 1.0, 1.0, 0.0, picture=lambda: shown)


def shoot(order: FilmOrder, steps: int = 12) -> None:
    with filming(order, PHOTO) as film:
        for step in range(1, steps + 1):
            film(iterate(step, steps))
        film.finish(RESULT)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_frames_are_numbered_from_the_photo_to_the_result(suffix: str, tmp_path: Path) -> None:
    """Coarser iterates are enlarged; the last of them is the result itself."""
    shoot(FilmOrder(tmp_path / "frames", every=4, suffix=suffix))
    found = sorted((tmp_path / "frames").iterdir())
    assert [path.name for path in found] == [f"frame-{number:05d}{suffix}" for number in range(4)]
    pixels = [np.asarray(Image.open(path), np.float32) / 255 for path in found]
    assert all(picture.shape == (48, 64, 3) for picture in pixels)
    bright = [picture.mean() for picture in pixels]
    np.testing.assert_allclose(bright, [0.2, 0.2 + 0.7 / 3, 0.2 + 1.4 / 3, 0.9], atol=0.01)


@pytest.mark.parametrize(("steps", "count"), [(30, 31), (130, 131), (200, 101), (3000, 121)])
def test_about_120_frames_come_of_themselves(steps: int, count: int, tmp_path: Path) -> None:
    shoot(FilmOrder(tmp_path / "frames"), steps)
    assert len(list((tmp_path / "frames").iterdir())) == count


def test_a_picture_is_made_only_for_a_frame(tmp_path: Path) -> None:
    """It has to come from the device."""
    made = []
    with filming(FilmOrder(tmp_path / "frames", every=5), PHOTO) as film:
        for step in range(1, 11):
            one = Iterate(
                step, 10, (24, 32), 1, 0, 1, 1, 0, lambda step=step: made.append(step) or PHOTO
            )
            film(one)
    assert made == [5]


def test_nothing_ordered_nothing_done(tmp_path: Path) -> None:
    with filming(FilmOrder(), PHOTO) as film:
        film(Iterate(1, 2, (1, 1), 1, 0, 1, 1, 0, picture=lambda: pytest.fail("it was made")))
        film.finish(RESULT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["film.mp4", "film.gif", "film.webp"])
def test_a_film_opens_on_the_photo_and_stays_on_the_result(name: str, tmp_path: Path) -> None:
    """Half a second on the photo, a second on the result, whatever lay there before is replaced."""
    path = tmp_path / "new" / name
    path.parent.mkdir()
    path.write_text("an older film")
    shoot(FilmOrder(video=path, every=3, fps=20))
    assert [found.name for found in path.parent.iterdir()] == [name]
    seconds, first, last = measured(path)
    assert seconds == pytest.approx(0.5 + 3 / 20 + 1.0, abs=0.03)
    assert first == pytest.approx(0.2, abs=0.03)
    assert last == pytest.approx(0.9, abs=0.03)


def measured(path: Path) -> tuple[float, float, float]:
    """Its length in seconds, and how bright its first and last frames are."""
    if path.suffix == ".mp4":
        import subprocess

        from imageio_ffmpeg import get_ffmpeg_exe

        grey = [get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-vf", "scale=1:1"]
        raw = ["-pix_fmt", "gray", "-f", "rawvideo", "-"]
        out = subprocess.run([*grey, *raw], capture_output=True, check=True).stdout
        return len(out) / 20, out[0] / 255, out[-1] / 255
    bright, seconds = [], 0.0
    with Image.open(path) as film:
        for index in range(film.n_frames):
            film.seek(index)
            bright.append(np.asarray(film.convert("RGB")).mean() / 255)
            seconds += film.info["duration"] / 1000
    return seconds, bright[0], bright[-1]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_an_interrupted_painting_leaves_nothing(stop: type[BaseException], tmp_path: Path) -> None:
    """Neither half a film nor half a folder; what was there before stays."""
    (tmp_path / "film.gif").write_text("an older film")

    def broken_off(video: str) -> None:
        order = FilmOrder(tmp_path / "frames", tmp_path / video, every=1)
        with filming(order, PHOTO) as film:
            film(iterate(1, 3))
            raise stop

    for video in ("film.mp4", "film.gif", "film.webp"):
        with pytest.raises(stop):
            broken_off(video)
    assert [path.name for path in tmp_path.iterdir()] == ["film.gif"]
    assert (tmp_path / "film.gif").read_text() == "an older film"


def test_frames_of_an_earlier_painting_make_way(tmp_path: Path) -> None:
    """None of a longer painting's frames is left among those of a shorter one."""
    order = FilmOrder(tmp_path / "frames", every=1)
    shoot(order, steps=9)
    shoot(order, steps=3)
    assert len(list((tmp_path / "frames").iterdir())) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["frames"]


def test_trouble_with_a_film_is_told_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The painting goes on: its picture is worth more than its film."""
    steps: list[int] = []

    def full(pixels: Any) -> bytes:
        raise OSError(28, "No space left on device")

    def painting() -> None:
        with filming(FilmOrder(tmp_path / "frames", every=1), PHOTO) as film:
            monkeypatch.setattr("images.encode_jpeg", full)
            for step in range(1, 4):
                film(iterate(step, 3))
                steps.append(step)
            film.finish(RESULT)

    with pytest.raises(AtelierError, match="disk is full"):
        painting()
    assert steps == [1, 2, 3]
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_said_before(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").touch()
    for order, words in (
        (FilmOrder(video=Path("film.avi")), "ends in .mp4"),
        (FilmOrder(video=Path("film")), "ends in .mp4"),
        (FilmOrder(every=3), "add one"),
        (FilmOrder(tmp_path / "photos"), "holds other things"),
        (FilmOrder(tmp_path / "photos" / "cat.jpg"), "holds other things"),
    ):
        with pytest.raises(ValueError, match=words):
            check_film(order)
    check_film(FilmOrder(tmp_path / "new", Path("film.GIF")))


def test_without_ffmpeg_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("images.animation.find_spec", lambda name: None)
    with pytest.raises(AtelierError, match="pip install imageio-ffmpeg"):
        check_film(FilmOrder(video=Path("film.mp4")))
