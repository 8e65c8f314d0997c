"""`atelier runs`: what the runs did, and one of them in full."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.config import Collection
from flows.report import NotTaken, RunReport, Slow, write_report
from flows.workspace import Workspace

BEGAN, ENDED = "2025-01-01T00:00:00+00:00", "2025-01-01T00:10:00+00:00"


@pytest.fixture
def reports(workspace: Workspace) -> list[RunReport]:
    """A run that went well, and a later one that did not."""
    good = RunReport("20250101-000000-aa", "harbour", BEGAN, ENDED, "complete", existed=4)
    bad = RunReport(
        "20250102-000000-bb",
        "harbour",
        BEGAN,
        ENDED,
        "partial",
        photos={"taken": 3, "robots": 1},
        not_taken=(NotTaken("s", "http://a.org/x.jpg", "robots", "closed by robots.txt"),),
        planned={"new photo": 7},
        left_out=2,
        left_out_by="--only",
        done=6,
        failed=1,
        seconds=600.0,
        stages={"scrape": 5.0, "stylize": 595.0},
        pictures_per_hour=36.3,
        slowest=(Slow("Cat", "wave", "stylized/ab.png", 130.4),),
        errors=("Dog × wave: it broke; try again.",),
    )
    for report in (good, bad):
        write_report(workspace, report)
    return [good, bad]


@pytest.fixture
def call(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def run(*words: str) -> tuple[int, str, str]:
        status = main(["runs", *words, "--workspace", str(workspace.root)])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.mark.usefixtures("reports")
def test_runs_are_listed_newest_last(call: Callable[..., Any]) -> None:
    status, out, _ = call()
    assert status == 0
    first, second = out.splitlines()[1:]
    assert first.split()[:3] == ["20250101-000000-aa", "harbour", "complete"]
    assert second.split()[:3] == ["20250102-000000-bb", "harbour", "partial"]
    assert "10 min 00 s" in second
    assert second.split()[-1] == "36"
    assert len(call("--last", "1")[1].splitlines()) == 2


@pytest.mark.parametrize("name", ["20250102", "20250102-000000-bb", "last"])
@pytest.mark.usefixtures("reports")
def test_one_run_in_full(call: Callable[..., Any], name: str) -> None:
    """What was done, left out, failed and why, how fast and what was slowest."""
    status, out, err = call(name)
    assert status == 0
    for words in (
        "run 20250102-000000-bb: partial, took 10 min 00 s",
        "3 taken, 1 robots",
        "7 new photo",
        "2 by --only",
        "36.3 pictures an hour",
        "Cat × wave, 130.4 s, stylized/ab.png",
        "robots: closed by robots.txt",
    ):
        assert words in out
    assert "Dog × wave: it broke; try again." in err


@pytest.mark.usefixtures("reports")
def test_programs_get_json(call: Callable[..., Any]) -> None:
    listed = json.loads(call("--json")[1])
    assert [report["done"] for report in listed] == [0, 6]
    assert json.loads(call("last", "--json")[1])["slowest"][0]["style"] == "wave"


def test_no_run_and_no_such_run(call: Callable[..., Any], workspace: Workspace) -> None:
    assert "no runs" in call()[1]
    status, _, err = call("2031")
    assert status == 1
    assert f"There is no run '2031' in {workspace.runs}; see: atelier runs" in "".join(
        err.splitlines()
    )


@pytest.mark.usefixtures("fake_engine", "prefect_api")
def test_a_run_reports_its_speed_its_log_and_its_metrics(
    collection: Collection, workspace: Workspace, tmp_path: Path, painter: Any
) -> None:
    """Everything an operator reads comes from one real run, one picture of which fails."""
    from flows.pipeline import build_collection

    painter.fail = lambda call: ValueError("odd pixels") if call == 2 else None
    build_collection(collection, return_state=True)
    (path,) = workspace.runs.glob("*.json")
    report = json.loads(path.read_text())
    assert (report["done"], report["failed"], report["outcome"]) == (5, 1, "partial")
    assert list(report["stages"]) == ["scrape", "preprocess", "plan", "stylize", "publish"]
    assert report["painting_seconds"] == 7.5
    expected = 5 * 3600 / report["stages"]["stylize"]
    assert report["pictures_per_hour"] == pytest.approx(expected, rel=0.02)
    assert len(report["slowest"]) == 5
    assert report["slowest"][0]["seconds"] == 1.5
    log = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
    names = [line["event"] for line in log if line["event"] != "log"]
    assert names == [
        *("run.started", "photos.scraped", "photos.prepared", "plan.made"),
        *("picture.painted", "picture.failed"),
        *["picture.painted"] * 4,
        "run.ended",
    ]
    (failed,) = [line for line in log if line["event"] == "picture.failed"]
    assert failed["error"] == "ValueError: odd pixels"
    assert failed["level"] == "warning"
    metrics = (workspace.root / "metrics.prom").read_text()
    assert 'atelier_run_pictures{collection="harbour",result="done"} 5' in metrics
