"""Scheduled runs take turns; runs of all kinds share the work of a workspace."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import Counter
from pathlib import Path

from flows.content import Content
from flows.manifest import read_manifest
from flows.style_images import StyleImage
from flows.turns import turn
from flows.workspace import Workspace

from .serving_at_hand import ROOT

HOLDER = """
import pathlib, sys, time
from flows.turns import turn
from flows.workspace import Workspace
with turn(Workspace(pathlib.Path(sys.argv[1])), "first") as occupied:
    print(occupied or "mine", flush=True)
    time.sleep(60)
"""

SHARER = """
import pathlib, pickle, sys, time
from types import SimpleNamespace
import numpy as np
from flows.stages import plan_collection, stylize_jobs
from flows.workspace import Workspace
from stylize import Recipe, Result, Statistics

class Painter:
    def stylize(self, content, styles, recipe, *, on_iterate=None):
        print(".", end="", flush=True)
        time.sleep(0.1)
        found = Statistics(4, 0.5, 0.25, 0.125, 1.5, ((0, 1.0),), "float32", "fake", "cpu")
        return Result(np.float32(0.5) * content + np.float32(0.2), "finished", found)

root, planned, who = sys.argv[1:]
workspace = Workspace(pathlib.Path(root))
contents, styles = pickle.loads(pathlib.Path(planned).read_bytes())
weights = SimpleNamespace(name="test", sha256="ab" * 32, network="vgg19")
plan = plan_collection(workspace, contents, styles, Recipe(size=64, steps=(4,)), "default", weights)
print(len(plan.jobs), flush=True)
sys.stdin.readline()
summary = stylize_jobs(workspace, plan.jobs, weights, who, stylizer=Painter())
print("", summary.done, summary.elsewhere, summary.failed)
"""


def test_the_second_is_told_who_has_the_turn_and_the_third_has_it(workspace: Workspace) -> None:
    with turn(workspace, "one") as occupied:
        assert occupied == ""
        with turn(workspace, "two") as occupied:
            assert occupied.startswith("another scheduled run, one, has been painting")
        with turn(workspace, "three") as occupied:
            assert "one" in occupied
    with turn(workspace, "four") as occupied:
        assert occupied == ""


def test_a_killed_run_holds_no_turn(workspace: Workspace) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(workspace.root)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == b"mine\n"
        with turn(workspace, "second") as occupied:
            assert "first" in occupied
        holder.kill()
        holder.wait()
    with turn(workspace, "third") as occupied:
        assert occupied == ""


def test_two_runs_at_once_share_the_work_picture_by_picture(
    workspace: Workspace, contents: list[Content], styles: list[StyleImage], tmp_path: Path
) -> None:
    """As a scheduled one and `atelier build` do: both have planned everything, each looks again
    before it begins a picture, and no picture is painted twice.
    """
    planned = tmp_path / "planned"
    planned.write_bytes(pickle.dumps((contents, styles)))
    command = [sys.executable, "-c", SHARER, str(workspace.root), str(planned)]
    runs = [
        subprocess.Popen(
            [*command, who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for who in ("scheduled", "by-hand")
    ]
    for run in runs:
        assert run.stdout is not None
        assert run.stdout.readline() == f"{len(contents) * len(styles)}\n"
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("go\n")
        run.stdin.flush()
    told = [run.communicate(timeout=60)[0].split() for run in runs]
    rows = read_manifest(workspace.manifest_csv)
    assert rows["status"].tolist() == ["done"] * 6
    counts = Counter(rows["flow_run"])
    for (dots, done, elsewhere, failed), who in zip(told, ("scheduled", "by-hand"), strict=True):
        assert len(dots) == int(done) == counts[who] > 0
        assert (int(elsewhere), failed) == (6 - int(done), "0")
