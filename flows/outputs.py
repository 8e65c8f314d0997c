"""Outputs on the disk: which are whole, and which have no row yet.

A picture's file carries the time of its row as its modification time. Where the two agree, the
file is as it was written; where they differ (it was touched, copied or replaced), its hash decides.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.files import file_sha256
from flows.history import History, Known

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = [
    "PROVENANCE_KEY",
    "adoptable",
    "existing_outputs",
    "may_follow",
    "recorded_at",
    "row_in",
    "row_inside",
    "time_ns",
]

PROVENANCE_KEY = "atelier"
"""The text chunk of a picture that holds its row, with the loss trace, as JSON."""

_TOLERANCE_NS = 2_000_000


def existing_outputs(workspace: Workspace, known: Mapping[str, Known]) -> set[str]:
    """The outputs (relative to the workspace) that are on the disk as their rows record them."""
    if workspace.mirror:
        from flows.remote.pictures import existing_there

        return existing_there(workspace.mirror, known)
    recorded = recorded_at(known)
    return {
        name
        for name, path, modified_ns in _pictures(workspace.stylized)
        if (row := recorded.get(name)) is not None and _intact(row, path, modified_ns)
    }


def adoptable(workspace: Workspace, history: History) -> list[dict[str, Any]]:
    """Rows of finished pictures that were renamed into place by a run killed before its journal.

    Rebuilt from the provenance inside the picture, which has to decode whole; a picture that is
    older than what is known of its fingerprint is not adopted, unless somebody emptied or changed
    the cells that say which file it is.
    """
    if workspace.mirror:
        from flows.remote.pictures import adoptable_there

        return adoptable_there(workspace.mirror, history.known)
    recorded = recorded_at(history.known)
    rows = []
    for name, path, modified_ns in _pictures(workspace.stylized):
        recorded_row = recorded.get(name)
        told = recorded_row is not None and _intact(recorded_row, path, modified_ns)
        if told and not _strays(recorded[name], name):
            continue
        known = history.known.get(Path(path).stem)
        if known is None or _strays(known, name) or modified_ns > known.created_ns + _TOLERANCE_NS:
            row = row_inside(Path(path))
            if row is not None and (known is None or may_follow(row, known, name)):
                rows.append(row | {"output": name})
    return rows


def time_ns(moment: object) -> int:
    """Nanoseconds since 1970 of an ISO 8601 time in UTC; 0 for what is none."""
    try:
        parsed = datetime.fromisoformat(str(moment))
    except ValueError:
        return 0
    since = parsed.replace(tzinfo=parsed.tzinfo or UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000


def _strays(known: Known, name: str) -> bool:
    """Whether somebody emptied or changed the cells of a done row that say which file it is of."""
    return known.status == "done" and not (known.output == name and known.output_sha256)


def may_follow(row: Mapping[str, Any], known: Known, name: str) -> bool:
    """Whether the row inside a picture is news; the very same puts right one that strays."""
    created = time_ns(row["created_at"])
    return created > known.created_ns or (_strays(known, name) and created == known.created_ns)


def recorded_at(known: Mapping[str, Known]) -> dict[str, Known]:
    """The done rows by their outputs; one that names another's picture has none."""
    return {
        row.output: row
        for fingerprint, row in known.items()
        if row.status == "done" and row.output == f"stylized/{fingerprint}.png"
    }


def _pictures(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Name relative to the workspace, path and modification time of each finished picture.

    Paths are plain strings: a folder may hold a hundred thousand, of which none need be opened.
    """
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".png") and not entry.name.startswith("."):
                try:
                    modified_ns = entry.stat().st_mtime_ns
                except OSError:
                    continue  # it went meanwhile, or is a link that leads nowhere
                yield f"{folder.name}/{entry.name}", entry.path, modified_ns


def _intact(row: Known, path: str, modified_ns: int) -> bool:
    if abs(modified_ns - row.created_ns) <= _TOLERANCE_NS:
        return True
    try:
        return file_sha256(Path(path)) == row.output_sha256
    except OSError:
        return False


def row_inside(path: Path) -> dict[str, Any] | None:
    """The row that the picture at `path` carries, if it is whole and is named by it."""
    try:
        return row_in(path.read_bytes(), path.stem)
    except OSError:
        return None


def row_in(data: bytes, fingerprint: str) -> dict[str, Any] | None:
    """The row that a picture of these bytes carries, if it is whole and is that `fingerprint`'s."""
    from images import ImageError, Limits, decode, read_provenance

    try:
        decode(data, Limits(min_side=1, max_aspect=float("inf"), max_bytes=2**31))
        row = json.loads(read_provenance(data).get(PROVENANCE_KEY, "null"))
    except (ImageError, ValueError):
        return None
    if not isinstance(row, dict) or row.get("fingerprint") != fingerprint:
        return None
    return row | {"output_sha256": hashlib.sha256(data).hexdigest()}
