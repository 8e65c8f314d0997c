"""`atelier serve`: schedules fire, runs do not overlap, and in the end nothing is left."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.manifest import read_manifest
from flows.watchdog import command_line

from .serving_at_hand import ServeProcess, collection_at, text_of, wait_for

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of a Unix")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def served(folder: Path, prefect_folder: Path) -> Iterator[ServeProcess]:
    """Serves harbour.toml every five seconds; the tests below happen to it one after the other."""
    collection_at(folder)
    serving = ServeProcess(folder, prefect_folder, "harbour.toml", "--interval", "5s")
    yield serving
    serving.close()


def reports(folder: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("data/runs/*.json"))]


def test_it_says_what_it_serves_where_and_when(served: ServeProcess) -> None:
    line = served.said("harbour: every 5 s; next run ")
    assert re.search(r"next run \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$", line)
    assert "  harbour: harbour.toml, into data" in served.lines
    assert served.api.startswith("http://127.0.0.1:")


def test_a_scheduled_run_that_meets_another_is_skipped_and_says_why(
    served: ServeProcess, folder: Path
) -> None:
    """The first is halted while it paints, until a second has come due."""
    holder = folder / "data" / ".scheduled.json"
    assert wait_for(holder.exists, 120), served.told
    painter = served.pids("run")[0]
    os.kill(painter, signal.SIGSTOP)
    try:
        run = json.loads(holder.read_text())["run"]
        line = served.said("harbour: skipped")
    finally:
        os.kill(painter, signal.SIGCONT)
    why = rf"another scheduled run, {run}, has been painting this workspace since .* UTC"
    assert re.search(f"harbour: skipped: {why}; next run", line)
    skipped = next(report for report in reports(folder) if report["outcome"] == "skipped")
    assert re.fullmatch(why, str(skipped["skipped"]))
    assert skipped["done"] == skipped["existed"] == 0


def test_the_run_that_came_first_paints_to_its_end(served: ServeProcess, folder: Path) -> None:
    line = served.said("harbour: complete: 1 picture, new, in")
    assert re.search(r"in \d+ s; next run ", line)
    rows = read_manifest(folder / "data" / "manifest.csv")
    assert rows["status"].tolist() == ["done"]
    assert (folder / "data" / rows["output"][0]).is_file()


def test_a_broken_edit_is_told_and_a_good_one_counts(served: ServeProcess, folder: Path) -> None:
    file, before = folder / "harbour.toml", len(served.lines)
    file.write_text("workspace = ")
    line = served.said("is not valid TOML", after=before)
    assert line.endswith("Until that is mended, runs go by what it was.")
    file.write_text(text_of(styles='"mosaic", "ink_wash"'))
    served.said("harbour: harbour.toml has changed; the next run goes by it", after=before)
    served.said("harbour: complete: 2 pictures, 1 of them new", after=before)


def test_sigterm_ends_it_with_its_run_and_its_server(served: ServeProcess, folder: Path) -> None:
    """Also in the middle of a run, which Prefect then calls cancelled."""
    served.said("started", after=len(served.lines))
    assert wait_for(lambda: served.pids("run"), 30)
    assert served.pids("server")
    status, left = served.end(signal.SIGTERM)
    assert (status, left) == (0, [])
    assert any(line.endswith("Stopping …") for line in served.lines)
    assert served.lines[-1].startswith("Stopped. Every finished picture is kept")
    assert "Traceback" not in served.told
    assert len(read_manifest(folder / "data" / "manifest.csv")) == 2


def test_two_of_one_workspace_take_turns_and_sigkill_leaves_no_process(
    tmp_path: Path, prefect_folder: Path
) -> None:
    """With the same schedule neither is skipped for the other. The kernel ends server and runs."""
    for name in ("harbour", "gardens"):
        collection_at(tmp_path, name)
    files = ("harbour.toml", "gardens.toml")
    serving = ServeProcess(tmp_path, prefect_folder, *files, "--interval", "1s")
    try:
        serving.said("harbour: complete: 1 picture, new")
        serving.said("gardens: started")
        assert not any("gardens: skipped" in line for line in serving.lines), serving.told
        assert wait_for(lambda: serving.pids("run"), 30)
        assert [pid for pid in serving.pids("server") if command_line(pid)]
        status, left = serving.end(signal.SIGKILL)
    finally:
        serving.close()
    assert (status, left) == (-signal.SIGKILL, [])
