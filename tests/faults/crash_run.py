"""Paints in processes that are killed with SIGKILL, and checks what the next run makes of it.

    python crash_run.py FOLDER calls     killed at every single call that changes the disk
    python crash_run.py FOLDER times     killed after so many milliseconds, while painting slowly

Writes one JSON line a case: where it was killed and a list of broken promises. Each case is forked
from this process, which has pandas loaded already and runs no threads.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

import flows.compactor
from flows.columns import COLUMN_NAMES
from flows.content import Content
from flows.files import file_sha256
from flows.manifest import Manifest, read_manifest
from flows.outputs import row_inside
from flows.plan import Plan
from flows.stages import plan_collection, recover, stylize_jobs
from flows.style_images import list_styles
from flows.workspace import Workspace
from images import encode_png
from stylize import Recipe, Result, Statistics
from tests.forks import in_a_fork

WEIGHTS = SimpleNamespace(name="test", sha256="ab" * 32)
RECIPE = Recipe(size=64, steps=(4,))
PHOTOS = 2
WATCHED = ("fsync", "replace", "unlink", "utime", "write")
_write = os.write


class Painter:
    """Notes each picture it begins in a file, which outlives the process."""

    def __init__(self, log: Path, seconds: float) -> None:
        self.handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.seconds = seconds

    def stylize(self, content: Any, styles: Any, recipe: Any, *, on_iterate: Any = None) -> Result:
        _write(self.handle, b".")
        time.sleep(self.seconds)
        found = Statistics(4, 0.5, 0.25, 0.125, 1.5, ((0, 1.0),), "float32", "fake", "cpu")
        return Result(np.float32(0.5) * content + np.float32(0.2), "finished", found)


def main(folder: Path, mode: str) -> None:
    pristine = build(folder / "pristine")
    if mode == "calls":
        number, killed = 1, True
        while killed:
            killed = case(pristine, folder, f"call {number}", 0.0, dying_at(number), None)
            number += 1
    else:
        for milliseconds in (5, 40, 75, 110, 150, 200, 260, 330):
            ready, told = os.pipe()
            arm = partial(_write, told, b".")

            def kill(ready: int = ready, seconds: float = milliseconds / 1000) -> None:
                os.read(ready, 1)
                time.sleep(seconds)

            case(pristine, folder, f"{milliseconds} ms", 0.06, arm, kill)


def case(
    pristine: Workspace,
    folder: Path,
    name: str,
    seconds: float,
    arm: Callable[[], object],
    kill: Callable[[], object] | None,
) -> bool:
    """One killed run and the next; whether the first was killed."""
    workspace = Workspace(folder / name.replace(" ", "-"))
    shutil.copytree(pristine.root, workspace.root)
    log = folder / f"{workspace.root.name}.log"
    killed = in_a_fork(lambda: paint(workspace, Painter(log, seconds), arm), kill)
    problems = check_killed(workspace)
    whole = sum(row_inside(path) is not None for path in workspace.stylized.glob("*.png"))
    first = len(log.read_bytes()) if log.exists() else 0
    in_a_fork(lambda: paint(workspace, Painter(log, 0.0), lambda: None))
    second = len(log.read_bytes()) - first
    problems += check_finished(workspace)
    if second != PHOTOS - whole:
        problems.append(f"{whole} pictures were whole, and {second} were painted")
    if first + second > PHOTOS + 1:
        problems.append(f"{first} + {second} paintings of {PHOTOS} pictures")
    line = {"at": name, "killed": killed, "painted": first, "problems": problems}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    shutil.rmtree(workspace.root)
    return killed


def paint(workspace: Workspace, painter: Painter, arm: Callable[[], object]) -> None:
    recover(workspace)
    jobs = plan(workspace).jobs
    flows.compactor.Compactor.__init__.__defaults__ = (0.02,)
    arm()
    stylize_jobs(workspace, jobs, WEIGHTS, "run", stylizer=painter)


def plan(workspace: Workspace) -> Plan:
    contents = [
        Content(path.stem, f"content/{path.name}", f"prepared/{path.stem}-64.png", 32, 24)
        for path in sorted(workspace.content.iterdir())
    ]
    styles = list_styles(workspace.styles)
    return plan_collection(workspace, contents, styles, RECIPE, "default", WEIGHTS)


def dying_at(number: int) -> Callable[[], None]:
    """Make the process kill itself in the `number`-th call from now that changes the disk."""
    left = [number]

    def wrap(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                if name == "write":
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **named)

        return call

    def arm() -> None:
        for name in WATCHED:
            setattr(os, name, wrap(name))

    return arm


def check_killed(workspace: Workspace) -> list[str]:
    """What has to hold at the instant of death."""
    rows = Manifest(workspace).rows().to_dict("records")
    problems = ["a row came before its picture" for row in rows if not fits(workspace, row)]
    if pd.read_csv(workspace.manifest_csv).shape[1] != len(COLUMN_NAMES):
        problems.append("the manifest was not whole")
    made = plan(workspace)
    if made.done + len(made.jobs) != PHOTOS:
        problems.append("the plan lost a picture")
    return problems


def check_finished(workspace: Workspace) -> list[str]:
    """What has to hold after the next run."""
    frame = read_manifest(workspace.manifest_csv)
    rows = frame.to_dict("records")
    problems = ["a row does not fit its picture" for row in rows if not fits(workspace, row)]
    if len(frame) != PHOTOS or set(frame["status"]) != {"done"}:
        problems.append(f"the manifest has {len(frame)} rows")
    if left := [p.name for p in workspace.root.rglob(".*.tmp")]:
        problems.append(f"left behind: {left}")
    if list(workspace.journal.glob("*.jsonl")):
        problems.append("a journal was not folded")
    if plan(workspace).jobs:
        problems.append("there is still something to do")
    return problems


def fits(workspace: Workspace, row: dict[str, Any]) -> bool:
    """Whether the picture of `row` is there and has the bytes that it says."""
    path = workspace.root / row["output"]
    return path.exists() and file_sha256(path) == row["output_sha256"]


def build(root: Path) -> Workspace:
    (root / "styles").mkdir(parents=True)
    workspace = Workspace(root).create()
    (workspace.styles / "grey.png").write_bytes(encode_png(np.full((64, 64, 3), 0.5, np.float32)))
    for number in range(PHOTOS):
        data = encode_png(np.random.default_rng(number).random((24, 32, 3), dtype=np.float32))
        name = hashlib.sha256(data).hexdigest()
        (workspace.content / f"{name}.png").write_bytes(data)
        (workspace.prepared / f"{name}-64.png").write_bytes(data)
    return workspace


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
