"""Rows in a store: each an object of its own, folded into manifest.csv by conditional writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from flows.columns import complete_row
from flows.edited import Reading, read_table, sound
from flows.files import ASIDE, write_whole
from flows.journal import Journal, read_journal
from flows.remote.store import ChangedError, Held

if TYPE_CHECKING:
    from flows.remote.mirror import Mirror
    from scraping import Photo

__all__ = ["RemoteJournal", "compact", "save_photos", "save_styles", "start"]

_MANIFEST, _PHOTOS = "manifest.csv", "photos.csv"


class RemoteJournal(Journal):
    """A journal whose rows are objects, ``journal/<run>-<writer>-<n>.jsonl``: none is appended to.

    A row is in the store when `append` returns; a copy here saves reading it back.
    """

    def __init__(self, mirror: Mirror, folder: Path, run: str) -> None:
        super().__init__(folder, run)
        self._mirror = mirror
        self._rows = 0

    def append(self, row: Mapping[str, Any]) -> None:
        """Put `row` into the store. Raises `StoreError`; then there is no such row."""
        self._rows += 1
        name = f"{self.path.stem}-{self._rows:06}.jsonl"
        line = json.dumps(complete_row(dict(row)), separators=(",", ":")) + "\n"
        data = line.encode("ascii")
        self._mirror.store.put(f"journal/{name}", data)
        write_whole(self.path.with_name(name), data)

    def close(self) -> None:
        """Nothing is held open."""


def start(mirror: Mirror) -> None:
    """Make sure that the store has a manifest and styles: those of the mirror, where it has none.

    Where two machines start at once, the other's are taken.
    """
    if not mirror.ledger.etag(_MANIFEST):
        path = mirror.root / _MANIFEST
        _replaced(mirror, _MANIFEST, path.read_bytes())
    if not mirror.ledger.under("styles"):
        save_styles(mirror)


def compact(mirror: Mirror, anew: bool, lost: Callable[[Reading, str], object]) -> int:
    """Fold the rows of every machine into the store's manifest; how many there were.

    With `anew` it is put in order also where there are none. The manifest is replaced on the
    condition that it is the one that was merged with; where another machine was faster, theirs is
    read and merged anew. Only then the folded rows are deleted. One of which not everything was
    understood is kept beside, and `lost` told of it and of the name it has there.
    """
    from flows.manifest import manifest_lock
    from flows.tables import frame_of, merge, to_csv

    path, folder = mirror.root / _MANIFEST, mirror.root / "journal"
    if not anew and not any(folder.glob("*.jsonl")):
        return 0
    with manifest_lock(path):
        paths = mirror.pull_journals()
        rows = [row for journal in paths for row in read_journal(journal)]
        journalled = frame_of(rows)
        while rows or anew:
            found = read_table(path)
            if found.lost:
                lost(found, mirror.keep_aside(_MANIFEST, path.read_bytes(), ASIDE))
            data = to_csv(merge(found.frame, journalled[sound(journalled)]))
            if _replaced(mirror, _MANIFEST, data):
                break
        mirror.delete([f"journal/{journal.name}" for journal in paths])
    return len(rows)


def save_photos(mirror: Mirror, rows: list[Photo]) -> None:
    """Put the photos of `rows` into the store, then merge `rows` into its photos.csv."""
    from flows.photos import merge_photos, photos_bytes, read_photos

    _push_photos(mirror, rows)
    path = mirror.root / _PHOTOS
    with FileLock(path.with_name(f".{_PHOTOS}.lock"), timeout=120):
        while True:
            merged = merge_photos(read_photos(path), rows)
            if _replaced(mirror, _PHOTOS, photos_bytes(merged)):
                return


def save_styles(mirror: Mirror) -> None:
    """Put the styles that are new here into the store, pictures first, and what is said of them.

    What another machine said meanwhile of other styles stays.
    """
    from flows.style_images import METADATA, add_metadata

    folder = mirror.root / "styles"
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    mirror.push(f"styles/{name}" for name in names if name != METADATA)
    path, key = folder / METADATA, f"styles/{METADATA}"
    while path.is_file():
        said = path.read_bytes()
        if mirror.is_known(key, said) or _replaced(mirror, key, said):
            return
        add_metadata(folder, said)


def _push_photos(mirror: Mirror, rows: list[Photo]) -> None:
    there = mirror.ledger.under("content")
    files = {row.file for row in rows if row.present and row.file not in there}
    mirror.push(sorted(file for file in files if (mirror.root / file).is_file()))


def _replaced(mirror: Mirror, key: str, data: bytes) -> bool:
    """Put a table in the place of the one that is mirrored; False, with the newer one mirrored,
    where that has changed.
    """
    if mirror.is_known(key, data):
        return True
    try:
        etag = mirror.store.put(key, data, mirror.ledger.etag(key))
    except ChangedError:
        mirror.pull_table(key)
        return False
    mirror.keep(key, Held(data, etag, 0.0))
    return True
