"""Whether a workspace holds what its tables say; every file is read, nothing is written."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from flows.history import History, history_of
from flows.manifest import Manifest
from flows.outputs import adoptable, existing_outputs
from flows.stages.progress import Progress, silent
from flows.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "KINDS",
    "Expected",
    "Finding",
    "Kind",
    "Verified",
    "expected_pictures",
    "look",
    "verify",
]

Kind = Literal["missing", "damaged", "orphan", "unreadable"]
KINDS: tuple[Kind, ...] = ("missing", "damaged", "orphan", "unreadable")
_THREADS = 4
_LOT = 256
"""Files handed to the threads at once: memory stays flat, and Ctrl-C is heeded soon."""

_REMEDIES = {
    ("picture", "missing"): "a run of its recipe paints it again; --repair says so in its row",
    ("picture", "damaged"): "--repair sets it aside, then a run of its recipe paints it again",
    ("photo", "missing"): "scrape or build fetches it again",
    ("photo", "damaged"): "--repair sets it aside, then scrape or build fetches it again",
}


@dataclass(frozen=True)
class Expected:
    """A file that a row speaks of: where it is and what it hashes to.

    `fingerprint` is that of a picture's row and "" for a photo; `fault` says why the row itself
    cannot be right.
    """

    file: str
    sha256: str
    fingerprint: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Finding:
    """Something that is not as recorded: `file` is relative to the workspace, `remedy` says what
    to do. `what` it concerns; `fingerprint` is "" where that is no picture with a row.
    """

    kind: Kind
    what: Literal["picture", "photo", "style"]
    file: str
    problem: str
    remedy: str
    fingerprint: str = ""

    @property
    def mendable(self) -> bool:
        """Whether a repair does something about it."""
        lost = self.kind == "missing" and self.what == "picture"
        return lost or self.kind in ("damaged", "orphan")


@dataclass(frozen=True)
class Verified:
    """How much was looked at, and what was found."""

    pictures: int
    photos: int
    styles: int
    findings: tuple[Finding, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Findings by kind, those without any left out."""
        found = Counter(finding.kind for finding in self.findings)
        return {kind: found[kind] for kind in KINDS if found[kind]}


def verify(workspace: Workspace, *, quick: bool = False, progress: Progress = silent) -> Verified:
    """Hold every done row, every present photo and every style of a row against the disk.

    All files are hashed; with `quick` a picture whose time is that of its row counts as whole, as
    it does in a plan, and of photos only the presence is looked at. What a running flow painted
    meanwhile is no finding: whatever seems wrong is held against the tables a second time.
    Raises `ManifestError` or `WorkspaceError` when a table cannot be read.
    """
    frame = Manifest(workspace).rows()
    pictures, photos = expected_pictures(history_of(frame)), _photos(workspace)
    trusted = _trusted(workspace, frame, photos) if quick else set()
    everything = [*pictures.values(), *photos]
    doubtful = [
        expected
        for expected, finding in _looked(workspace, everything, trusted, progress)
        if finding
    ]
    names = _names(workspace)  # first: by then, what is there has its row or is finished
    frame = Manifest(workspace).rows()
    history = history_of(frame)
    finished = {str(row["output"]) for row in adoptable(workspace, history)}
    needed = _styles(frame)
    found = (
        *(one for one in _confirmed(workspace, doubtful, history) if one.file not in finished),
        *_without_row(names, history, finished),
        *_missing_styles(workspace, needed),
    )
    return Verified(len(pictures), len(photos), len(needed), found)


def expected_pictures(history: History) -> dict[str, Expected]:
    """What the done rows of `history` say should be there, by fingerprint."""
    return {
        name: Expected(
            known.output,
            known.output_sha256,
            name,
            "" if known.output == f"stylized/{name}.png" else "its row names another file",
        )
        for name, known in history.known.items()
        if known.status == "done"
    }


def look(workspace: Workspace, expected: Expected) -> Finding | None:
    """What is wrong with one file, which is read to its end; None where nothing is."""
    if expected.fault:
        kind: Kind = "missing" if expected.fingerprint else "unreadable"
        return _finding(kind, expected, expected.fault)
    try:
        path = workspace.root / expected.file
        if not workspace.url and not stat.S_ISREG(path.stat().st_mode):
            return _finding("unreadable", expected, "it is no plain file")
        same = workspace.sha256(expected.file) == expected.sha256
    except FileNotFoundError:
        return _finding("missing", expected, "there is no such file")
    except OSError as error:
        return _finding("unreadable", expected, error.strerror or str(error))
    return None if same else _finding("damaged", expected, "its bytes are not those recorded")


def _finding(kind: Kind, expected: Expected, problem: str) -> Finding:
    what: Literal["picture", "photo"] = "picture" if expected.fingerprint else "photo"
    if kind == "unreadable" and expected.fault:
        remedy = "put the row right in photos.csv, or remove it and scrape again"
    elif kind == "unreadable":
        remedy = f"make it readable, or move it away ({problem})"
    else:
        remedy = _REMEDIES[what, kind]
    return Finding(kind, what, expected.file, problem, remedy, expected.fingerprint)


def _photos(workspace: Workspace) -> list[Expected]:
    """The content files that photos.csv speaks of, each once."""
    found: dict[str, Expected] = {}
    for photo in workspace.photos():
        if photo.present:
            path = PurePosixPath(photo.file)
            named = str(path.parent) == workspace.content.name and path.stem == photo.sha256
            fault = "" if named else "photos.csv names a file that does not fit its hash"
            found[photo.file] = Expected(photo.file, photo.sha256, fault=fault)
    return list(found.values())


def _trusted(workspace: Workspace, frame: pd.DataFrame, photos: Iterable[Expected]) -> set[str]:
    """The files that need no reading: their time, or for a photo its presence, is enough."""
    found = existing_outputs(workspace, history_of(frame).known)
    for photo in photos:
        if not photo.fault and _is_there(workspace, photo.file):
            found.add(photo.file)
    return found


def _is_there(workspace: Workspace, file: str) -> bool:
    path = workspace.root / file
    if workspace.mirror:
        return path.is_file()  # an empty one stands for what the store has
    return path.is_file() and path.stat().st_size > 0


def _looked(
    workspace: Workspace, everything: Sequence[Expected], trusted: set[str], progress: Progress
) -> Iterator[tuple[Expected, Finding | None]]:
    """Each file with what is wrong with it, in order."""
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), "verify") as pool:
        waiting = iter(everything)
        done = 0
        while lot := list(islice(waiting, _LOT)):
            found = pool.map(
                lambda one: None if _is_trusted(one, trusted) else look(workspace, one), lot
            )
            for expected, finding in zip(lot, found, strict=True):
                done += 1
                progress("verify", done, len(everything), expected.file)
                yield expected, finding


def _is_trusted(expected: Expected, trusted: set[str]) -> bool:
    return not expected.fault and expected.file in trusted


def _confirmed(
    workspace: Workspace, doubtful: Iterable[Expected], history: History
) -> Iterator[Finding]:
    """What is wrong still, by the rows as they are now."""
    pictures = expected_pictures(history)
    for before in doubtful:
        now = pictures.get(before.fingerprint) if before.fingerprint else before
        finding = look(workspace, now) if now else None
        if finding:
            yield finding


def _without_row(names: Iterable[str], history: History, finished: set[str]) -> Iterator[Finding]:
    """Pictures that no row speaks of: finished ones, and what cannot be told."""
    for name in sorted(finished):
        remedy = "--repair gives it its row, and so does the next build or restyle"
        yield Finding("orphan", "picture", name, "it is finished and has no row", remedy)
    for name in names:
        known = PurePosixPath(name).stem in history.known
        if not known and name not in finished:
            problem = "it has no row, and is not the picture that its name says"
            remedy = "move it away; without provenance atelier prune removes it"
            yield Finding("unreadable", "picture", name, problem, remedy)


def _names(workspace: Workspace) -> list[str]:
    if workspace.mirror:
        return sorted(workspace.mirror.pictures)
    paths = sorted(workspace.stylized.glob("[!.]*.png"))
    return [f"{workspace.stylized.name}/{path.name}" for path in paths]


def _styles(frame: pd.DataFrame) -> dict[str, str]:
    """The names of the styles of the done rows, by hash."""
    done = frame[frame["status"] == "done"]
    names = dict(zip(done["style_sha256"], done["style"], strict=True))
    for text in done["styles"].unique():
        try:
            names |= {str(style["sha256"]): str(style["name"]) for style in json.loads(text)}
        except (ValueError, KeyError, TypeError):
            continue
    return names


def _missing_styles(workspace: Workspace, needed: Mapping[str, str]) -> Iterator[Finding]:
    present = {style.sha256 for style in workspace.style_files()}
    for sha256, name in sorted(needed.items(), key=lambda item: item[1]):
        if sha256 not in present:
            problem = f"no style has the hash {sha256} that rows speak of"
            remedy = "its pictures are kept; to paint more: atelier styles add FILE"
            yield Finding("missing", "style", f"styles/{name}", problem, remedy)
