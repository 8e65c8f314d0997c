"""Kills runs at random instants: python -m tests.faults.kill_run FOLDER KILLS SEED

Each case is forked from this process, which has everything loaded and no threads: a run that is
killed with SIGKILL, the run after it, and a reader of the manifest beside both. Writes one JSON
line a case, and one for the reader.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from pathlib import Path

import pandas as pd

import flows.compactor
import gallery  # noqa: F401 - loaded before the forks, as are the next
import scraping  # noqa: F401
from tests.faults.collection import Place, go, make_place, still_to_do
from tests.faults.invariants import at_rest, broken_promises, finished, losses, repeats
from tests.faults.readers import read_until
from tests.forks import in_a_fork

_SLOW = 0.004
"""Seconds that a picture takes."""


def main(folder: Path, kills: int, seed: int) -> None:
    pd.DataFrame({"a": ["b"]}).to_csv()
    flows.compactor.Compactor.__init__.__defaults__ = (0.01,)
    pristine = make_place(folder / "pristine", photos=4, styles=3)
    place = Place(folder / "case", pristine.pictures)
    end = folder / "over"
    reader, told = _reading(place.workspace.manifest_csv, end)
    whole = _seconds_of_a_run(pristine, place)
    dice = random.Random(seed)
    killed = number = 0
    while killed < kills and number < 4 * kills:
        shutil.copytree(pristine.root, place.root)
        if case(number, place, dice.uniform(0.0, whole)):
            killed += 1
        else:
            # The machine has become quicker: an instant after the end is no instant of the run.
            whole = min(whole, _seconds_of_a_run(pristine, Place(folder / "timed", place.pictures)))
        number += 1
        shutil.rmtree(place.root)
    end.touch()
    os.waitpid(reader, 0)
    _say({"reader": told.read_text()})


def case(number: int, place: Place, seconds: float) -> bool:
    """A killed run, the next, and what is wrong then; whether it was killed before its end."""
    killed = in_a_fork(lambda: go(place, place.painter(_SLOW)), lambda: time.sleep(seconds))
    first = place.painter().paintings
    problems = broken_promises(place.workspace) if place.workspace.manifest_csv.exists() else []
    whole = finished(place.workspace)
    in_a_fork(lambda: go(place, place.painter()))
    lost = losses(whole, place.workspace)
    paintings = place.painter().paintings
    problems += at_rest(place.workspace, place.pictures)
    problems += ["a finished picture was lost"] * lost
    problems += repeats(paintings, place.pictures, 1)
    problems += [f"still to do: {reason}" for reason in still_to_do(place)]
    reports = [json.loads(p.read_text()) for p in place.workspace.runs.glob("*.json")]
    outcomes = sorted(report["outcome"] for report in reports)
    if "complete" not in outcomes or set(outcomes) - {"complete", "broken off"}:
        problems.append(f"the reports say {outcomes}")
    _say(
        {
            "case": number,
            "killed": killed,
            "at": round(seconds, 4),
            "begun": first,
            "repeats": paintings - place.pictures,
            "losses": lost,
            "broken_off": outcomes.count("broken off"),
            "problems": problems,
        }
    )
    return killed


def _seconds_of_a_run(pristine: Place, place: Place) -> float:
    shutil.copytree(pristine.root, place.root)
    began = time.monotonic()
    in_a_fork(lambda: go(place, place.painter(_SLOW)))
    seconds = time.monotonic() - began
    shutil.rmtree(place.root)
    return seconds


def _reading(path: Path, end: Path) -> tuple[int, Path]:
    told = end.with_name("reader.json")
    child = os.fork()
    if child == 0:
        reads, problem = read_until(path, end.exists)
        told.write_text(json.dumps({"reads": reads, "problem": problem}))
        os._exit(0)
    return child, told


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
