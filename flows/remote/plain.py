"""Any other filesystem that fsspec knows: for one writer at a time.

Such a filesystem cannot compare and write in one step. A lock object beside the key orders the
writers that look at it; a lock that its writer left behind is taken over after a minute.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from flows.errors import StoreError
from flows.remote.store import ChangedError, Entry, Held

__all__ = ["PlainStore"]

_LOCK_SECONDS = 60.0
_LOCKS = ".locks"


class PlainStore:
    """The files of an fsspec filesystem below one address."""

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise StoreError(
                f"For a workspace at {url} fsspec is needed: pip install 'atelier[s3]'"
            ) from error
        try:
            self._fs, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            why = " ".join(str(error).split())
            raise StoreError(f"{url} cannot be used: {why}; name s3://… or a folder.") from error
        self.url = url

    def get(self, key: str) -> Held:
        """Read a file; see `Store`."""
        with self._sentence():
            data = self._fs.cat_file(self._at(key))
            found = self._fs.info(self._at(key))
        age = max(0.0, time.time() - _modified(found))
        return Held(data, _etag(found), age)

    def begin(self, key: str, size: int) -> bytes:
        """Read the first bytes; see `Store`."""
        with self._sentence():
            return bytes(self._fs.cat_file(self._at(key), 0, size))

    def put(self, key: str, data: bytes, expected: str | None = None) -> str:
        """Write a file; see `Store`. The condition is held among writers that look at locks."""
        with self._sentence():
            self._fs.makedirs(self._at(key).rpartition("/")[0], exist_ok=True)
            with self._locked(key) if expected is not None else contextlib.nullcontext():
                if expected is not None:
                    found = self._held(key)
                    if found is not None and found.data == data:
                        return found.etag
                    if expected != (found.etag if found else ""):
                        raise ChangedError(key)
                self._fs.pipe_file(self._at(key), data)
                return _etag(self._fs.info(self._at(key)))

    def head(self, key: str) -> Entry | None:
        """Look at one file; see `Store`."""
        with self._sentence():
            try:
                found = self._fs.info(self._at(key))
            except FileNotFoundError:
                return None
        return self._entry(found)

    def list(self, folder: str, deep: bool = False) -> list[Entry]:
        """List a folder; see `Store`."""
        with self._sentence():
            try:
                self._fs.invalidate_cache()
                found = self._fs.find(
                    self._at(folder), maxdepth=None if deep else 1, detail=True
                ).values()
            except FileNotFoundError:
                return []
        entries = (self._entry(one) for one in found if one["type"] == "file")
        return sorted((one for one in entries if _LOCKS not in one.key), key=lambda one: one.key)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete files; see `Store`."""
        for key in keys:
            with self._sentence(), contextlib.suppress(FileNotFoundError):
                self._fs.rm_file(self._at(key))

    def _at(self, key: str) -> str:
        return f"{self._root}/{key}" if key else str(self._root)

    def _held(self, key: str) -> Held | None:
        try:
            return self.get(key)
        except FileNotFoundError:
            return None

    def _entry(self, found: dict[str, Any]) -> Entry:
        key = str(found["name"])[len(str(self._root)) :].lstrip("/")
        return Entry(key, found["size"], _etag(found), int(_modified(found) * 1e9))

    @contextlib.contextmanager
    def _locked(self, key: str) -> Iterator[None]:
        lock = self._at(f"{_LOCKS}/{hashlib.sha256(key.encode()).hexdigest()[:16]}")
        self._fs.makedirs(self._at(_LOCKS), exist_ok=True)
        deadline = time.monotonic() + 2 * _LOCK_SECONDS
        while True:
            try:
                self._fs.pipe_file(lock, b"", mode="create")
                break
            except FileExistsError:
                if time.monotonic() > deadline:
                    raise StoreError(f"Another process holds {key} in {self.url}.") from None
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - _modified(self._fs.info(lock)) > _LOCK_SECONDS:
                        self._fs.rm_file(lock)
                time.sleep(0.05)
        try:
            yield
        finally:
            with contextlib.suppress(FileNotFoundError):
                self._fs.rm_file(lock)

    @contextlib.contextmanager
    def _sentence(self) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, ChangedError, StoreError):
            raise
        except Exception as error:
            why = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise StoreError(f"{self.url} cannot be used: {why}; try again later.") from error


def _modified(found: dict[str, Any]) -> float:
    for name in ("mtime", "LastModified", "last_modified", "updated", "modified", "created"):
        value = found.get(name)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, str):
            with contextlib.suppress(ValueError):
                return datetime.fromisoformat(value).timestamp()
    return 0.0


def _etag(found: dict[str, Any]) -> str:
    """What changes with the bytes: the store's own mark, else size and time."""
    for name in ("ETag", "etag", "md5Hash", "content_md5"):
        if found.get(name):
            return str(found[name])
    return f"{found['size']}-{_modified(found):.6f}"
