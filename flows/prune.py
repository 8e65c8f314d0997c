"""`atelier prune`: delete what nothing in a workspace refers to any more, or only count it."""

from __future__ import annotations

import contextlib
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.claims import claimed
from flows.debris import Debris, find_debris
from flows.errors import WorkspaceError
from flows.journal import finished
from flows.living import any_living
from flows.stages.progress import Progress, silent
from flows.workspace import Workspace

if TYPE_CHECKING:
    from flows.remote.judged import Judged

__all__ = ["Pruned", "prune"]

_LOCK_SECONDS = 120.0


@dataclass(frozen=True)
class Pruned:
    """What can go, or went where `deleted`; `left` names what stayed, each with the reason."""

    found: tuple[Debris, ...]
    deleted: bool = False
    left: dict[str, str] = field(default_factory=dict)

    @property
    def gone(self) -> tuple[Debris, ...]:
        """What was found without what is left."""
        return tuple(one for one in self.found if one.file not in self.left)


def prune(workspace: Workspace, *, delete: bool = False, progress: Progress = silent) -> Pruned:
    """Find what nothing refers to; with `delete` remove it.

    Deleting holds the locks of both tables, so that neither changes meanwhile (in a store, where no
    lock does that, it looks again), and takes a picture or a journal's lock only where no living
    process has it. While a run paints, prepared photos are left alone. No link in the workspace is
    followed. Raises `WorkspaceError` when a lock cannot be had.
    """
    if not workspace.url:
        workspace = Workspace(workspace.root.resolve())  # the folder that was named may be a link
    if not delete:
        return Pruned(tuple(find_debris(workspace, time.time_ns())))
    left: dict[str, str] = {}
    with _held(workspace):
        judged = _judged(workspace)
        found = judged.found if judged else tuple(find_debris(workspace, time.time_ns()))
        painting = _is_painting(workspace)
        for number, debris in enumerate(found, 1):
            why = _remove(workspace, debris, painting, judged)
            if why:
                left[debris.file] = why
            progress("prune", number, len(found), debris.file)
    return Pruned(found, True, left)


def _judged(workspace: Workspace) -> Judged | None:
    if not workspace.mirror:
        return None
    from flows.remote.judged import Judged

    return Judged(workspace, workspace.mirror)


@contextlib.contextmanager
def _held(workspace: Workspace) -> Iterator[None]:
    """The locks under which the tables are replaced; those of a store need none."""
    tables = () if workspace.mirror else (workspace.manifest_csv, workspace.photos_csv)
    with contextlib.ExitStack() as locks:
        for table in tables:
            lock = FileLock(table.with_name(f".{table.name}.lock"), timeout=_LOCK_SECONDS)
            try:
                locks.enter_context(lock)
            except Timeout as error:
                held = f"Another process holds {table} for over {_LOCK_SECONDS:.0f} s"
                raise WorkspaceError(f"{held}; prune later.") from error
        yield


def _is_painting(workspace: Workspace) -> bool:
    """Whether a run is going on, or a living process has a journal open."""
    if any_living(workspace):
        return True
    for path in sorted(workspace.journal.glob("*.jsonl")):
        with finished(path) as over:
            if not over:
                return True
    return False


def _remove(workspace: Workspace, debris: Debris, painting: bool, judged: Judged | None) -> str:
    """Why a file was left, "" where it is gone."""
    path = workspace.root / debris.file
    if debris.kind in ("prepared", "statistics") and painting:
        return "a run is painting, and may be about to use it"
    if judged and debris.kind != "prepared":
        return _remove_there(judged, path, debris)
    try:
        if not _is_as_found(path, debris):
            return "it was changed just now"
        if debris.kind == "locks":
            return _remove_lock(path)
        if debris.kind in ("retired", "unknown"):
            with claimed(path) as ours:
                return _unlink(path, debris) if ours else "it is being painted"
        return _unlink(path, debris)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror or str(error)


def _remove_there(judged: Judged, path: Path, debris: Debris) -> str:
    """The same in a store, where no lock holds the tables: another machine may write rows."""
    mirror = judged.mirror
    picture = debris.kind in ("retired", "unknown")
    with claimed(path, mirror) if picture else contextlib.nullcontext(True) as ours:
        if not ours:
            return "it is being painted"
        now = mirror.store.head(debris.file)
        if now and (now.size, now.modified_ns) != (debris.size, debris.modified_ns):
            return "it was changed just now"
        if picture and not judged.still(debris):
            return "a row refers to it again"
        mirror.delete([debris.file])
    return ""


def _remove_lock(path: Path) -> str:
    """Remove a lock while holding it; one that is held stays."""
    claim = path.name.startswith(".")
    owner = path.with_name(path.name.removeprefix(".").removesuffix(".lock"))
    with claimed(owner) if claim else finished(path.with_suffix(".jsonl")) as ours:
        if ours:
            path.unlink(missing_ok=True)
        return "" if ours else "somebody holds it"


def _unlink(path: Path, debris: Debris) -> str:
    if not _is_as_found(path, debris):
        return "it was changed just now"
    path.unlink()
    return ""


def _is_as_found(path: Path, debris: Debris) -> bool:
    """Whether the file is the one that was judged, and its folder no link to another place."""
    found = path.lstat()
    same = (found.st_size, found.st_mtime_ns) == (debris.size, debris.modified_ns)
    return same and stat.S_ISREG(found.st_mode) and not path.parent.is_symlink()
