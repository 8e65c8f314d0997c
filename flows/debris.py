"""What nothing in a workspace refers to any more; looking for it changes nothing.

Only plain files directly in the workspace's own folders are looked at, and only those whose names
are of a kind that Atelier gives; links are neither followed nor counted.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.history import History, history_of
from flows.manifest import Manifest
from flows.mending import ASIDE
from flows.outputs import PROVENANCE_KEY, adoptable
from flows.remote.leases import CLAIMS
from flows.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "Debris", "find_debris"]

KINDS = {
    "retired": "retired pictures",
    "unknown": "no row, no provenance",
    "prepared": "prepared photos (cache)",
    "photos": "photos without a row",
    "statistics": "style statistics (cache)",
    "aside": "damaged, replaced",
    "temporary": "temporary files",
    "locks": "locks nobody holds",
}
"""The kinds of what can go, in words."""

_DAY_NS = 86_400 * 10**9
_HOUR_NS = 3_600 * 10**9
"""A photo younger than this may be waiting for its row, or a prepared one for its painting."""
_PREPARED = re.compile(r"([0-9a-f]{64})-(\d+s?)\.png")
_PHOTO = re.compile(r"[0-9a-f]{64}\.\w+")
_STATISTICS = re.compile(r"[0-9a-f]{32}\.npz")
_TEMPORARY = re.compile(r"\..*\.(?:tmp|part)")
_ASIDE = re.compile(rf"(.+){re.escape(ASIDE)}\d*")
_CLAIM = re.compile(r"\.(.+\.png)\.lock")


@dataclass(frozen=True)
class Debris:
    """One file that can go: `file` is relative to the workspace, with /."""

    kind: str
    file: str
    size: int
    modified_ns: int


def find_debris(workspace: Workspace, now_ns: int) -> list[Debris]:
    """Everything that nothing refers to at the moment `now_ns`, nanoseconds since 1970.

    A photos.csv without a row says nothing of what is needed: then no photo, and no prepared one,
    counts. Raises `ManifestError` or `WorkspaceError` when a table cannot be read.
    """
    frame = Manifest(workspace).rows()
    return [
        *_pictures(workspace, history_of(frame), now_ns),
        *_photos_and_prepared(workspace, frame, now_ns),
        *_statistics(workspace, now_ns),
        *_aside(workspace),
        *_temporary(workspace, now_ns),
        *_locks(workspace, now_ns),
    ]


def _files(workspace: Workspace, folder: Path) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of change of the plain files in `folder`, unless it is a link to
    somewhere else; of the objects where the workspace is in a store.
    """
    if workspace.mirror and folder != workspace.prepared:  # which are in the mirror alone
        for one in workspace.mirror.store.list(folder.relative_to(workspace.root).as_posix()):
            yield one.key.rpartition("/")[2], one.size, one.modified_ns
        return
    if folder.is_symlink() or not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # whoever painted has renamed or removed it meanwhile
            if stat.S_ISREG(found.st_mode):
                yield entry.name, found.st_size, found.st_mtime_ns


def _all(
    workspace: Workspace, folder: Path, kind: str, unneeded: Callable[[str, int], bool]
) -> Iterator[Debris]:
    """The files of `folder` that are `unneeded`, by name and time of change."""
    for name, size, modified_ns in _files(workspace, folder):
        if unneeded(name, modified_ns):
            file = folder.joinpath(name).relative_to(workspace.root).as_posix()
            yield Debris(kind, file, size, modified_ns)


def _pictures(workspace: Workspace, history: History, now_ns: int) -> Iterator[Debris]:
    """A retired picture that is newer than its row is just being called done again.

    One that was painted since has yet to get its row.
    """
    painted_anew = {str(row["output"]) for row in adoptable(workspace, history)}

    def is_retired(name: str, modified_ns: int) -> bool:
        known = history.known.get(name.removesuffix(".png"))
        if not name.endswith(".png") or known is None or known.status != "retired":
            return False
        settled = modified_ns <= known.created_ns or now_ns - modified_ns > _HOUR_NS
        return settled and f"{workspace.stylized.name}/{name}" not in painted_anew

    def is_unknown(name: str, modified_ns: int) -> bool:
        if not name.endswith(".png") or name.startswith(".") or name[:-4] in history.known:
            return False
        return not _has_provenance(workspace, workspace.stylized / name)

    yield from _all(workspace, workspace.stylized, "retired", is_retired)
    yield from _all(workspace, workspace.stylized, "unknown", is_unknown)


def _has_provenance(workspace: Workspace, path: Path) -> bool:
    """Whether a picture says what it is; one that cannot be read is not judged."""
    from images import ImageError, read_provenance

    try:
        if workspace.mirror:
            data = workspace.mirror.store.get(path.relative_to(workspace.root).as_posix()).data
        else:
            data = path.read_bytes()
        return PROVENANCE_KEY in read_provenance(data)
    except ImageError:
        return False
    except OSError:
        return True


def _photos_and_prepared(
    workspace: Workspace, frame: pd.DataFrame, now_ns: int
) -> Iterator[Debris]:
    photos = workspace.photos()
    if not photos:
        return
    current = frame[frame["status"] != "retired"]
    files = {photo.file for photo in photos} | set(current["content"])
    hashes = {photo.sha256 for photo in photos if photo.present}
    sizes = _sizes(current)

    def is_unneeded(name: str, modified_ns: int) -> bool:
        old = now_ns - modified_ns > _HOUR_NS
        return bool(_PHOTO.fullmatch(name)) and old and f"content/{name}" not in files

    def is_unused(name: str, modified_ns: int) -> bool:
        match = _PREPARED.fullmatch(name)
        used = match is None or (match[1] in hashes and match[2] in sizes)
        return not used and now_ns - modified_ns > _HOUR_NS

    yield from _all(workspace, workspace.prepared, "prepared", is_unused)
    yield from _all(workspace, workspace.content, "photos", is_unneeded)


def _statistics(workspace: Workspace, now_ns: int) -> Iterator[Debris]:
    """Files of the cache that are a day old: the next run that needs them makes them again."""

    def is_old(name: str, modified_ns: int) -> bool:
        return bool(_STATISTICS.fullmatch(name)) and now_ns - modified_ns > _DAY_NS

    yield from _all(workspace, workspace.statistics, "statistics", is_old)


def _sizes(rows: pd.DataFrame) -> set[str]:
    """The sizes that recipes of `rows` paint at, as they stand in the names of prepared photos."""
    sizes = set()
    for text in rows["recipe"].unique():
        try:
            recipe = json.loads(text)
            mark = "s" if recipe.get("fit") == "shorter" else ""
            sizes.add(f"{recipe['size']}{mark}")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return sizes


def _aside(workspace: Workspace) -> Iterator[Debris]:
    """Damaged files whose successor is there; before, nothing better than them may be."""
    for folder in (workspace.content, workspace.stylized):
        whole = {name for name, _, _ in _files(workspace, folder)}

        def is_replaced(name: str, _: int, whole: set[str] = whole) -> bool:
            match = _ASIDE.fullmatch(name)
            return match is not None and match[1] in whole

        yield from _all(workspace, folder, "aside", is_replaced)


def _temporary(workspace: Workspace, now_ns: int) -> Iterator[Debris]:
    if workspace.mirror:
        return  # an object is whole or is not there

    def is_left(name: str, modified_ns: int) -> bool:
        return bool(_TEMPORARY.fullmatch(name)) and now_ns - modified_ns > _DAY_NS

    gallery = workspace.gallery
    for folder in (
        workspace.root,
        workspace.content,
        workspace.prepared,
        workspace.stylized,
        workspace.journal,
        workspace.runs,
        workspace.styles,
        workspace.statistics,
        gallery,
        gallery / "pictures",
        gallery / "thumbs",
    ):
        if not gallery.is_symlink() or folder.parent != gallery:
            yield from _all(workspace, folder, "temporary", is_left)


def _locks(workspace: Workspace, now_ns: int) -> Iterator[Debris]:
    """Locks of journals that are gone, and of pictures that nobody paints any more."""

    def is_old(modified_ns: int) -> bool:
        return now_ns - modified_ns > _DAY_NS

    if workspace.mirror:
        claims = workspace.root / CLAIMS
        yield from _all(workspace, claims, "locks", lambda _, modified_ns: is_old(modified_ns))
        return

    def is_journal_s(name: str, modified_ns: int) -> bool:
        journal = (workspace.journal / name).with_suffix(".jsonl")
        return name.endswith(".lock") and is_old(modified_ns) and not journal.exists()

    def is_claim(name: str, modified_ns: int) -> bool:
        return bool(_CLAIM.fullmatch(name)) and is_old(modified_ns)

    yield from _all(workspace, workspace.journal, "locks", is_journal_s)
    yield from _all(workspace, workspace.stylized, "locks", is_claim)
