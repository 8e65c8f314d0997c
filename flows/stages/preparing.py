"""Preprocess: every photo upright, in sRGB and of the recipe's size, as a PNG."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.content import Content, content_of
from flows.errors import DiskFullError, StoreError, WorkspaceError
from flows.files import ASIDE, aside_of, write_whole
from flows.stages.progress import Progress, silent
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Photo
    from stylize import Recipe

__all__ = ["prepared_path", "preprocess_photos"]

_THREADS = 4
"""Threads for each core: most of the time that a photo takes may be spent on waiting for a disk."""
_LARGE = 12_000_000
"""Pixels from which on a photo is prepared by itself; as floats it has twelve bytes a pixel."""


def preprocess_photos(
    workspace: Workspace,
    photos: Sequence[Photo],
    recipe: Recipe,
    progress: Progress = silent,
) -> list[Content]:
    """Prepare `photos` for `recipe`, on all cores; what is prepared already is left as it is.

    The contents come in the order of the photos, and so does `progress`, on the caller's thread. A
    photo that cannot be prepared comes back with its `error` and stops nothing; when its bytes are
    at fault, photos.csv says so from then on. Raises `DiskFullError`; then, and when interrupted,
    the photos that were begun are finished and no other is.
    """
    contents: list[Content] = []
    bad: list[Photo] = []
    with contextlib.closing(_prepared(workspace, photos, recipe)) as made:
        for photo, (content, reason) in zip(photos, made, strict=True):
            contents.append(content)
            if reason:
                bad.append(replace(photo, status=reason, detail=content.error))
            progress("preprocess", len(contents), len(photos), content.name)
    if bad:
        workspace.save_photos(bad)
    return contents


def prepared_path(workspace: Workspace, content: Content) -> Path:
    """Where a content is prepared; it is prepared now where another machine had done that.

    Raises `WorkspaceError` where it cannot be.
    """
    path = workspace.root / content.prepared
    if workspace.mirror and not path.is_file():
        made, _ = _prepare(workspace, content, contextlib.nullcontext())
        if made.error:
            raise WorkspaceError(made.error)
    return path


def _prepared(
    workspace: Workspace, photos: Sequence[Photo], recipe: Recipe
) -> Generator[tuple[Content, str], None, None]:
    """Each content and its reason word, in order."""
    lanes = _Lanes(_cores())
    pool = ThreadPoolExecutor(_THREADS * _cores(), "prepare")
    ended: list[DiskFullError] = []

    def made(photo: Photo) -> tuple[Content, str]:
        if ended:
            raise ended[0]
        content = content_of(photo, recipe)
        if content.error:
            return content, ""
        try:
            return _prepare(workspace, content, lanes.computing(photo.width * photo.height))
        except DiskFullError as error:
            ended.append(error)
            raise

    try:
        yield from pool.map(made, photos)
    finally:
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Lanes:
    """Lets as many threads compute as there are `cores`, and one alone have a large photo.

    Pillow and zlib let go of the interpreter; threads that wait for the disk let others compute.
    """

    def __init__(self, cores: int) -> None:
        self._cores = threading.Semaphore(cores)
        self._large = threading.Lock()

    @contextlib.contextmanager
    def computing(self, pixels: int) -> Iterator[None]:
        """Wait for a core, and for the only place where a photo has many `pixels`."""
        with self._large if pixels > _LARGE else contextlib.nullcontext(), self._cores:
            yield


def _prepare(
    workspace: Workspace, content: Content, computing: AbstractContextManager[None]
) -> tuple[Content, str]:
    """The content, and the reason word when its bytes are no picture."""
    from images import ImageError

    target = workspace.root / content.prepared
    if target.is_file():
        return content, ""
    try:
        with computing:
            png = _png(workspace, content)
        write_whole(target, png)
    except StoreError:
        raise
    except ImageError as error:
        return content.failed(f"{content.path}: {error}"), error.reason
    except OSError as error:
        why = error.strerror or error
        return content.failed(f"{content.path} cannot be read ({why}); scrape it again."), ""
    except ValueError as error:
        return content.failed(str(error)), ""
    return content, ""


def _png(workspace: Workspace, content: Content) -> bytes:
    """Decode the bytes that the hash is of, and no others."""
    from images import fit_levels, quick_png

    if workspace.mirror:
        workspace.mirror.fetch(content.path)
    data = (workspace.root / content.path).read_bytes()
    if hashlib.sha256(data).hexdigest() != content.sha256:
        raise ValueError(_set_aside(workspace, content.path))
    return quick_png(fit_levels(data, content.height, content.width))


def _set_aside(workspace: Workspace, name: str) -> str:
    """Let the next scrape fetch the photo again; nothing is deleted."""
    if workspace.mirror:
        workspace.mirror.set_aside(name, ASIDE)
    path = workspace.root / name
    aside = aside_of(path)
    if path.exists():
        path.rename(aside)
    return f"{name} was changed after it was scraped and is now {aside.name}; scrape again."
