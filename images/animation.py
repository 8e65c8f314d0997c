"""Frames → MP4, GIF or WebP. Frames are handed over one at a time; memory never holds the film.

MP4 goes through the ffmpeg that imageio-ffmpeg brings, GIF and WebP through Pillow. Pillow pulls
its frames where a painting pushes them, so they wait in a nameless file beside the output, which
is gone however the process ends.
"""

from __future__ import annotations

import contextlib
import errno
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image, TiffImagePlugin

from images.resize import fit_shape

__all__ = ["ANIMATIONS", "AddFrame", "check_animation", "open_animation"]

ANIMATIONS = (".mp4", ".gif", ".webp")
"""The endings of the films that can be written."""

_SAMPLES, _SAMPLE_SIDE = 8, 96
"""Frames that a GIF's 256 colours are chosen from, and the longer side of each."""

_SHORTEST_GIF_DELAY = 2
"""Hundredths of a second; browsers slow anything shorter down to 10."""


class AddFrame(Protocol):
    """Adds one frame to a film."""

    def __call__(self, pixels: NDArray[np.float32], times: int = 1) -> None:
        """Show `pixels`, float (H, W, 3) in [0, 1], for `times` frames' time.

        Raises `ValueError` for another shape than the film's, `OSError` where it cannot be written.
        """


_Add = Callable[[NDArray[np.uint8], int], None]
_Write = Callable[[IO[bytes], Image.Image, list[int], float], None]


def check_animation(suffix: str) -> None:
    """Find out before any work whether a film that ends in `suffix` can be written here.

    Raises `ValueError` for an ending that is not one of `ANIMATIONS`, `ModuleNotFoundError` (one
    sentence that says how to install it) where what writes it is not installed.
    """
    if suffix.lower() not in ANIMATIONS:
        raise ValueError(f"a film ends in {', '.join(ANIMATIONS)}, not {suffix or 'nothing'!r}")
    if suffix.lower() == ".mp4" and not _has_ffmpeg():
        raise ModuleNotFoundError(
            "An .mp4 is written by imageio-ffmpeg, which is not installed with an ffmpeg here: "
            "run pip install imageio-ffmpeg, or name a .gif or .webp."
        )


@contextlib.contextmanager
def open_animation(
    path: Path, suffix: str, height: int, width: int, fps: float = 30.0
) -> Iterator[AddFrame]:
    """Yield what adds frames of `height` × `width` to the new film at `path`.

    `suffix`, one of `ANIMATIONS`, says of which kind, whatever `path` is called. An MP4 has even
    sides: an odd one loses its last row or column. The film is whole once the block has ended;
    where the block raises, what lies at `path` is not. Raises as `check_animation` does,
    `ValueError` for a rate outside 1 to 120 frames a second and for a film without a frame, and
    `OSError` where the film cannot be written.
    """
    check_animation(suffix)
    if not 1 <= fps <= 120 or min(height, width) < 2:
        raise ValueError(
            f"a film has 1 to 120 frames a second, and sides of at least 2 pixels; {fps:g} and "
            f"{width}×{height} were asked for"
        )
    with _writer(path, suffix.lower(), height, width, fps) as add:
        added = 0

        def checked(pixels: NDArray[np.float32], times: int = 1) -> None:
            nonlocal added
            if pixels.shape != (height, width, 3):
                raise ValueError(f"a frame of {pixels.shape} came into a film of {height}×{width}")
            add(np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8), times)
            added += 1

        yield checked
        if not added:
            raise ValueError("a film has a frame or more, and none came")


def _writer(
    path: Path, suffix: str, height: int, width: int, fps: float
) -> contextlib.AbstractContextManager[_Add]:
    if suffix == ".mp4":
        return _mp4(path, height, width, fps)
    return _through_pillow(path, _gif if suffix == ".gif" else _webp, fps)


def _has_ffmpeg() -> bool:
    """Whether imageio-ffmpeg is here with its ffmpeg, or finds the machine's."""
    if find_spec("imageio_ffmpeg") is None:
        return False
    from imageio_ffmpeg import get_ffmpeg_exe

    try:
        return bool(get_ffmpeg_exe())
    except RuntimeError:
        return False


@contextlib.contextmanager
def _mp4(path: Path, height: int, width: int, fps: float) -> Iterator[_Add]:
    from imageio_ffmpeg import write_frames

    # yuv420p halves both sides of its colours; BT.709 is what players assume, so it is said and
    # used. The index goes first, so that a browser can begin before all of it has come.
    scaled = "scale=out_color_matrix=bt709:out_range=tv"
    tagged = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    rows, columns = height - height % 2, width - width % 2
    writer = write_frames(
        str(path),
        (columns, rows),
        fps=fps,
        quality=6.5,
        macro_block_size=2,
        ffmpeg_log_level="quiet",
        output_params=["-vf", f"{scaled},{tagged}", "-movflags", "+faststart", "-f", "mp4"],
    )
    writer.send(None)
    written = 0

    def add(frame: NDArray[np.uint8], times: int) -> None:
        nonlocal written
        shown = np.ascontiguousarray(frame[:rows, :columns])
        for _ in range(times):
            try:
                writer.send(shown)
            except OSError as error:
                raise _unwritten(path) from error
            written += 1

    with contextlib.closing(writer):
        yield add
    if written and _frames_in(path) != written:
        raise _unwritten(path)


def _frames_in(path: Path) -> int:
    """Frames of the film at `path`: ffmpeg's exit status is nowhere to be had, so we count."""
    from imageio_ffmpeg import count_frames_and_secs

    try:
        return int(count_frames_and_secs(str(path))[0])
    except (RuntimeError, TypeError):
        return 0


def _unwritten(path: Path) -> OSError:
    return OSError(errno.EIO, "ffmpeg could not write the film", str(path))


@contextlib.contextmanager
def _through_pillow(path: Path, write: _Write, fps: float) -> Iterator[_Add]:
    times: list[int] = []
    with tempfile.TemporaryFile(dir=path.parent) as spool:
        pages = TiffImagePlugin.AppendingTiffWriter(spool, True)

        def add(frame: NDArray[np.uint8], count: int) -> None:
            Image.fromarray(frame).save(pages, "TIFF", compression="tiff_adobe_deflate")
            pages.newFrame()
            times.append(count)

        yield add
        pages.finalize()
        spool.seek(0)
        with Image.open(spool, formats=["TIFF"]) as frames, path.open("wb") as file:
            write(file, frames, times, fps)


def _gif(file: IO[bytes], frames: Image.Image, times: list[int], fps: float) -> None:
    delay = max(_SHORTEST_GIF_DELAY, round(100 / fps)) * 10
    palette = _palette(frames, len(times))
    for index, count in enumerate(times):
        frames.seek(index)
        indexed = frames.convert("RGB").quantize(palette=palette)
        if index == 0:
            file.writelines(GifImagePlugin.getheader(indexed, info={"loop": 0})[0])
        file.writelines(GifImagePlugin.getdata(indexed, duration=delay * count))
    file.write(b";")


def _palette(frames: Image.Image, count: int) -> Image.Image:
    """256 colours for the whole film: with colours of its own every frame would flicker."""
    height, width = fit_shape(frames.height, frames.width, _SAMPLE_SIDE)
    picked = np.unique(np.linspace(0, count - 1, _SAMPLES).round().astype(int))
    sheet = Image.new("RGB", (width, height * len(picked)))
    for row, index in enumerate(picked):
        frames.seek(int(index))
        sheet.paste(frames.convert("RGB").resize((width, height)), (0, row * height))
    return sheet.quantize(256, Image.Quantize.MAXCOVERAGE)


def _webp(file: IO[bytes], frames: Image.Image, times: list[int], fps: float) -> None:
    durations = [round(1000 / fps * count) for count in times]
    frames.seek(0)
    frames.save(file, "WEBP", save_all=True, duration=durations, quality=85, method=2)
