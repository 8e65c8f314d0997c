"""Scraping within the flow: what fails, what is kept, what the report and Prefect's page say."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from flows.config import Collection, SourceEntry
from flows.report import RunReport
from flows.workspace import Workspace

from .sources_at_hand import SourceAtHand, down, found

pytestmark = pytest.mark.usefixtures("prefect_api", "fake_engine")

Build = Callable[..., Any]


@pytest.fixture
def build(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Runs the flow over sources of the test's own; returns its state."""
    from flows import tasks
    from flows.pipeline import build_collection

    monkeypatch.setattr(tasks.scrape, "retry_delay_seconds", 0)

    def run(*sources: Any) -> Any:
        left = list(sources)
        monkeypatch.setattr(SourceEntry, "source", lambda _entry: left.pop(0))
        entries = collection.sources * len(sources)
        config = collection.model_copy(update={"sources": entries})
        return build_collection(config, return_state=True)

    return run


def written(workspace: Workspace) -> dict[str, Any]:
    """The newest report."""
    report: dict[str, Any] = json.loads(max(workspace.runs.glob("*.json")).read_text())
    return report


def test_one_task_asks_all_sources(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many; a source that comes back is had by another attempt of it."""
    from prefect.runtime import task_run

    import scraping

    runs: list[tuple[str, str, int]] = []
    real = scraping.scrape_all

    def watched(*given: Any, **more: Any) -> Any:
        runs.append((task_run.id, task_run.name, task_run.run_count))
        return real(*given, **more)

    monkeypatch.setattr("scraping.scrape_all", watched)
    flaky = down("flaky", "timeout", times=1)
    state = build(SourceAtHand("good", [found(1)]), flaky, SourceAtHand("other", [found(2)]))
    assert state.result().outcome == "complete"
    assert state.result().photos == {"taken": 3}
    assert [run[1:] for run in runs] == [("scrape 3 sources", 1), ("scrape 3 sources", 2)]
    assert len({run[0] for run in runs}) == 1


def test_the_report_counts_by_outcome_and_host(build: Build, workspace: Workspace) -> None:
    """In the run's file too: troubled hosts first, every failed source with its sentence."""
    photos = [found(1), found(1, id="again"), found(2, "b.example"), found(3, "b.example", side=9)]
    report: RunReport = build(SourceAtHand("good", photos), down("http://gone.example/")).result()
    assert report.photos == {"duplicate": 1, "taken": 2, "too_small": 1}
    assert report.news == 4
    hosts = written(workspace)["hosts"]
    assert [host["host"] for host in hosts] == ["gone.example", "a.example", "b.example"]
    assert hosts[0]["failures"] == ["http://gone.example/ cannot be read (host_down)."]
    assert hosts[1]["outcomes"] == {"duplicate": 1, "taken": 1}
    assert written(workspace)["errors"] == hosts[0]["failures"]


def test_photos_of_earlier_runs_are_painted_though_their_source_is_down(
    build: Build, workspace: Workspace
) -> None:
    """The workspace has them: that is a partial success."""
    good = SourceAtHand("site", [found(1)])
    assert build(good).result().done == 2
    good.errors = list(down("site", "http_404").errors)
    (workspace.styles / "red.png").unlink()
    workspace.manifest_csv.unlink()
    for journal in workspace.journal.iterdir():
        journal.unlink()
    for picture in workspace.stylized.iterdir():
        picture.unlink()
    state = build(good)
    assert state.name == "PartiallyCompleted"
    assert state.result().done == 1
    assert state.result().errors == ("site cannot be read (http_404).",)


def test_a_run_fails_where_there_is_nothing_at_all(build: Build) -> None:
    """Every source is told, those that may be back were tried again."""
    gone, late = down("gone", "http_404"), down("late", "timeout")
    state = build(gone, late)
    assert state.is_failed()
    report = state.result(raise_on_failure=False)
    assert (report.outcome, report.photos) == ("failed", {})
    assert report.errors == (
        "gone cannot be read (http_404).",
        "late cannot be read (timeout).",
    )
    assert (gone.looks, late.looks) == (1, 3)


def test_ctrl_c_keeps_the_rows_and_the_report(
    build: Build, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was fetched until then is in photos.csv and in the run's file."""
    import scraping

    real = scraping.scrape_all

    def stopped(*given: Any, on_photo: Any, **more: Any) -> None:
        def tell(*row: Any) -> None:
            on_photo(*row)
            raise KeyboardInterrupt

        real(*given, on_photo=tell, **more)

    monkeypatch.setattr("scraping.scrape_all", stopped)
    with pytest.raises(KeyboardInterrupt):
        build(SourceAtHand("site", [found(1), found(2)]))
    assert [row.status for row in workspace.photos()] == ["taken"]
    report = written(workspace)
    assert (report["outcome"], report["photos"]) == ("broken off", {"taken": 1})
    assert [host["host"] for host in report["hosts"]] == ["a.example"]


def test_the_session_is_shared_by_all_attempts(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a host has asked for in one attempt holds in the next."""
    import scraping

    sessions: list[Any] = []
    real = scraping.scrape_all

    def watched(sources: Sequence[Any], content: Path, known: Any, **more: Any) -> Any:
        sessions.append(more["session"])
        return real(sources, content, known, **more)

    monkeypatch.setattr("scraping.scrape_all", watched)
    build(down("flaky", times=1), SourceAtHand("good", [found(1)]))
    assert len(sessions) == 2
    assert sessions[0] is sessions[1] is not None
