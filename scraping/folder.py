"""A folder of files → tasks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from images import ImageError, Limits
from scraping.errors import SourceError
from scraping.found import Found
from scraping.known import Known
from scraping.photo import Photo
from scraping.rows import kept_row, limit_row, now_text, unchanged_row
from scraping.store import Store
from scraping.tasks import Outcome, Task
from scraping.turns import WORKER, Steps

if TYPE_CHECKING:
    from scraping.sources import FolderSource

__all__ = ["FolderWork", "folder_files", "found_files", "is_settled"]


def folder_files(source: FolderSource) -> list[Path]:
    """Return every file below the folder, sorted; names that start with a dot are passed over.

    Raises `SourceError` for a folder that is missing, unreadable, no folder, or without files.
    """
    folder = Path(source.folder)
    if not folder.exists():
        raise SourceError(f"{folder}: there is no such folder; check the path of the source")
    if not folder.is_dir():
        raise SourceError(f"{folder}: is a file and no folder; give the folder it lies in")
    try:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
    except OSError as error:
        raise SourceError(f"{folder}: cannot be read ({error.strerror})") from error
    files = [path for path in paths if not _is_hidden(path.relative_to(folder))]
    if not files:
        raise SourceError(f"{folder}: the folder is empty; put photos into it")
    return files


def found_files(source: FolderSource) -> tuple[Found, ...]:
    """Return the files of `folder_files` as photos that were found."""
    return tuple(
        Found((path.resolve().as_uri(),), "file", title=path.stem, id=_identity(source, path))
        for path in folder_files(source)
    )


def is_settled(source: FolderSource, path: Path, known: Known) -> Photo | None:
    """Return the row of a file that is known with its present size and time of change."""
    row = known.settled(source.name, _identity(source, path))
    return row if row is not None and row.etag == _stamp(path) else None


class FolderWork:
    """The files of `source`, kept in `store`."""

    def __init__(
        self, source: FolderSource, store: Store, known: Known, limits: Limits | None = None
    ) -> None:
        self._source = source
        self._store = store
        self._known = known
        self._limits = limits or Limits()

    def tasks(self, files: list[Path]) -> Iterator[Task]:
        """Yield a task for each file, in order."""
        for path in files:
            yield self._task(path)

    def _task(self, path: Path) -> Task:
        settled = is_settled(self._source, path, self._known)
        blank = self._blank(path)
        if settled is not None:
            row = unchanged_row(settled)
            return Task(row, row, lambda: self._steps(blank, path))
        beyond = limit_row(blank, self._source.limit or 0)
        return Task(None, beyond, lambda: self._steps(blank, path))

    def _steps(self, blank: Photo, path: Path) -> Steps[Outcome]:
        yield WORKER
        return self._read(blank, path)

    def _blank(self, path: Path) -> Photo:
        return Photo(
            source=self._source.name,
            source_id=_identity(self._source, path),
            kind="file",
            image_url=path.resolve().as_uri(),
            title=path.stem,
            etag=_stamp(path),
            found_at=now_text(),
            attempts=1,
        )

    def _read(self, blank: Photo, path: Path) -> Outcome:
        try:
            self._limits.check_bytes(path.stat().st_size)
            return self._kept(blank, path.read_bytes())
        except ImageError as error:
            return Outcome(replace(blank, status=error.reason, detail=f"{path}: {error}"))
        except OSError as error:
            said = error.strerror or type(error).__name__
            sentence = f"{path}: cannot be read now ({said})"
            return Outcome(replace(blank, status="deferred", detail=sentence))

    def _kept(self, blank: Photo, data: bytes) -> Outcome:
        try:
            kept = self._store.keep(data)
        except ImageError as error:
            sha256 = hashlib.sha256(data).hexdigest()
            sentence = f"{blank.source_id}: {error}"
            row = replace(blank, status=error.reason, detail=sentence, sha256=sha256)
            return Outcome(row)
        return Outcome(kept_row(blank, kept), kept)


def _identity(source: FolderSource, path: Path) -> str:
    return path.relative_to(source.folder).as_posix()


def _stamp(path: Path) -> str:
    try:
        state = path.stat()
    except OSError:
        return ""
    return f"{state.st_size}-{state.st_mtime_ns}"


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)
