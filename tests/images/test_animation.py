"""Frames become films of three kinds, one frame at a time."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from images import ANIMATIONS, check_animation, open_animation

RED = np.broadcast_to(np.float32([0.8, 0.1, 0.1]), (48, 64, 3))
BLUE = np.broadcast_to(np.float32([0.1, 0.2, 0.7]), (48, 64, 3))


def shown(path: Path) -> tuple[list[NDArray[np.float64]], list[float]]:
    """The frames of a film (H,W,3) in [0,1], and the seconds that each is shown."""
    if path.suffix == ".mp4":
        return decoded_by_ffmpeg(path)
    frames, seconds = [], []
    with Image.open(path) as film:
        for index in range(film.n_frames):
            film.seek(index)
            frames.append(np.asarray(film.convert("RGB")) / 255)
            seconds.append(film.info["duration"] / 1000)
    return frames, seconds


def decoded_by_ffmpeg(path: Path) -> tuple[list[NDArray[np.float64]], list[float]]:
    """The same for an MP4; PPM pictures say their own size."""
    from imageio_ffmpeg import get_ffmpeg_exe

    told = [get_ffmpeg_exe(), "-v", "info", "-i", str(path), "-f", "image2pipe", "-c:v", "ppm", "-"]
    done = subprocess.run(told, capture_output=True, check=True)
    found = re.search(rb"yuv420p\(tv, bt709.* (\d+)x(\d+).* ([\d.]+) fps", done.stderr)
    assert found, done.stderr
    width, height, fps = (float(group) for group in found.groups())
    pictures = done.stdout.split(b"P6\n")[1:]
    pixels = [np.frombuffer(one[-int(3 * width * height) :], np.uint8) for one in pictures]
    frames = [one.reshape(int(height), int(width), 3) / 255 for one in pixels]
    return frames, [1 / fps] * len(frames)


def test_the_endings_are_these() -> None:
    assert ANIMATIONS == (".mp4", ".gif", ".webp")


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_a_film_shows_its_frames_in_order_for_their_time(suffix: str, tmp_path: Path) -> None:
    """Red for half a second, eleven mixtures, blue for a second: at 20 frames a second."""
    path = tmp_path / f"film{suffix}"
    with open_animation(path, suffix, 48, 64, fps=20) as add:
        add(RED, 10)
        for step in range(1, 12):
            add(RED + np.float32(step / 12) * (BLUE - RED))
        add(BLUE, 20)
    frames, seconds = shown(path)
    assert frames[0].shape == (48, 64, 3)
    assert sum(seconds) == pytest.approx((10 + 11 + 20) / 20, abs=0.02)
    for frame, colour in ((frames[0], RED), (frames[-1], BLUE)):
        np.testing.assert_allclose(frame.mean((0, 1)), colour[0, 0], atol=0.03)
    reds = [frame[..., 0].mean() for frame in frames]
    assert all(later <= earlier + 0.01 for earlier, later in itertools.pairwise(reds))


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_detail_survives(suffix: str, tmp_path: Path) -> None:
    """A photo-like frame comes back within the loss of its format: 256 colours, or compression."""
    rng = np.random.default_rng(2)
    coarse = np.kron(rng.random((6, 8, 3), dtype=np.float32), np.ones((8, 8, 1), np.float32))
    with open_animation(tmp_path / "film", suffix, 48, 64) as add:
        add(coarse, 3)
        add(RED, 3)
    (tmp_path / "film").rename(tmp_path / f"film{suffix}")
    frames, _ = shown(tmp_path / f"film{suffix}")
    # Halved colours smear at every edge, so the middles of the squares are compared.
    middles = (slice(3, None, 8), slice(3, None, 8))
    np.testing.assert_allclose(frames[0][middles], coarse[middles], atol=0.08)


@pytest.mark.parametrize(
    ("suffix", "shape"), [(".mp4", (48, 64)), (".gif", (49, 65)), (".webp", (49, 65))]
)
def test_only_an_mp4_needs_even_sides(suffix: str, shape: tuple[int, int], tmp_path: Path) -> None:
    """It loses an odd row or column, never more, and nothing is scaled."""
    path = tmp_path / f"film{suffix}"
    frame = np.full((49, 65, 3), 0.5, np.float32)
    frame[-1] = frame[:, -1] = 1.0
    with open_animation(path, suffix, 49, 65) as add:
        add(frame)
        add(frame / 2)
    frames, _ = shown(path)
    assert frames[0].shape[:2] == shape
    np.testing.assert_allclose(frames[0][:40, :40], 0.5, atol=0.03)


def test_a_gif_is_never_faster_than_browsers_allow(tmp_path: Path) -> None:
    """Below two hundredths of a second they wait ten."""
    with open_animation(tmp_path / "film.gif", ".gif", 48, 64, fps=120) as add:
        add(RED)
        add(BLUE)
    assert shown(tmp_path / "film.gif")[1] == [0.02, 0.02]


@pytest.mark.parametrize("suffix", [".avi", "", ".png"])
def test_another_ending_is_refused(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ends in \.mp4, \.gif, \.webp"):
        check_animation(suffix)
    with pytest.raises(ValueError, match="ends in"), open_animation(tmp_path, suffix, 48, 64):
        pytest.fail("it was opened")


def test_capitals_are_the_same_ending(tmp_path: Path) -> None:
    check_animation(".GIF")
    with open_animation(tmp_path / "film.gif", ".GIF", 48, 64) as add:
        add(RED)
    assert len(shown(tmp_path / "film.gif")[0]) == 1


@pytest.mark.parametrize("how", [{"fps": 0}, {"fps": 121}, {"height": 1}])
def test_what_no_film_can_be_is_refused(how: dict[str, int], tmp_path: Path) -> None:
    asked = {"height": 48, "width": 64, "fps": 30} | how
    with pytest.raises(ValueError, match="frames a second"):
        open_animation(tmp_path / "film.gif", ".gif", **asked).__enter__()


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_a_frame_of_another_shape_is_refused(suffix: str, tmp_path: Path) -> None:
    with open_animation(tmp_path / "film", suffix, 48, 64) as add:
        add(RED)
        with pytest.raises(ValueError, match="a frame of"):
            add(RED[:-1])


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_a_film_without_frames_is_refused(suffix: str, tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="none came"),
        open_animation(tmp_path / "film", suffix, 48, 64),
    ):
        pass


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_nothing_lies_beside_a_film(suffix: str, tmp_path: Path) -> None:
    """What Pillow's frames wait in has no name, also while they wait."""
    path = tmp_path / f"film{suffix}"
    with open_animation(path, suffix, 48, 64) as add:
        add(RED)
        assert {found.name for found in tmp_path.iterdir()} <= {path.name}
        add(BLUE)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_without_ffmpeg_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """GIF and WebP need none."""
    monkeypatch.setattr("images.animation.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install imageio-ffmpeg, or name"):
        check_animation(".mp4")
    check_animation(".gif")
    check_animation(".webp")


def test_an_ffmpeg_that_is_missing_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", missing)
    with pytest.raises(ModuleNotFoundError, match="not installed with an ffmpeg"):
        check_animation(".mp4")


def test_an_mp4_that_cannot_be_written_is_an_oserror(tmp_path: Path) -> None:
    """ffmpeg fails in silence: here its folder is missing."""
    path = tmp_path / "missing" / "film.mp4"
    with pytest.raises(OSError, match="ffmpeg could not write the film") as caught:
        write(path)
    assert caught.value.filename == str(path)


def write(path: Path) -> None:
    with open_animation(path, path.suffix, 48, 64) as add:
        for _ in range(50):
            add(RED)
