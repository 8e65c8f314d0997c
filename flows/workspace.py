"""The workspace: one plain folder that holds all state, or a store that such a folder mirrors."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import DiskFullError, StyleError, WorkspaceError
from flows.files import file_sha256, sweep_temporaries, temporary_beside
from flows.manifest import start_manifest
from flows.photos import kept_photos, read_photos, save_photos
from flows.remote.place import is_url, mirror_folder, plain_url
from flows.style_images import METADATA, SUFFIXES, StyleImage, list_styles, resolve_styles

if TYPE_CHECKING:
    from flows.remote.mirror import Mirror
    from scraping import Photo

__all__ = ["Workspace"]


@dataclass(frozen=True)
class Workspace:
    """The folder `root` and the places in it; making the object touches nothing.

    With a `url` the state lives in that store, and `root` mirrors it on this machine.
    """

    root: Path
    url: str = ""

    @classmethod
    def at(cls, place: Path | str) -> Workspace:
        """The workspace in a folder, or at the address of a store (``s3://bucket/collection``).

        Raises `WorkspaceError` for an address that is none.
        """
        if not is_url(place):
            return cls(Path(place))
        url = plain_url(str(place))
        return cls(mirror_folder(url), url)

    def __reduce__(self) -> tuple[Any, ...]:
        """Another machine mirrors the store in a folder of its own."""
        return (Workspace.at, (self.url,)) if self.url else (Workspace, (self.root,))

    @property
    def mirror(self) -> Mirror | None:
        """What keeps `root` and the store alike; None where the folder itself is the workspace.

        Raises `StoreError` where such a store cannot be used.
        """
        if not self.url:
            return None
        from flows.remote.mirror import mirror_of

        return mirror_of(self)

    def has(self, path: Path) -> bool:
        """Whether a file of the workspace is there; in the store where there is one."""
        if self.mirror:
            return self.mirror.has(path.relative_to(self.root).as_posix())
        return path.exists()

    def address(self, path: Path) -> Path | str:
        """How to name a file of the workspace to a person: its path, or its address."""
        return f"{self.url}/{path.relative_to(self.root).as_posix()}" if self.url else path

    @property
    def content(self) -> Path:
        """Downloaded photos, `<sha256>.<ext>`."""
        return self.root / "content"

    @property
    def photos_csv(self) -> Path:
        """One row a photo found: taken or not, and why."""
        return self.root / "photos.csv"

    @property
    def prepared(self) -> Path:
        """Upright, sRGB, resized photos, `<sha256>-<size>.png`."""
        return self.root / "prepared"

    @property
    def styles(self) -> Path:
        """Style images and their `styles.toml`."""
        return self.root / "styles"

    @property
    def stylized(self) -> Path:
        """The pictures, `<fingerprint>.png`."""
        return self.root / "stylized"

    @property
    def journal(self) -> Path:
        """One append-only file a writer."""
        return self.root / "journal"

    @property
    def manifest_csv(self) -> Path:
        """One row a picture."""
        return self.root / "manifest.csv"

    @property
    def statistics(self) -> Path:
        """Statistics of styles that several painters share, `<key>.npz`: a cache."""
        return self.root / "statistics"

    @property
    def runs(self) -> Path:
        """One report a run."""
        return self.root / "runs"

    @property
    def gallery(self) -> Path:
        """Static pages."""
        return self.root / "gallery"

    def create(self) -> Workspace:
        """Make what is missing; the shipped styles come with a new `styles` folder.

        Raises `WorkspaceError` when the path is a file or cannot be written.
        """
        self.pull()
        try:
            for folder in (self.root, *self._folders()):
                folder.mkdir(parents=True, exist_ok=True)
            _try_writing(self.root)
            _no_files(self.root, (self.styles, self.gallery))
            if not self.styles.exists():
                _ship_styles(self.styles)
            start_manifest(self.manifest_csv)
        except OSError as error:
            raise _refused(self.root, error) from error
        if self.mirror:
            from flows.remote.rows import start

            start(self.mirror)
        return self

    def pull(self) -> Workspace:
        """Bring the mirror of a store up to date; a folder is as it is."""
        if self.mirror:
            self.mirror.pull()
        return self

    def check(self) -> Workspace:
        """Make sure that there is a workspace to read.

        Raises `WorkspaceError` when there is no such folder, or it is a file.
        """
        if self.root.is_file():
            raise WorkspaceError(_is_file(self.root))
        if self.mirror:
            return self._checked_there(self.mirror)
        if not self.manifest_csv.exists() and not self.content.is_dir():
            message = f"There is no workspace in {self.root}; make one with: atelier build or demo."
            raise WorkspaceError(message)
        return self

    def _checked_there(self, mirror: Mirror) -> Workspace:
        mirror.pull()
        if not self.manifest_csv.exists() and not any(self.content.iterdir()):
            message = f"There is no workspace at {self.url}; make one with: atelier build or demo."
            raise WorkspaceError(message)
        for folder in self._folders():
            folder.mkdir(exist_ok=True)
        return self

    def sweep(self) -> int:
        """Remove temporary files that dead processes left; how many there were."""
        pages = [self.gallery, *self.gallery.glob("*/")]
        return sweep_temporaries((self.root, *self._folders(), self.styles, *pages))

    def style_files(self) -> list[StyleImage]:
        """The styles of this workspace; of the package while there is no `styles` folder."""
        if self.styles.exists() or not _shipped().is_dir():
            return list_styles(self.styles)
        return list_styles(_shipped())

    def style_here(self, style: StyleImage) -> Path:
        """The file of a style on this machine: another may have chosen it, from its mirror."""
        if self.mirror and not style.path.is_file():
            return self.mirror.fetch(f"{self.styles.name}/{style.path.name}")
        return style.path

    def choose_styles(self, entries: Sequence[str] = (), base: Path = Path()) -> list[StyleImage]:
        """The styles that `entries` name (see `resolve_styles`), all of them for no entries.

        Raises `StyleError` when an entry names nothing, or there is no style at all.
        """
        styles = resolve_styles(self.style_files(), entries, base)
        if not styles:
            message = f"There are no style images in {self.styles}; run: atelier styles add FILE"
            raise StyleError(message)
        return styles

    def photos(self) -> list[Photo]:
        """Every row of photos.csv."""
        return read_photos(self.photos_csv)

    def save_photos(self, rows: Sequence[Photo]) -> None:
        """Add `rows` to photos.csv or replace their older versions, under a lock.

        In a store their photos come first.
        """
        if self.mirror:
            from flows.remote.rows import save_photos as save_there

            save_there(self.mirror, list(rows))
        else:
            save_photos(self.photos_csv, rows)

    def sha256(self, file: str) -> str:
        """The hash of the bytes of a file, in the store where there is one.

        `file` is relative to the workspace. Raises `OSError` where it is not there.
        """
        if self.mirror:
            return hashlib.sha256(self.mirror.read(file).data).hexdigest()
        return file_sha256(self.root / file)

    def save_styles(self) -> None:
        """Put styles that were added to the folder where all machines see them."""
        if self.mirror:
            from flows.remote.rows import save_styles

            save_styles(self.mirror)

    def content_photos(self, sources: Collection[str] | None = None) -> list[Photo]:
        """The photos that can be painted, one a picture, of the named `sources` or of all.

        A row counts when it names a file; whether the file is still there shows in the plan.
        """
        return kept_photos(self.photos(), sources)

    def _folders(self) -> tuple[Path, ...]:
        return self.content, self.prepared, self.stylized, self.journal, self.runs


def _shipped() -> Path:
    return Path(str(resources.files("flows"))) / "styles"


def _ship_styles(styles: Path) -> None:
    """Copy the package's styles beside, then rename: no half copy counts, of two at once one."""
    beside = temporary_beside(styles)
    beside.mkdir()
    try:
        for path in sorted(_shipped().iterdir()):
            if path.suffix.lower() in SUFFIXES or path.name == METADATA:
                shutil.copyfile(path, beside / path.name)
        beside.rename(styles)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        if not styles.is_dir():
            raise


def _no_files(root: Path, folders: Sequence[Path]) -> None:
    for folder in folders:
        if folder.exists() and not folder.is_dir():
            raise WorkspaceError(_in_the_way(root, folder))


def _try_writing(root: Path) -> None:
    """Find out now: permission bits say nothing to root, and a mount may be read-only."""
    probe = temporary_beside(root / "probe")
    probe.touch()
    probe.unlink()


def _refused(root: Path, error: OSError) -> WorkspaceError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"The disk is full: no workspace in {root}; make room and run again.")
    if root.exists() and not root.is_dir():
        return WorkspaceError(_is_file(root))
    if isinstance(error, (NotADirectoryError, FileExistsError)):
        return WorkspaceError(_in_the_way(root, error.filename))
    why = os.strerror(error.errno) if error.errno else str(error)
    return WorkspaceError(
        f"The workspace {root} cannot be written ({why}); "
        "choose another folder with --workspace, or make this one writable."
    )


def _in_the_way(root: Path, path: object) -> str:
    return f"The workspace {root} cannot be made: {path} is a file; remove or rename it."


def _is_file(root: Path) -> str:
    return f"The workspace {root} is a file; name a folder instead."
