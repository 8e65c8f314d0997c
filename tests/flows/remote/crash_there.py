"""Paints into a store in processes that are killed with SIGKILL, and checks what is made of it.

    python crash_there.py FOLDER BUCKET

Every write to the store is the last thing that one case's process does, or the first that it does
not do any more. Then this machine or another one runs, and in the end the first one again. Writes
one JSON line a case: where it was killed, and a list of broken promises. Each case is forked from
this process, which has imported everything and runs no threads.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import s3fs  # noqa: F401 - every case would import it anew

import flows.remote.leases
import flows.remote.mirror
from flows.columns import COLUMN_NAMES
from flows.content import Content
from flows.manifest import Manifest, read_manifest
from flows.outputs import row_in
from flows.plan import Plan
from flows.remote.s3 import S3Store
from flows.stages import plan_collection, recover, stylize_jobs
from flows.workspace import Workspace
from images import encode_png
from stylize import Recipe, Result, Statistics
from tests.forks import in_a_fork

WEIGHTS = SimpleNamespace(name="test", sha256="ab" * 32)
RECIPE = Recipe(size=64, steps=(4,))
PHOTOS = 2
SECOND_PICTURE = range(5, 9)
"""The writes for it: claim, picture, row, claim back. They are those for the first once more."""


class Painter:
    """Notes each picture it begins in a file, which outlives the process."""

    def __init__(self, log: Path, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def stylize(self, content: Any, styles: Any, recipe: Any, *, on_iterate: Any = None) -> Result:
        os.write(self.handle, b".")
        time.sleep(self.seconds)
        found = Statistics(4, 0.5, 0.25, 0.125, 1.5, ((0, 1.0),), "float32", "fake", "cpu")
        return Result(np.float32(0.5) * content + np.float32(0.2), "finished", found)


def main(folder: Path, bucket: str) -> None:
    number, killed = 0, True
    while killed:
        number += 1
        if number in SECOND_PICTURE:
            continue
        for moment in ("before", "after"):
            killed = case(folder, f"s3://{bucket}/{moment}-{number}", number, moment == "after")


def case(folder: Path, url: str, number: int, after: bool) -> bool:
    """One killed run and the next ones; whether the first was killed."""
    name = f"{number}-{after}"
    log, notes = folder / f"{name}.log", folder / f"{name}.json"
    log.touch()
    other = "there" if (number + after) % 2 else "here"

    def first() -> None:
        use(folder / "here")
        make(url)
        paint(url, log, dying_at(number, after))

    def second() -> None:
        problems = follow(folder, name, url, log, other)
        notes.write_text(json.dumps(problems))

    killed = in_a_fork(first)
    painted = len(log.read_bytes())
    in_a_fork(second)
    problems = json.loads(notes.read_text()) if notes.exists() else ["a process broke"]
    line = {"at": url, "next": other, "killed": killed, "painted": painted, "problems": problems}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return killed


def follow(folder: Path, name: str, url: str, log: Path, other: str) -> list[str]:
    """Look at what a killed run left; let machine `other` run, then the first one again."""
    painted = len(log.read_bytes())
    use(folder / f"looker-{name}")
    problems = check_killed(url)
    use(folder / other)
    whole = len(whole_for(url))
    paint(url, log, lambda: None)
    again = len(log.read_bytes()) - painted
    use(folder / "here")
    paint(url, log, lambda: None)
    use(folder / f"judge-{name}")
    problems += check_finished(url)
    if again != PHOTOS - whole:
        problems.append(f"{whole} pictures were whole, and {again} were painted")
    if len(log.read_bytes()) > PHOTOS + 1:
        problems.append(f"{len(log.read_bytes())} paintings of {PHOTOS} pictures")
    return problems


def use(cache: Path) -> None:
    """Go on as the machine whose cache that is."""
    os.environ["ATELIER_CACHE"] = str(cache)


def whole_for(url: str) -> set[str]:
    """The pictures that the next run need not paint: whole in the store, or in its own mirror."""
    workspace = Workspace.at(url)
    assert workspace.mirror
    store = workspace.mirror.store
    names = {
        entry.key
        for entry in store.list("stylized")
        if row_in(store.get(entry.key).data, Path(entry.key).stem)
    }
    for path in workspace.stylized.glob("[!.]*.png"):
        if row_in(path.read_bytes(), path.stem):
            names.add(f"stylized/{path.name}")
    return names


def paint(url: str, log: Path, arm: Callable[[], object]) -> None:
    workspace = Workspace.at(url).create()
    recover(workspace)
    jobs = plan(workspace).jobs
    arm()
    stylize_jobs(workspace, jobs, WEIGHTS, "run", stylizer=Painter(log))


def plan(workspace: Workspace) -> Plan:
    contents = [
        Content(path.stem, f"content/{path.name}", f"prepared/{path.stem}-64.png", 64, 51)
        for path in sorted(workspace.content.iterdir())
    ]
    styles = workspace.style_files()
    return plan_collection(workspace, contents, styles, RECIPE, "default", WEIGHTS)


def dying_at(number: int, after: bool) -> Callable[[], None]:
    """Make the process kill itself before or after its `number`-th write to the store from now."""
    left = [number]

    def wrap(name: str) -> Callable[..., Any]:
        real = getattr(S3Store, name)

        def call(*args: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(*args, **named)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return call

    def arm() -> None:
        for name in ("put", "delete"):
            setattr(S3Store, name, wrap(name))

    return arm


def check_killed(url: str) -> list[str]:
    """What has to hold at the instant of death, seen by a machine that knows nothing."""
    table = pd.read_csv(f"{url}/manifest.csv")
    workspace = Workspace.at(url).pull()
    rows = Manifest(workspace).rows().to_dict("records")
    problems = ["a row came before its picture" for row in rows if not fits(workspace, row)]
    if table.shape[1] != len(COLUMN_NAMES):
        problems.append("the manifest was not whole")
    made = plan(workspace)
    if made.done + len(made.jobs) != PHOTOS:
        problems.append("the plan lost a picture")
    return problems


def check_finished(url: str) -> list[str]:
    """What has to hold after the next runs."""
    workspace = Workspace.at(url).pull()
    frame = read_manifest(workspace.manifest_csv)
    rows = frame.to_dict("records")
    problems = ["a row does not fit its picture" for row in rows if not fits(workspace, row)]
    if len(frame) != PHOTOS or set(frame["status"]) != {"done"}:
        problems.append(f"the manifest has {len(frame)} rows")
    assert workspace.mirror
    store = workspace.mirror.store
    problems += [f"left behind: {one}" for one in (*store.list("journal"), *store.list("claims"))]
    if plan(workspace).jobs:
        problems.append("there is still something to do")
    return problems


def fits(workspace: Workspace, row: dict[str, Any]) -> bool:
    """Whether the picture of `row` is in the store and has the bytes that it says."""
    return workspace.sha256(row["output"]) == str(row["output_sha256"])


def make(url: str, photos: int = PHOTOS) -> None:
    workspace = Workspace.at(url)
    (workspace.root / "styles").mkdir(parents=True)
    (workspace.styles / "grey.png").write_bytes(encode_png(np.full((64, 64, 3), 0.5, np.float32)))
    workspace.create()
    for number in range(photos):
        data = encode_png(np.random.default_rng(number).random((80, 100, 3), dtype=np.float32))
        name = f"content/{hashlib.sha256(data).hexdigest()}.png"
        (workspace.root / name).write_bytes(data)
        assert workspace.mirror
        workspace.mirror.push([name])


if __name__ == "__main__":
    # Several machines in one process: they need no connection each.
    flows.remote.mirror.open_store = functools.cache(flows.remote.mirror.open_store)
    flows.remote.leases.LEASE_SECONDS, flows.remote.leases._LOOK_SECONDS = 1.0, 0.1
    main(Path(sys.argv[1]), sys.argv[2])
