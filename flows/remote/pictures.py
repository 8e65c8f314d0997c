"""Finished pictures in a store, judged by a listing: few are read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flows.outputs import may_follow, recorded_at, row_in

if TYPE_CHECKING:
    from flows.history import Known
    from flows.remote.mirror import Mirror

__all__ = ["adoptable_there", "existing_there", "upload_leftovers"]

_BEFORE_NS = 120 * 10**9
_AFTER_NS = 900 * 10**9
"""How far the store's time of a picture may lie before and after that of its row: clocks differ,
and a large picture takes a while to be written and sent.
"""
_NO_PICTURE = "-"


def existing_there(mirror: Mirror, known: Mapping[str, Known]) -> set[str]:
    """The pictures (keys) that are in the store as their rows record them."""
    rows = recorded_at(known)
    return _intact(mirror, rows)


def adoptable_there(mirror: Mirror, known: Mapping[str, Known]) -> list[dict[str, Any]]:
    """Rows of finished pictures in the store that have none; see `flows.outputs.adoptable`."""
    rows = recorded_at(known)
    intact = _intact(mirror, rows)
    seen = mirror.ledger.under("stylized")
    doubtful = []
    for key, entry in mirror.pictures.items():
        row = known.get(_stem(key))
        older = row is not None and entry.modified_ns < row.created_ns - _BEFORE_NS
        judged = seen.get(key) == (entry.etag, _NO_PICTURE)
        if key not in intact and not older and not judged:
            doubtful.append(key)
    found = mirror.together(lambda key: _adopted(mirror, key, known), doubtful)
    return [row for row in found if row is not None]


def upload_leftovers(mirror: Mirror) -> int:
    """Put into the store what was painted here and did not reach it; how many pictures."""
    waiting = set(mirror.ledger.pending)
    there, seen = mirror.pictures, mirror.ledger.under("stylized")
    for path in (mirror.root / "stylized").glob("*.png"):
        key = f"stylized/{path.name}"
        if key not in there and key not in waiting:
            if key in seen:  # it was in the store, and was deleted there
                path.unlink(missing_ok=True)
            else:
                waiting.add(key)
    mirror.ledger.forget(key for key in seen if key not in there)
    return sum(_uploaded(mirror, key) for key in waiting)


def _uploaded(mirror: Mirror, key: str) -> bool:
    from flows.claims import claimed

    path = mirror.root / key
    with claimed(path) as ours:  # of another process here, that is painting it now
        if not ours:
            return False
        data = path.read_bytes() if path.is_file() else b""
        if not data or row_in(data, path.stem) is None:
            mirror.ledger.finish(key)
            return False
        if hashlib.sha256(data).hexdigest() == mirror.ledger.sha256(key):
            mirror.ledger.finish(key)  # killed between the two notes, or not written anew
            return False
        return mirror.put_picture(key, data)


def _intact(mirror: Mirror, rows: Mapping[str, Known]) -> set[str]:
    """Those of the pictures in the store that have the bytes of their rows."""
    seen = mirror.ledger.under("stylized")
    sure, doubtful = set(), []
    for key, entry in mirror.pictures.items():
        row = rows.get(key)
        if row is None:
            continue
        etag, sha256 = seen.get(key, ("", ""))
        fits = -_BEFORE_NS <= entry.modified_ns - row.created_ns <= _AFTER_NS
        if etag == entry.etag:
            if sha256 == row.output_sha256:
                sure.add(key)
        elif not etag and fits:
            sure.add(key)
        else:
            doubtful.append(key)
    hashes = mirror.together(lambda key: _hash(mirror, key), doubtful)
    same = zip(doubtful, hashes, strict=True)
    return sure | {key for key, sha256 in same if sha256 == rows[key].output_sha256}


def _hash(mirror: Mirror, key: str) -> str:
    try:
        return hashlib.sha256(mirror.read(key).data).hexdigest()
    except FileNotFoundError:
        return ""


def _adopted(mirror: Mirror, key: str, known: Mapping[str, Known]) -> dict[str, Any] | None:
    """The row that a picture carries, where it is newer than what is known."""
    try:
        held = mirror.read(key)
    except FileNotFoundError:
        return None
    row, before = row_in(held.data, _stem(key)), known.get(_stem(key))
    if row is None:
        if before is None:
            mirror.ledger.note(key, held.etag, _NO_PICTURE)
        return None
    if before is not None and not may_follow(row, before, key):
        return None
    return row | {"output": key}


def _stem(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(".png")
