"""The manifest: a row for every stylized image, compacted from the journals.

The file is only ever replaced whole, so `pandas.read_csv` works at every instant; a file lock
orders the processes that share a workspace. Columns: `flows.columns.COLUMNS`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.columns import COLUMN_NAMES, COLUMNS, Column
from flows.errors import ManifestError
from flows.files import sync_folder, write_whole
from flows.journal import finished, read_journal, read_journals

if TYPE_CHECKING:
    import pandas as pd

    from flows.workspace import Workspace

__all__ = [
    "COLUMNS",
    "COLUMN_NAMES",
    "Column",
    "Manifest",
    "manifest_lock",
    "read_manifest",
    "start_manifest",
]

_LOCK_SECONDS = 120.0


def read_manifest(path: Path) -> pd.DataFrame:
    """The manifest file as a typed frame; without a file, an empty one.

    Text is ``string`` (never missing), counts ``Int64``, measures ``Float64``, `created_at` UTC
    datetimes; cells that were neutralised against spreadsheet formulas are restored.
    Raises `ManifestError` when the file is no manifest.
    """
    from flows.tables import frame_of, parse_csv

    if not path.exists() or path.stat().st_size == 0:
        return frame_of([])
    return parse_csv(path)


def start_manifest(path: Path) -> None:
    """Write the header alone, if there is no manifest yet."""
    if not path.exists():
        with manifest_lock(path):
            if not path.exists():
                write_whole(path, (",".join(COLUMN_NAMES) + "\n").encode())


class Manifest:
    """The manifest of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.path = workspace.manifest_csv
        self._journals = workspace.journal
        self._mirror = workspace.mirror
        self.pace = 10.0 if self._mirror else 0.0
        """Seconds between two compactions, at least: into a store the whole file is sent."""

    def rows(self) -> pd.DataFrame:
        """What is known now: the file and the journals, one row a fingerprint, nothing written."""
        from flows.tables import frame_of, merge

        journalled = frame_of(
            read_journals(self._journals)
        )  # first: rows move to the file, never back
        return merge(read_manifest(self.path), journalled)

    def compact(self) -> int:
        """Fold the journals into the file; returns the number of journal rows read.

        The newest row of a fingerprint wins. Journals of writers that are gone are removed once
        the new file is safe on the disk; a process killed in between folds them again, to the
        same effect.
        """
        from flows.tables import frame_of, merge, to_csv

        if self._mirror:
            from flows.remote.rows import compact

            return compact(self._mirror)
        with manifest_lock(self.path), contextlib.ExitStack() as stack:
            paths = sorted(self._journals.glob("*.jsonl"))
            done = [path for path in paths if stack.enter_context(finished(path))]
            rows = [row for path in paths for row in read_journal(path)]
            if rows:
                frame = merge(read_manifest(self.path), frame_of(rows))
                write_whole(self.path, to_csv(frame))
            _remove(done, self._journals)
        return len(rows)

    def pending(self) -> tuple[tuple[str, int], ...]:
        """Names and sizes of the journals: unchanged means that there is nothing to compact."""
        return tuple(sorted((path.name, _size(path)) for path in self._journals.glob("*.jsonl")))


@contextlib.contextmanager
def manifest_lock(path: Path, seconds: float = _LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock under which the manifest at `path` is replaced.

    Raises `ManifestError` when another process has it for too long.
    """
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=seconds)
    try:
        lock.acquire()
    except Timeout as error:
        message = f"Another process holds {path} for over {seconds:.0f} s; end it and run again."
        raise ManifestError(message) from error
    try:
        yield
    finally:
        lock.release()


def _remove(journals: list[Path], folder: Path) -> None:
    for path in journals:
        path.unlink(missing_ok=True)
        path.with_suffix(".lock").unlink(missing_ok=True)
    if journals:
        sync_folder(folder)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
