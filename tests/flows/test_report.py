import json
import re

import pytest

from flows.content import Content
from flows.errors import ManifestError
from flows.manifest import Manifest
from flows.record import Record
from flows.report import NotTaken, RunReport, new_run, outcome, read_report, write_report
from flows.workspace import Workspace
from scraping import Photo


def report(run: str = "r1") -> RunReport:
    return RunReport(run, "harbour", "2025-01-01T00:00:00Z", "2025-01-01T00:01:00Z", "complete")


def test_runs_are_named_by_their_time() -> None:
    """Sortable, and different for two runs of one second."""
    names = {new_run() for _ in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{6}", name) for name in names)


def test_a_report_is_one_json_file(workspace: Workspace) -> None:
    """Under the run's name, readable by people and programs."""
    photos = [
        Photo(source="s", image_url="http://x/1", status="taken", file="content/1.jpg"),
        Photo(source="s", image_url="http://x/2", status="taken", file="content/2.jpg"),
        Photo(source="s", image_url="http://x/3", status="not_image", detail="It is HTML. 漢"),
    ]
    bad = Content("a", "content/a.jpg", "p", 1, 1, error="content/a.jpg is missing.")
    path = write_report(workspace, report().with_photos(photos, [bad]))
    assert path == workspace.runs / "r1.json"
    read = read_report(path)
    assert read["photos"] == {"not_image": 1, "taken": 2}
    assert read["not_taken"] == [
        {
            "source": "s",
            "image_url": "http://x/3",
            "status": "not_image",
            "detail": "It is HTML. 漢",
        }
    ]
    assert read["excluded"] == ["content/a.jpg is missing."]
    assert json.loads(path.read_text()) == read
    assert NotTaken(**read["not_taken"][0]).status == "not_image"


def test_the_outcome_of_a_run() -> None:
    """Complete without failures; failed only when there is no picture at all."""
    assert outcome(existed=0, done=3, failed=0) == "complete"
    assert outcome(existed=3, done=0, failed=0) == "complete"
    assert outcome(existed=0, done=0, failed=0) == "complete"
    assert outcome(existed=3, done=0, failed=1) == "partial"
    assert outcome(existed=0, done=1, failed=1) == "partial"
    assert outcome(existed=0, done=0, failed=1) == "failed"


def test_a_run_that_spoils_on_its_manifest_has_its_report(workspace: Workspace) -> None:
    """What it finished cannot be counted; how it ended is told all the same."""
    record = Record(workspace, "harbour")

    def run() -> None:
        with record:
            workspace.manifest_csv.write_bytes(b"no table")
            Manifest(workspace).rows()

    with pytest.raises(ManifestError, match="cannot be read"):
        run()
    report = read_report(workspace.runs / f"{record.report.run}.json")
    assert report["outcome"] == "failed"
    assert "cannot be read" in report["errors"][-1]
