"""A painting as it comes about: every so many steps a numbered picture, or a film of them all.

Both open on the photo and end with the finished picture, and both appear whole or not at all. Only
one frame is held at a time. A film that cannot be written never costs the picture: the painting
goes on, and what went wrong is said when it has ended.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import AtelierError
from flows.files import disk_full, sync_folder, temporary_beside

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stylize import Iterate

    Pixels = NDArray[np.float32]

__all__ = ["Film", "FilmOrder", "check_film", "filming"]

_FRAMES = 120
"""About how many there are unless `every` says otherwise: four seconds at thirty a second."""

_OPENING, _CLOSING = 0.5, 1.0
"""Seconds that a film stays on the photo and on the finished picture."""

_PREFIX = "frame-"


@dataclass(frozen=True)
class FilmOrder:
    """What is to be kept of a painting's course.

    `frames` is a folder for numbered pictures, ending in `suffix` (".png" or ".jpg"); `video` a
    film's file; `every` the steps from one frame to the next; `fps` the film's frames a second.
    """

    frames: Path | None = None
    video: Path | None = None
    every: int | None = None
    fps: float = 30.0
    suffix: str = ".jpg"


def check_film(order: FilmOrder) -> None:
    """Find out before any painting whether `order` can be met.

    Raises `ValueError` for an ending that is not known, and for a folder that holds anything but
    earlier frames; `AtelierError` where what writes the film is not installed.
    """
    from images import check_animation

    if order.every is not None and not (order.frames or order.video):
        raise ValueError("--every says how often --frames and --video take a picture; add one")
    if order.video:
        try:
            check_animation(order.video.suffix)
        except ModuleNotFoundError as error:
            raise AtelierError(str(error)) from None
    if order.frames and not _only_frames(order.frames):
        raise ValueError(f"{order.frames} holds other things than frames; name a new folder")


@contextlib.contextmanager
def filming(order: FilmOrder, photo: Pixels) -> Iterator[Film]:
    """Yield what takes the frames of the painting of `photo`; where the block raises, none stay.

    Raises what went wrong with the frames when the block ends.
    """
    with contextlib.ExitStack() as stack:
        film = Film(order, photo)
        film.open(stack)
        yield film
        film.raise_trouble()


class Film:
    """Takes iterates and hands every so manyth to the folder and the film that were ordered."""

    def __init__(self, order: FilmOrder, photo: Pixels) -> None:
        self._order, self._photo = order, photo
        self._sinks: list[Callable[[Pixels, int], None]] = []
        self._trouble: Exception | None = None

    def open(self, stack: contextlib.ExitStack) -> None:
        """Open what was ordered, for as long as `stack` lasts, and show the photo."""
        from images import open_animation

        height, width = self._photo.shape[:2]
        if self._order.frames:
            folder = stack.enter_context(_whole_folder(self._order.frames))
            self._sinks.append(_Numbered(folder, self._order.suffix))
        if video := self._order.video:
            path = stack.enter_context(_whole_file(video))
            opened = open_animation(path, video.suffix, height, width, self._order.fps)
            self._sinks.append(stack.enter_context(opened))
        self._show(self._photo, _OPENING)

    def __call__(self, iterate: Iterate) -> None:
        """Take `iterate` if it is its turn; the last one is left to the finished picture."""
        every = self._order.every or max(1, round(iterate.steps / _FRAMES))
        if self._sinks and iterate.step % every == 0 and iterate.step < iterate.steps:
            self._show(iterate.picture())

    def finish(self, picture: Pixels) -> None:
        """End on the finished `picture`, (H, W, 3) like the photo."""
        self._show(picture, _CLOSING)

    def raise_trouble(self) -> None:
        """Raise what went wrong with a frame, if anything did."""
        if self._trouble:
            raise self._trouble

    def _show(self, pixels: Pixels, seconds: float = 0.0) -> None:
        """One frame for `seconds`; pictures of coarser scales are enlarged."""
        from images import resize

        if self._trouble or not self._sinks:
            return
        shown = resize(pixels, *self._photo.shape[:2])
        try:
            for sink in self._sinks:
                sink(shown, max(1, round(seconds * self._order.fps)))
        except (AtelierError, OSError) as error:
            self._trouble = error


class _Numbered:
    """Writes frames into a folder that nobody sees yet, counted from 0."""

    def __init__(self, folder: Path, suffix: str) -> None:
        self._folder, self._suffix, self._count = folder, suffix, 0

    def __call__(self, pixels: Pixels, times: int = 1) -> None:
        from images import encode_jpeg, encode_png

        path = self._folder / f"{_PREFIX}{self._count:05d}{self._suffix}"
        with disk_full(path):
            path.write_bytes((encode_png if self._suffix == ".png" else encode_jpeg)(pixels))
        self._count += 1


@contextlib.contextmanager
def _whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path that becomes `path` when the block ends, or goes when it raises."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        with disk_full(path):
            yield temporary
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextlib.contextmanager
def _whole_folder(path: Path) -> Iterator[Path]:
    """The same for a folder; the frames of an earlier painting make way for the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    temporary.mkdir()
    try:
        yield temporary
        _replace_folder(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _replace_folder(new: Path, path: Path) -> None:
    old = temporary_beside(path)
    if path.exists():
        path.rename(old)
    new.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _only_frames(folder: Path) -> bool:
    """Whether `folder` is missing, empty, or holds nothing but earlier frames."""
    if not folder.exists():
        return True
    return folder.is_dir() and all(_is_frame(path) for path in folder.iterdir())


def _is_frame(path: Path) -> bool:
    return path.name.startswith(_PREFIX) and path.suffix in (".png", ".jpg")
