"""metrics.prom: what a monitoring system reads of a workspace."""

from dataclasses import asdict
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flows.manifest import read_manifest
from flows.metrics import metrics_text, write_metrics
from flows.report import RunReport, read_reports, write_report
from flows.workspace import Workspace


def report(run: str, outcome: Any = "complete", name: str = "harbour", **more: Any) -> RunReport:
    return RunReport(
        run, name, "2025-01-01T00:00:00+00:00", "2025-01-01T00:10:00+00:00", outcome, **more
    )


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Name and label values of every sample, as Prometheus' own reader finds them."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.usefixtures("painted")
def test_the_file_says_how_the_collection_stands(workspace: Workspace) -> None:
    """Rows by style, and of each collection its last run and when it last succeeded."""
    write_report(workspace, report("20250101-000000-a", seconds=600.0))
    late = report(
        "20250102-000000-b",
        "partial",
        done=5,
        failed=2,
        existed=1,
        seconds=90.0,
        stages={"scrape": 12.5, "stylize": 70.0},
        photos={"taken": 3, "robots": 1},
        pictures_per_hour=257.1,
    )
    write_report(workspace, late)
    frame = read_manifest(workspace.manifest_csv)
    found = samples(write_metrics(workspace, frame).read_text())
    assert found["atelier_pictures", "blue", "done"] == 3
    assert found["atelier_run_outcome", "harbour", "partial"] == 1
    assert found["atelier_run_outcome", "harbour", "complete"] == 0
    assert found["atelier_run_stage_seconds", "harbour", "scrape"] == 12.5
    assert found["atelier_run_photos", "harbour", "robots"] == 1
    assert found["atelier_run_pictures", "harbour", "failed"] == 2
    assert found["atelier_run_pictures_per_hour", "harbour"] == 257.1
    assert found["atelier_run_seconds", "harbour"] == 90
    assert found["atelier_run_success_time_seconds", "harbour"] == 1735690200


def test_names_cannot_break_the_format(workspace: Workspace) -> None:
    """Quotes, backslashes and line ends in a collection's name."""
    odd = 'a"b\\c\nd'
    text = metrics_text(read_manifest(workspace.manifest_csv), [asdict(report("r", name=odd))])
    assert samples(text)["atelier_run_seconds", odd] == 0


def test_what_is_no_report_is_left_out(workspace: Workspace) -> None:
    """Torn, of another program, or of an older version that had fewer keys."""
    (workspace.runs / "1.json").write_text('{"run": "1"')
    (workspace.runs / "2.json").write_text("[]")
    (workspace.runs / "3.json").write_text(
        '{"run": "3", "name": "old", "outcome": "complete", "done": 1, "failed": 0, "existed": 0,'
        ' "started_at": "2025-01-01T00:00:00Z", "finished_at": "2025-01-01T00:01:00Z",'
        ' "seconds": 60.0}'
    )
    reports = read_reports(workspace)
    assert [one["run"] for one in reports] == ["3"]
    assert samples(metrics_text(read_manifest(workspace.manifest_csv), reports))[
        "atelier_run_seconds", "old"
    ] == 60  # fmt: skip
