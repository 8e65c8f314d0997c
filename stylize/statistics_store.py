"""Statistics of styles in a folder that several painters share: computed once, loaded by the rest.

A file is named by a hash of whatever decides its values, so that none is ever out of date; one that
is damaged is computed and written anew. No painting fails for want of a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from stylize.losses import FeatureMoments

__all__ = ["StatisticsStore"]

Layered = tuple[FeatureMoments, ...]

_LOG = logging.getLogger(__name__)


class StatisticsStore:
    """The files of `folder` for one network, one choice of layers and one machine's arithmetic."""

    def __init__(self, folder: Path, basis: tuple[Any, ...], layers: int):
        """`basis` is what the values depend on besides a style's pixels; it is hashed by its repr.

        `layers` is how many style layers there are.
        """
        self._folder, self._basis, self._layers = folder, basis, layers

    def under(self, *more: Any) -> StatisticsStore:
        """The store of what depends on `more` as well."""
        return StatisticsStore(self._folder, (*self._basis, *more), self._layers)

    def path(self, digest: bytes) -> Path:
        """The file for pixels of this digest."""
        text = repr((self._basis, digest.hex()))
        return self._folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"

    def get(self, digest: bytes, make: Callable[[], Any]) -> Layered:
        """The moments of a style's pixels, float32 arrays: from their file, else made and kept."""
        path = self.path(digest)
        found = self._read(path)
        if found is None:
            found = tuple(FeatureMoments(*map(np.asarray, moments)) for moments in make())
            self._write(path, found)
        return found

    def _read(self, path: Path) -> Layered | None:
        """The moments in a file; None where it is missing or damaged."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
                read = [
                    FeatureMoments(file[f"mean_{index}"], file[f"second_{index}"])
                    for index in range(self._layers)
                ]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            _LOG.info("the style statistics in %s are computed anew: %s", path, error)
            return None
        return tuple(read) if all(map(_is_plausible, read)) else None

    def _write(self, path: Path, layers: Layered) -> None:
        """Whole or not at all; without room or permission the values are simply not kept."""
        arrays = {
            f"{name}_{index}": values
            for index, moments in enumerate(layers)
            for name, values in moments._asdict().items()
        }
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                file.write(buffer.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            _LOG.warning("style statistics could not be kept in %s: %s", path, error)
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _is_plausible(moments: FeatureMoments) -> bool:
    mean, second = moments
    shapes = mean.ndim == 2 and second.shape == (*mean.shape, mean.shape[-1])
    plain = mean.dtype == second.dtype == np.float32
    return bool(shapes and plain and np.isfinite(mean).all() and np.isfinite(second).all())
