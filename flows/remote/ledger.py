"""What a mirror remembers of the store: a small database that may be lost at any time."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["Ledger"]

_TABLES = """
create table if not exists objects (key text primary key, etag text, sha256 text) without rowid;
create table if not exists pending (key text primary key, expected text) without rowid;
"""


class Ledger:
    """Etags of the objects whose bytes the mirror has seen, with the hash where it was taken.

    `pending` are pictures that are written here and may not have reached the store. A database
    that cannot be read is begun anew: all in it can be found out again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._base = self._opened()
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            self._base = self._opened()

    def etag(self, key: str) -> str:
        """The etag that was seen last, "" for none."""
        found = self._asked("select etag from objects where key = ?", key)
        return str(found[0][0]) if found else ""

    def sha256(self, key: str) -> str:
        """The hash of the object that was seen last, "" where it is not known."""
        found = self._asked("select sha256 from objects where key = ?", key)
        return str(found[0][0]) if found else ""

    def under(self, folder: str) -> dict[str, tuple[str, str]]:
        """Etag and hash ("" where it was not taken) of the objects in a folder, by key."""
        order = "select key, etag, sha256 from objects where key >= ? and key < ?"
        # "0" follows "/" directly.
        return {
            key: (etag, sha) for key, etag, sha in self._asked(order, f"{folder}/", f"{folder}0")
        }

    def note(self, key: str, etag: str, sha256: str = "") -> None:
        """Remember an object."""
        self.note_all([(key, etag, sha256)])

    def note_all(self, seen: Iterable[tuple[str, str, str]]) -> None:
        """Remember objects: key, etag and hash of each."""
        with self._changed() as base:
            base.executemany("insert or replace into objects values (?, ?, ?)", seen)

    def forget(self, keys: Iterable[str]) -> None:
        """Forget objects that are gone."""
        with self._changed() as base:
            base.executemany("delete from objects where key = ?", ((key,) for key in keys))

    def begin(self, key: str, expected: str) -> None:
        """Remember a picture that is about to be written here, and what it is to replace there."""
        with self._changed() as base:
            base.execute("insert or replace into pending values (?, ?)", (key, expected))

    def finish(self, key: str) -> None:
        """The picture is in the store, or is given up."""
        with self._changed() as base:
            base.execute("delete from pending where key = ?", (key,))

    @property
    def pending(self) -> dict[str, str]:
        """The pictures that were begun and not finished, and what each is to replace."""
        found = self._asked("select key, expected from pending")
        return {key: expected for key, expected in found}  # noqa: C416 - a pair each, says mypy

    def _opened(self) -> sqlite3.Connection:
        # Other processes of this machine share the file; each waits for the other's moment.
        base = sqlite3.connect(
            self._path, timeout=60, isolation_level=None, check_same_thread=False
        )
        base.execute("pragma synchronous = off")
        base.executescript(_TABLES)
        return base

    def _asked(self, order: str, *values: str) -> list[tuple[str, ...]]:
        with self._lock:
            return self._base.execute(order, values).fetchall()

    @contextlib.contextmanager
    def _changed(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._base.execute("begin immediate")
            try:
                yield self._base
            except BaseException:
                self._base.execute("rollback")
                raise
            self._base.execute("commit")
