"""The manifest: a row for every stylized image, compacted from the journals.

The file is only ever replaced whole, so `pandas.read_csv` works at every instant; a file lock
orders the processes that share a workspace. Columns: `flows.columns.COLUMNS`.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.columns import COLUMN_NAMES, COLUMNS, Column
from flows.edited import Reading, read_table, sound
from flows.errors import ManifestError
from flows.files import aside_of, sync_folder, write_whole
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

_LOG = logging.getLogger(__name__)
_LOCK_SECONDS = 120.0


def read_manifest(path: Path) -> pd.DataFrame:
    """The manifest file as a typed frame; without a file, an empty one.

    Text is ``string`` (never missing), counts ``Int64``, measures ``Float64``, `created_at` UTC
    datetimes; cells that were neutralised against spreadsheet formulas are restored. Columns of
    other names come last, as text. Raises `ManifestError` when the file is no manifest.
    """
    return read_table(path).frame


def start_manifest(path: Path) -> None:
    """Write the header alone, if there is no manifest yet, or one without a byte."""
    if not _size(path):
        with manifest_lock(path):
            if not _size(path):
                write_whole(path, (",".join(COLUMN_NAMES) + "\n").encode())


class Manifest:
    """The manifest of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.path = workspace.manifest_csv
        self.notes: list[str] = []
        """A sentence for each time that a damaged file was put aside."""
        self._journals = workspace.journal
        self._mirror = workspace.mirror
        self._name = workspace.address(self.path)
        self.pace = 10.0 if self._mirror else 0.0
        """Seconds between two compactions, at least: into a store the whole file is sent."""

    def read(self) -> Reading:
        """The file as it is, however a person or an accident left it; nothing is written."""
        return read_table(self.path)

    def rows(self, found: Reading | None = None) -> pd.DataFrame:
        """What is known now: the file and the journals, one row a fingerprint, nothing written.

        `found` is the file where it has been read before.
        """
        from flows.tables import frame_of, merge

        journalled = frame_of(
            read_journals(self._journals)
        )  # first: rows move to the file, never back
        return merge((found or self.read()).frame, journalled[sound(journalled)])

    def compact(self, anew: bool = False) -> int:
        """Fold the journals into the file; returns the number of journal rows read.

        With `anew` the file is written also where there is nothing to fold. A file of which not
        everything was understood is put aside first.

        The newest row of a fingerprint wins. Journals of writers that are gone are removed once
        the new file is safe on the disk; a process killed in between folds them again, to the
        same effect.
        """
        from flows.tables import frame_of, merge, to_csv

        if self._mirror:
            from flows.remote.rows import compact

            return compact(self._mirror, anew, self._lost)
        with manifest_lock(self.path), contextlib.ExitStack() as stack:
            paths = sorted(self._journals.glob("*.jsonl"))
            done = [path for path in paths if stack.enter_context(finished(path))]
            rows = [row for path in paths for row in read_journal(path)]
            if rows or anew:
                found = self.read()
                if found.lost:
                    self._put_aside(found)
                journalled = frame_of(rows)
                frame = merge(found.frame, journalled[sound(journalled)])
                write_whole(self.path, to_csv(frame))
            _remove(done, self._journals)
        return len(rows)

    def _put_aside(self, found: Reading) -> None:
        copy = aside_of(self.path)
        write_whole(copy, self.path.read_bytes())
        self._lost(found, copy.name)

    def _lost(self, found: Reading, copy: str) -> None:
        note = f"{self._name} was changed or damaged: {found.lost}; as it was it is now {copy}."
        _LOG.warning(note)
        self.notes.append(note)

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
