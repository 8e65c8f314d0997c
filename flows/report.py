"""runs/<id>.json: the report of one run."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from flows.content import Content
from flows.files import write_whole
from flows.scraped import HostCounts
from flows.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from flows.stages import Visit
    from scraping import Photo

__all__ = [
    "OUTCOMES",
    "NotTaken",
    "Outcome",
    "RunReport",
    "Slow",
    "new_run",
    "outcome",
    "read_report",
    "read_reports",
    "write_report",
]

Outcome = Literal["running", "complete", "partial", "failed", "skipped", "broken off"]
"""``broken off``: by a signal, or with its process; the next run says so of the latter."""

OUTCOMES: tuple[str, ...] = get_args(Outcome)

_SLOWEST = 5


@dataclass(frozen=True)
class NotTaken:
    """A photo that was found and not taken, and why."""

    source: str
    image_url: str
    status: str
    detail: str


@dataclass(frozen=True)
class Slow:
    """A picture that took long; `output` is relative to the workspace."""

    title: str
    style: str
    output: str
    seconds: float


@dataclass(frozen=True)
class RunReport:
    """What one run found, planned and made. Times are ISO 8601, in UTC."""

    run: str
    name: str
    started_at: str
    finished_at: str
    outcome: Outcome
    photos: dict[str, int] = field(default_factory=dict)
    """How many rows of each reason word the scrape made."""
    hosts: tuple[HostCounts, ...] = ()
    """The same host by host, troubled hosts first."""
    news: int = 0
    """How many of the rows say what no earlier run knew; 0 where everything was unchanged."""
    not_taken: tuple[NotTaken, ...] = ()
    excluded: tuple[str, ...] = ()
    runner: str = "local"
    """Where it was painted: ``local`` or ``dask``."""
    deterministic: bool = False
    planned: dict[str, int] = field(default_factory=dict)
    """How many jobs of each reason the plan had."""
    left_out: int = 0
    """How many jobs were due, and left out by the options in `left_out_by`."""
    left_out_by: str = ""
    retired: int = 0
    """How many older pictures the new ones replaced."""
    existed: int = 0
    done: int = 0
    failed: int = 0
    errors: tuple[str, ...] = ()
    skipped: str = ""
    """Why a scheduled run did nothing; "" for one that ran."""
    notes: tuple[str, ...] = ()
    """What a person should know, and nothing failed by."""
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds of each stage: scrape, preprocess, plan, stylize, publish."""
    painting_seconds: float = 0.0
    """Seconds that the pictures say they took, each by itself."""
    pictures_per_hour: float = 0.0
    """Pictures painted by the hours of the stage stylize."""
    slowest: tuple[Slow, ...] = ()
    """The pictures that took longest, the longest first."""
    manifest: str = ""
    gallery: str = ""
    title: str = ""
    """What the gallery is called from this run on: the collection's name where one was built."""

    def with_visit(self, visit: Visit) -> RunReport:
        """The report with what a visit to the sources found, by outcome and by host."""
        hosts, news = tuple(visit.hosts), visit.news
        return replace(self.with_photos(visit.photos), hosts=hosts, news=news)

    def with_photos(self, photos: Iterable[Photo], contents: Iterable[Content] = ()) -> RunReport:
        """The report with these photos, and with the contents that could not be prepared."""
        rows = list(photos)
        return replace(
            self,
            photos=dict(sorted(Counter(photo.status for photo in rows).items())),
            not_taken=tuple(_not_taken(rows)),
            excluded=tuple(content.error for content in contents if content.error),
        )

    def with_rows(self, rows: pd.DataFrame) -> RunReport:
        """The report with how fast it painted; `rows` are those that it made in the manifest."""
        done = rows[(rows["status"] == "done") & rows["seconds"].notna()]
        hours = self.stages.get("stylize", 0.0) / 3600
        longest = done.sort_values("seconds", ascending=False, kind="stable").head(_SLOWEST)
        return replace(
            self,
            painting_seconds=round(float(done["seconds"].sum()), 1),
            pictures_per_hour=round(len(done) / hours, 1) if hours else 0.0,
            slowest=tuple(
                Slow(row["title"], row["style"], row["output"], float(row["seconds"]))
                for row in longest.to_dict("records")
            ),
        )


def new_run() -> str:
    """A name for a run that sorts by time: `20250131-235959-1a2b3c`."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def outcome(existed: int, done: int, failed: int) -> Outcome:
    """How a run ended: ``failed`` when pictures failed and there is none at all."""
    if not failed:
        return "complete"
    return "partial" if existed + done else "failed"


def write_report(workspace: Workspace, report: RunReport) -> Path:
    """Write `report` whole; returns its path."""
    path = workspace.runs / f"{report.run}.json"
    text = json.dumps(asdict(report), indent=2, ensure_ascii=False)
    write_whole(path, f"{text}\n".encode("utf-8", "replace"))
    if workspace.mirror:
        from flows.remote.reports import push_reports

        push_reports(workspace.mirror, f"runs/{path.name}")
    return path


def read_report(path: Path) -> dict[str, Any]:
    """A report as plain values."""
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def read_reports(workspace: Workspace, last: int = 200) -> list[dict[str, Any]]:
    """The `last` reports of a workspace, oldest first; a file that is no report is left out."""
    reports = []
    for path in sorted(workspace.runs.glob("*.json"))[-last:]:
        try:
            report = read_report(path)
        except (OSError, ValueError):
            continue
        if isinstance(report, dict) and {"run", "name", "outcome"} <= report.keys():
            reports.append(report)
    return reports


def _not_taken(photos: Iterable[Photo]) -> Iterable[NotTaken]:
    for photo in photos:
        if not photo.file:
            yield NotTaken(photo.source, photo.image_url, photo.status, photo.detail)
