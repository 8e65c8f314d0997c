"""What a collection costs beside its painting: the manifest, the plan, the journal, all the rest.

load_seconds        `read_manifest` of 100,000 rows
plan_noop_seconds   the plan of 100,000 finished pairs, manifest and folder read anew, in a
plan_noop_peak_mb     process of its own; and the most memory that process held
append_over_fsync   a journal's append over a bare write and fsync of as many bytes
noop_build_seconds  `atelier build` of 10,000 finished pairs, from its start to its end
start_seconds       what every run costs, however few pictures it paints
share_with_start    all but the painting, over a whole `atelier build` of 96 pictures of 256 px
own_share           the same without the start: see `benchmarks.share`
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.painting import peak_mb
from benchmarks.report import say
from benchmarks.share import build_share
from benchmarks.workspaces import WEIGHTS, build_finished, given, write_finished
from flows.journal import Journal
from flows.manifest import read_manifest
from flows.stages import plan_collection
from flows.workspace import Workspace

__all__ = ["append_over_fsync", "main", "noop_build_seconds", "planned_in_child"]

_BUILD = "import sys; from flows.cli import main; sys.exit(main())"
_FILES = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the workspaces in a temporary folder, measure, print a JSON line a metric."""
    chosen = _parser().parse_args(arguments)
    if chosen.plan:
        sys.stdout.write(json.dumps(_planned(chosen.plan, chosen.rows)) + "\n")
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="pipeline-") as folder:
        _measure_manifest(Path(folder) / "many", chosen.rows, chosen.times)
        file = build_finished(Path(folder) / "built", chosen.pairs)
        noop_build_seconds(file, chosen.pairs)  # the first makes the gallery
        seconds = [noop_build_seconds(file, chosen.pairs) for _ in range(chosen.times)]
        _tell("noop_build_seconds", seconds, "s", pairs=chosen.pairs)
        _measure_share(Path(folder) / "share", chosen.photos, chosen.size)


def _measure_manifest(root: Path, rows: int, times: int) -> None:
    workspace = write_finished(root, rows)
    loads = [_seconds(lambda: read_manifest(workspace.manifest_csv)) for _ in range(times)]
    _tell("load_seconds", loads, "s", rows=rows, mb=workspace.manifest_csv.stat().st_size / 1e6)
    plans = [planned_in_child(workspace, rows) for _ in range(times)]
    _tell("plan_noop_seconds", [found["seconds"] for found in plans], "s", pairs=rows)
    _tell("plan_noop_peak_mb", [found["peak_mb"] for found in plans], "MB", pairs=rows)
    row = read_manifest(workspace.manifest_csv).head(1).astype(object).to_dict("records")[0]
    row |= {"created_at": str(row["created_at"])}
    found = append_over_fsync(workspace, {str(key): value for key, value in row.items()})
    say("pipeline", "append_over_fsync", found["ratio"], "ratio", **found)


def _measure_share(folder: Path, photos: int, size: int) -> None:
    found = build_share(folder, photos, size)
    told = {"pictures": found.pictures, "size": size}
    say("pipeline", "start_seconds", found.start, "s", **told)
    say("pipeline", "share_with_start", found.share, "ratio", **told, seconds=found.total)
    say("pipeline", "own_share", found.own, "ratio", **told, painting=found.painting)


def planned_in_child(workspace: Workspace, rows: int) -> dict[str, float]:
    """The plan of `rows` finished pairs in a process of its own: its `seconds` and `peak_mb`.

    Raises `RuntimeError` where the plan has jobs, `CalledProcessError` where the process fails.
    """
    here = ["--plan", str(workspace.root), "--rows", str(rows)]
    found = _output([sys.executable, "-m", "benchmarks.pipeline", *here])
    told: dict[str, float] = json.loads(found.splitlines()[-1])
    if told["jobs"]:
        raise RuntimeError(f"the plan has {told['jobs']} jobs where everything is finished")
    return told


def append_over_fsync(
    workspace: Workspace, row: dict[str, Any], times: int = 200
) -> dict[str, Any]:
    """Medians of an append of `row` and of a bare write and fsync, taking turns on one disk."""
    bare, appends = [], []
    path = workspace.journal / "bare.tmp"
    with Journal(workspace.journal, "benchmark") as journal:
        journal.append(row)
        data = bytes(journal.path.stat().st_size)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            for _ in range(times):
                bare.append(_seconds(lambda: _safe(handle, data)))
                appends.append(_seconds(lambda: journal.append(row)))
        finally:
            os.close(handle)
            path.unlink()
    append, fsync = median(appends), median(bare)
    return {"ratio": append / fsync, "append": append, "fsync": fsync, "bytes": len(data)}


def noop_build_seconds(collection: Path, pairs: int) -> float:
    """How long `atelier build` takes for a collection with `pairs` pictures and nothing to do.

    Raises `RuntimeError` where it found something to do, or another number of pictures.
    """
    told = ""

    def build() -> None:
        nonlocal told
        told = _output([sys.executable, "-c", _BUILD, "build", str(collection)])

    seconds = _seconds(build)
    if f"nothing to do, all {pairs} pictures" not in told:
        raise RuntimeError(f"the build found something to do: {told.strip()}")
    return seconds


def _planned(root: Path, rows: int) -> dict[str, float]:
    contents, styles, recipe = given(rows)
    workspace = Workspace(root)
    started = time.perf_counter()
    made = plan_collection(workspace, contents, styles, recipe, "default", WEIGHTS)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "peak_mb": _own_peak_mb(), "jobs": len(made.jobs)}


def _own_peak_mb(status: Path = Path("/proc/self/status")) -> float:
    """The most memory since this program began, in MB; Linux hands `peak_mb` down to children."""
    lines = status.read_text().splitlines() if status.is_file() else []
    kib = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    return int(kib) * 1024 / 1e6 if kib else peak_mb()


def _safe(handle: int, data: bytes) -> None:
    os.write(handle, data)
    os.fsync(handle)


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _tell(metric: str, values: Sequence[float], unit: str, **more: Any) -> None:
    say("pipeline", metric, median(values), unit, best=min(values), worst=max(values), **more)


def _output(command: Sequence[str]) -> str:
    # All of it is this interpreter, this project and paths of our making.
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=_FILES)  # noqa: S603
    return done.stdout


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the manifest")
    parser.add_argument("--pairs", type=int, default=10_000, help="pictures of the build")
    parser.add_argument("--photos", type=int, default=24, help="photos painted in four styles")
    parser.add_argument("--size", type=int, default=256, help="their longer side, in pixels")
    parser.add_argument("--times", type=int, default=3, help="how often each is measured")
    parser.add_argument("--folder", type=Path, help="where to make the workspaces: the disk to ask")
    parser.add_argument(
        "--plan", type=Path, metavar="WORKSPACE", help="plan it and say how it went"
    )
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
