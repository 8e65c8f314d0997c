"""Append-only journals: a file a writer, a JSON line a row, on the disk when `append` returns.

A writer holds a lock beside its file for as long as it lives, so that compaction can tell a
finished journal (which it folds into the manifest and removes) from one that may still grow.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock, Timeout

from flows.columns import complete_row
from flows.files import disk_full

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = ["Journal", "finished", "journals_of", "open_journal", "read_journal", "read_journals"]

_LOG = logging.getLogger(__name__)


class Journal:
    """The journal of one writer of one run, `<folder>/<run>-<writer>.jsonl`.

    The file appears with its first row. Use it as a context manager, or call `close`.
    """

    def __init__(self, folder: Path, run: str, writer: str = "") -> None:
        writer = writer or f"{os.getpid()}_{uuid.uuid4().hex[:6]}"
        self.path = folder / f"{_plain(run)}-{_plain(writer)}.jsonl"
        self._lock = _lock(self.path, thread_local=False)
        self._handle: int | None = None

    def append(self, row: Mapping[str, Any]) -> None:
        """Add `row` (keys that are no manifest column are dropped); it is safe on return.

        Raises `DiskFullError` when there is no room, `OSError` otherwise.
        """
        line = json.dumps(complete_row(dict(row)), separators=(",", ":")) + "\n"
        with disk_full(self.path):
            handle = self._open()
            data = memoryview(line.encode("ascii"))
            while data:
                data = data[os.write(handle, data) :]
            os.fsync(handle)

    def close(self) -> None:
        """Declare the journal finished: the next compaction may fold and remove it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> int:
        if self._handle is None:
            self._lock.acquire(timeout=10)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._handle = os.open(self.path, flags, 0o666)
            _end_torn_line(self.path, self._handle)
        return self._handle


def open_journal(workspace: Workspace, run: str) -> Journal:
    """A journal of `run` in its workspace, wherever that is."""
    if workspace.mirror:
        from flows.remote.rows import RemoteJournal

        return RemoteJournal(workspace.mirror, workspace.journal, run)
    return Journal(workspace.journal, run)


def read_journals(folder: Path) -> list[dict[str, Any]]:
    """Every whole row of every journal in `folder`, journals by name, rows as written."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in read_journal(path)]


def journals_of(folder: Path, run: str) -> list[Path]:
    """The journals in `folder` that the writers of `run` have not handed over yet."""
    return sorted(folder.glob(f"{_plain(run)}-*.jsonl"))


def read_journal(path: Path) -> list[dict[str, Any]]:
    """The whole rows of one journal; a last line torn by a crash is no row."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []  # folded by another process since it was listed
    return [row for number, line in enumerate(lines, 1) for row in _parse(path, number, line)]


@contextlib.contextmanager
def finished(path: Path) -> Iterator[bool]:
    """Whether no living writer has the journal `path`; while inside, none can open it."""
    lock = _lock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _lock(path: Path, thread_local: bool = True) -> FileLock:
    return FileLock(path.with_suffix(".lock"), thread_local=thread_local)


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "_", name) or "run"


def _end_torn_line(path: Path, handle: int) -> None:
    """Keep a line that a crash tore apart from the rows that follow it."""
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        os.write(handle, b"\n")


def _parse(path: Path, number: int, line: bytes) -> Iterator[dict[str, Any]]:
    if not line.strip():
        return
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        _LOG.info("line %d of %s is torn and was left out", number, path)
        return
    if isinstance(row, dict) and row.get("fingerprint"):
        yield row
