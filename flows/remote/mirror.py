"""One workspace's store and the folder that mirrors it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from filelock import FileLock

from flows.files import write_whole
from flows.remote.ledger import Ledger
from flows.remote.store import ChangedError, Entry, Held, Store, open_store

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = ["Mirror", "mirror_of"]

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")

_THREADS = 16
_NAME = ".mirror.name"
_TABLES = ("manifest.csv", "photos.csv")

_mirrors: dict[tuple[str, Path], Mirror] = {}
_opening = threading.Lock()


def mirror_of(workspace: Workspace) -> Mirror:
    """The mirror of a workspace that has a URL; one a process, a new one where its folder went."""
    where = (workspace.url, workspace.root)
    with _opening:
        known = _mirrors.get(where)
        if known is None or not (workspace.root / _NAME).exists():
            store = known.store if known else open_store(workspace.url)
            _mirrors[where] = Mirror(workspace, store)
        return _mirrors[where]


class Mirror:
    """Brings files from the store to the mirror and back; keys are relative to the workspace.

    What was not changed in the store since it was seen is not asked for again.
    """

    def __init__(self, workspace: Workspace, store: Store) -> None:
        self.workspace = workspace
        self.store = store
        self.root = workspace.root
        self.root.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger(self.root / ".mirror.sqlite")
        self.name = self._named()
        self.replacing: dict[str, str] = {}
        self._listed: dict[str, Entry] | None = None
        self._lock = threading.Lock()

    def pull(self) -> None:
        """Bring journals, tables and styles up to date, and note which photos there are.

        Journals come before the manifest: rows move from them to it, never back. Pictures are
        listed after both, when somebody asks: a picture is there before its row.
        """
        from flows.manifest import manifest_lock

        with manifest_lock(self.root / "manifest.csv"):
            self.pull_journals()
            found = {entry.key: entry for entry in self.store.list("")}
            for name in _TABLES:
                self.pull_file(name, found.get(name))
        self._pull_styles()
        self._pull_names()
        with self._lock:
            self._listed = None

    def pull_journals(self) -> list[Path]:
        """Bring the store's journals here; under the manifest's lock. The journals, by name."""
        folder = self.root / "journal"
        folder.mkdir(parents=True, exist_ok=True)
        # Before the listing: a row is put there first, then kept here.
        here = {path.name for path in folder.glob("*.jsonl")}
        there = [entry.key for entry in self.store.list("journal") if entry.key.endswith(".jsonl")]
        self.fetch_all(there)
        for name in here - {key.rpartition("/")[2] for key in there}:
            (folder / name).unlink(missing_ok=True)
        return sorted(folder.glob("*.jsonl"))

    def pull_table(self, name: str) -> None:
        """Bring one table up to date; under its lock."""
        self.pull_file(name, self.store.head(name))

    @property
    def pictures(self) -> dict[str, Entry]:
        """The finished pictures in the store, by key; listed once after each `pull`."""
        with self._lock:
            if self._listed is None:
                self._listed = {
                    entry.key: entry
                    for entry in self.store.list("stylized")
                    if entry.key.endswith(".png")
                }
            return self._listed

    def listed(self, folder: str) -> dict[str, Entry]:
        """What the store has in a folder and below it, by key."""
        return {entry.key: entry for entry in self.store.list(folder, deep=True)}

    def has(self, key: str) -> bool:
        """Whether the store has an object."""
        return self.store.head(key) is not None

    def fetch(self, key: str) -> Path:
        """The file here, read from the store unless it is here whole.

        Raises `FileNotFoundError` where the store has none.
        """
        path = self.root / key
        if not path.is_file() or not path.stat().st_size:
            self.keep(key, self.store.get(key))
        return path

    def brought(self, key: str) -> Path:
        """Where the file is here, once it is read from the store if that has it."""
        self.fetch_all([key])
        return self.root / key

    def fetch_all(self, keys: Iterable[str]) -> None:
        """The same for many; those that the store has not are left out."""

        def one(key: str) -> None:
            with contextlib.suppress(FileNotFoundError):
                self.fetch(key)

        self.together(one, [key for key in keys if not _is_whole(self.root / key)])

    def push(self, keys: Iterable[str]) -> int:
        """Put files of the mirror into the store where it has not the same bytes; how many."""
        return sum(self.together(self._push, list(keys)))

    def put(self, key: str, data: bytes) -> None:
        """Put bytes that nobody else changes."""
        self.ledger.note(key, self.store.put(key, data), hashlib.sha256(data).hexdigest())

    def read(self, key: str) -> Held:
        """Read an object past the mirror, and note its hash. Raises `FileNotFoundError`."""
        held = self.store.get(key)
        self.ledger.note(key, held.etag, hashlib.sha256(held.data).hexdigest())
        return held

    def is_known(self, key: str, data: bytes) -> bool:
        """Whether the object, as it was seen last, has these bytes."""
        return self.ledger.sha256(key) == hashlib.sha256(data).hexdigest()

    def keep(self, key: str, held: Held) -> None:
        """Write an object that was read, or put, to its place here."""
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, held.data)
        self.ledger.note(key, held.etag, hashlib.sha256(held.data).hexdigest())

    def begin_picture(self, key: str) -> None:
        """Note a picture that is about to be written here, and what it replaces in the store."""
        self.ledger.begin(key, self.replacing.get(key, ""))

    def put_picture(self, key: str, data: bytes) -> bool:
        """Put a picture that was begun; False where somebody else's is there by now."""
        try:
            etag = self.store.put(key, data, self.ledger.pending.get(key, ""))
        except ChangedError:
            self.ledger.finish(key)
            return False
        self.ledger.note(key, etag, hashlib.sha256(data).hexdigest())
        self.ledger.finish(key)
        with self._lock:
            if self._listed is not None:
                self._listed[key] = Entry(key, len(data), etag, time.time_ns())
        return True

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects, and the files that mirror them."""
        self.store.delete(keys)
        self.ledger.forget(keys)
        for key in keys:
            (self.root / key).unlink(missing_ok=True)
            with self._lock:
                if self._listed is not None:
                    self._listed.pop(key, None)

    def set_aside(self, key: str, mark: str) -> bool:
        """Add `mark` to the name of a damaged object, and a number where that is taken; False
        where it is gone.
        """
        try:
            data = self.store.get(key).data
        except FileNotFoundError:
            return False
        self.keep_aside(key, data, mark)
        self.delete([key])
        return True

    def keep_aside(self, key: str, data: bytes, mark: str) -> str:
        """Put bytes that were an object's beside it, never over another; the name they have."""
        name, number = f"{key}{mark}", 1
        while True:
            try:
                self.store.put(name, data, "")
            except ChangedError:
                number += 1
                name = f"{key}{mark}{number}"
            else:
                return name

    def together(self, work: Callable[[T], R], things: Sequence[T]) -> list[R]:
        """Do `work` on several things at once; most of each is waiting for the store."""
        if len(things) < 2:
            return [work(thing) for thing in things]
        with ThreadPoolExecutor(min(_THREADS, len(things)), "store") as pool:
            try:
                return list(pool.map(work, things))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def pull_file(self, key: str, entry: Entry | None) -> None:
        """Bring one file up to date with what the store lists of it, None for nothing."""
        path, seen = self.root / key, self.ledger.etag(key)
        if entry is None:
            if seen:  # it was in the store, and is gone
                path.unlink(missing_ok=True)
                self.ledger.forget([key])
        elif entry.etag != seen or not path.is_file():
            with contextlib.suppress(FileNotFoundError):
                self.keep(key, self.store.get(key))

    def _pull_styles(self) -> None:
        there = {entry.key: entry for entry in self.store.list("styles")}
        seen = self.ledger.under("styles")
        keys = list({**there, **dict.fromkeys(seen)})
        if keys:
            (self.root / "styles").mkdir(exist_ok=True)
        self.together(lambda key: self.pull_file(key, there.get(key)), keys)

    def _pull_names(self) -> None:
        """Let an empty file stand for each photo in the store that is not here."""
        folder = self.root / "content"
        folder.mkdir(exist_ok=True)
        there = {entry.key: entry for entry in self.store.list("content")}
        seen = self.ledger.under("content")
        for path in folder.iterdir():
            key = f"content/{path.name}"
            if path.name.startswith("."):
                continue
            if key not in there and (key in seen or not path.stat().st_size):
                path.unlink(missing_ok=True)
            elif key in there and key in seen and seen[key][0] != there[key].etag:
                path.write_bytes(b"")
        news = [entry for key, entry in there.items() if seen.get(key, ("",))[0] != entry.etag]
        self.ledger.note_all((entry.key, entry.etag, "") for entry in news)
        self.ledger.forget(seen.keys() - there.keys())
        here = {path.name for path in folder.iterdir()}
        for key in there:
            if key.removeprefix("content/") not in here:
                (self.root / key).touch()

    def _push(self, key: str) -> bool:
        data = (self.root / key).read_bytes()
        if not data or self.is_known(key, data):
            return False
        self.put(key, data)
        return True

    def _named(self) -> str:
        """What tells this mirror from others of the same store, for as long as it is there."""
        path = self.root / _NAME
        with FileLock(self.root / ".mirror.lock", timeout=60):
            if not path.exists():
                write_whole(path, uuid4().hex.encode())
            return path.read_text()


def _is_whole(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
