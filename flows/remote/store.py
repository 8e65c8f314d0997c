"""What a store of objects does: whole objects by their keys, and writes that hold a condition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from flows.errors import StoreError

__all__ = ["ChangedError", "Entry", "Held", "Store", "StoreError", "open_store"]


class ChangedError(Exception):
    """An object is not (or no longer) what the writer expected; nothing was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An object as a listing shows it; `etag` changes whenever its bytes do.

    `modified_ns` is the store's own time in nanoseconds since 1970, exact to a second.
    """

    key: str
    size: int
    etag: str
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Held:
    """An object that was read. `age_seconds` is by the store's own clock."""

    data: bytes
    etag: str
    age_seconds: float


class Store(Protocol):
    """Objects below one address. Keys are relative to it, with ``/``.

    Every method raises `StoreError`, a sentence, where the store cannot be used; passing errors
    are tried again first.
    """

    url: str

    def get(self, key: str) -> Held:
        """Read an object. Raises `FileNotFoundError`."""
        ...

    def begin(self, key: str, size: int) -> bytes:
        """Read the first `size` bytes of an object. Raises `FileNotFoundError`."""
        ...

    def put(self, key: str, data: bytes, expected: str | None = None) -> str:
        """Write an object whole and return its etag.

        With an `expected` etag it is written only over just that object, with "" only where there
        is none; else `ChangedError` is raised. Where the object has these bytes already, a write
        that was repeated has done its work, and that is no error.
        """
        ...

    def head(self, key: str) -> Entry | None:
        """What a listing would show of one object, None where there is none."""
        ...

    def list(self, folder: str, deep: bool = False) -> list[Entry]:
        """The objects of a folder ("" for the whole address) in order; `deep`: and below it."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; those that are gone already are no error."""
        ...


def open_store(url: str) -> Store:
    """The store at `url`; opening it asks nothing of it.

    Raises `StoreError` where the package for such addresses is missing, or nothing knows them.
    """
    if url.startswith("s3://"):
        from flows.remote.s3 import S3Store

        return S3Store(url)
    from flows.remote.plain import PlainStore

    return PlainStore(url)
