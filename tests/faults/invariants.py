"""What has to hold after every accident, asked in one place."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pandas as pd

from flows.columns import COLUMN_NAMES
from flows.files import file_sha256
from flows.outputs import row_inside
from flows.workspace import Workspace

__all__ = ["at_rest", "broken_promises", "finished", "losses", "repeats"]

_PLACES = ("content", "prepared", "stylized", "journal", "runs", "styles", "gallery", ".")


def broken_promises(workspace: Workspace) -> list[str]:
    """What must hold at every instant, also that of a death, and does not."""
    problems = []
    try:
        frame = pd.read_csv(io.BytesIO(workspace.manifest_csv.read_bytes()), keep_default_na=False)
    except (OSError, ValueError) as error:
        return [f"the manifest could not be read: {error}"]
    if list(frame.columns)[: len(COLUMN_NAMES)] != list(COLUMN_NAMES):
        problems.append("the manifest has other columns")
    twice = [name for name, count in Counter(frame["fingerprint"]).items() if count > 1]
    problems += [f"{name} has several rows" for name in twice]
    for row in frame[frame["status"] == "done"].to_dict("records"):
        path = workspace.root / str(row["output"])
        if not path.is_file():
            problems.append(f"{row['output']} has a row and no file")
        elif file_sha256(path) != row["output_sha256"]:
            problems.append(f"{row['output']} is not what its row says")
    return problems


def at_rest(workspace: Workspace, pictures: int, runs: int | None = None) -> list[str]:
    """What must hold when a run has ended by itself: all `pictures` done, nothing left behind.

    `runs` is how many reports there must be; none may say that its run is going on.
    """
    problems = broken_promises(workspace)
    frame = pd.read_csv(workspace.manifest_csv, keep_default_na=False)
    done = frame[frame["status"] == "done"]
    if len(done) != pictures:
        problems.append(f"{len(done)} of {pictures} pictures are done")
    rows = set(frame["fingerprint"])
    files = [path for path in workspace.stylized.glob("*.png") if not path.name.startswith(".")]
    problems += [f"{path.name} has no row" for path in files if path.stem not in rows]
    problems += [f"{path.name} is not whole" for path in files if row_inside(path) is None]
    for name in _PLACES:
        paths = (workspace.root / name).glob("**/.*" if name == "gallery" else ".*")
        left = [path.name for path in paths if path.suffix in (".tmp", ".part")]
        problems += [f"{name}/{file} was left behind" for file in left]
    problems += [f"{path.name} was not folded" for path in workspace.journal.glob("*.jsonl")]
    return problems + _reports(workspace.runs, runs)


def finished(workspace: Workspace) -> dict[str, str]:
    """The pictures that are whole, with or without a row, and the hashes of their files."""
    paths = workspace.stylized.glob("*.png")
    whole = [path for path in paths if not path.name.startswith(".") and row_inside(path)]
    return {path.name: file_sha256(path) for path in whole}


def losses(before: dict[str, str], workspace: Workspace) -> int:
    """How many of the pictures that were finished `before` are gone or others."""
    after = finished(workspace)
    return sum(after.get(name) != sha256 for name, sha256 in before.items())


def repeats(paintings: int, pictures: int, allowed: int) -> list[str]:
    """A complaint where more than `allowed` paintings were made twice, or one was not made."""
    again = paintings - pictures
    return [] if 0 <= again <= allowed else [f"{paintings} paintings of {pictures} pictures"]


def _reports(folder: Path, runs: int | None) -> list[str]:
    problems = [f"{path.name} was left behind" for path in folder.glob(".*.lock")]
    reports = sorted(folder.glob("*.json"))
    if runs is not None and len(reports) != runs:
        problems.append(f"{len(reports)} reports of {runs} runs")
    going = [path for path in reports if json.loads(path.read_text())["outcome"] == "running"]
    return problems + [f"{path.name} says that its run is going on" for path in going]
