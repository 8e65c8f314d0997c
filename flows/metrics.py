"""What a monitoring system reads: the state of a workspace as a Prometheus text file.

Written whole at the end of every run as `metrics.prom` in the workspace, for the textfile collector
of Prometheus' node exporter. The format is the text exposition format, version 0.0.4: every metric
a gauge, times in seconds since 1970.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.files import write_whole
from flows.report import OUTCOMES, read_reports

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from flows.workspace import Workspace

__all__ = ["METRICS", "metrics_text", "write_metrics"]

METRICS = "metrics.prom"
"""The file's name in the workspace."""

Samples = Iterable[tuple[Mapping[str, str], float]]
Family = tuple[str, str, Samples]


def write_metrics(workspace: Workspace, frame: pd.DataFrame) -> Path:
    """Write the metrics of `workspace`, whose manifest is `frame`; returns the file."""
    path = workspace.root / METRICS
    write_whole(path, metrics_text(frame, read_reports(workspace)).encode())
    return path


def metrics_text(frame: pd.DataFrame, reports: Sequence[Mapping[str, Any]]) -> str:
    """The metrics of a manifest and of the last report of each collection among `reports`.

    Reports are given oldest first; a run that was skipped says nothing.
    """
    pairs = Counter(zip(frame["style"].tolist(), frame["status"].tolist(), strict=True))
    pictures: Family = (
        "pictures",
        "Rows of the manifest.",
        [({"style": s, "status": word}, count) for (s, word), count in sorted(pairs.items())],
    )
    families = [pictures, *_of_runs(reports)]
    return "".join(_family(f"atelier_{name}", what, found) for name, what, found in families)


def _of_runs(reports: Sequence[Mapping[str, Any]]) -> list[Family]:
    ran = [report for report in reports if report["outcome"] != "skipped"]
    last = {report["name"]: report for report in ran}
    ended = {report["name"]: report for report in ran if report.get("finished_at")}
    succeeded = {r["name"]: r for r in reports if r["outcome"] == "complete"}
    return [
        (
            "run_outcome",
            "1 for how the last run of a collection ended.",
            [
                ({"collection": name, "outcome": word}, float(report["outcome"] == word))
                for name, report in ended.items()
                for word in OUTCOMES
            ],
        ),
        ("run_start_time_seconds", "When the last run began.", _each(last, _began)),
        ("run_end_time_seconds", "When the last run ended.", _each(ended, _ended)),
        (
            "run_success_time_seconds",
            "When a run last ended without any failure.",
            _each(succeeded, _ended),
        ),
        ("run_seconds", "How long the last run took.", _each(ended, lambda r: r["seconds"])),
        (
            "run_stage_seconds",
            "How long each stage of it took.",
            [
                ({"collection": name, "stage": stage}, seconds)
                for name, report in ended.items()
                for stage, seconds in report.get("stages", {}).items()
            ],
        ),
        (
            "run_pictures",
            "Pictures of the last run: painted, failed, there before.",
            [
                ({"collection": name, "result": word}, report[word])
                for name, report in ended.items()
                for word in ("done", "failed", "existed")
            ],
        ),
        (
            "run_photos",
            "Photos that the last run found, by what became of them.",
            [
                ({"collection": name, "status": word}, count)
                for name, report in ended.items()
                for word, count in report.get("photos", {}).items()
            ],
        ),
        (
            "run_pictures_per_hour",
            "How fast it painted.",
            _each(ended, lambda report: report.get("pictures_per_hour", 0.0)),
        ),
    ]


def _each(
    reports: Mapping[str, Mapping[str, Any]], value: Callable[[Mapping[str, Any]], float]
) -> Samples:
    return [({"collection": name}, value(report)) for name, report in reports.items()]


def _began(report: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(report["started_at"]).timestamp()


def _ended(report: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(report["finished_at"]).timestamp()


def _family(name: str, what: str, samples: Samples) -> str:
    lines = [f"{name}{_labels(labels)} {value:.15g}" for labels, value in samples]
    if not lines:
        return ""
    return "\n".join([f"# HELP {name} {what}", f"# TYPE {name} gauge", *lines]) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
