"""The flows: what they make, what they call it, and what one bad photo or source does to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import scraping
from flows.config import Collection, make_collection
from flows.report import RunReport
from flows.restyle import Restyle
from flows.workspace import Workspace
from images import encode_png
from scraping import FolderSource, PageError, WebSource

pytestmark = pytest.mark.usefixtures("prefect_api", "fake_engine")


@pytest.fixture
def build() -> Callable[..., Any]:
    """Runs the flow; returns its state."""
    from flows.pipeline import build_collection

    return lambda config, **how: build_collection(config, return_state=True, **how)


def rows(workspace: Workspace) -> pd.DataFrame:
    return pd.read_csv(workspace.manifest_csv)


def test_a_collection_is_painted_and_published(
    build: Any, collection: Collection, workspace: Workspace
) -> None:
    """Every photo in every style, a manifest row and a page for each, a report of the run."""
    state = build(collection)
    report: RunReport = state.result()
    assert state.name == "Completed"
    assert (report.outcome, report.done, report.existed, report.failed) == ("complete", 6, 0, 0)
    assert report.photos == {"taken": 3}
    made = rows(workspace)
    assert set(made["status"]) == {"done"}
    assert set(made["flow_run"]) == {report.run}
    assert all((workspace.root / output).is_file() for output in made["output"])
    assert (workspace.gallery / "index.html").is_file()
    page = (workspace.gallery / "runs" / f"{report.run}.html").read_text()
    assert "complete" in page, "the gallery tells of the run that made it"
    written = json.loads((workspace.runs / f"{report.run}.json").read_text())
    assert written["outcome"] == "complete"
    assert written["done"] == 6


def test_a_second_run_paints_nothing(build: Any, collection: Collection, painter: Any) -> None:
    build(collection)
    report = build(collection).result()
    assert (report.done, report.existed) == (0, 6)
    assert painter.calls == 6
    assert report.photos == {"unchanged": 3}


def test_force_paints_everything_again(build: Any, collection: Collection, painter: Any) -> None:
    build(collection)
    report = build(collection, force=True).result()
    assert report.planned == {"forced": 6}
    assert painter.calls == 12


def test_one_bad_photo_is_a_partial_success(
    build: Any, collection: Collection, painter: Any, workspace: Workspace
) -> None:
    """The others are painted, the failed one is a row, and the next run tries it again."""
    painter.fail = lambda call: ValueError("no such colour") if call == 2 else None
    state = build(collection)
    report = state.result()
    assert state.name == "PartiallyCompleted"
    assert state.is_completed()
    assert "1 failed" in state.message
    assert (report.outcome, report.done, report.failed) == ("partial", 5, 1)
    assert "no such colour" in report.errors[0]
    assert sorted(rows(workspace)["status"]) == ["done"] * 5 + ["failed"]
    again = build(collection).result()
    assert again.planned == {"failed before": 1}
    assert again.outcome == "complete"


def test_nothing_painted_at_all_is_a_failure(
    build: Any, collection: Collection, painter: Any
) -> None:
    painter.fail = lambda call: ValueError("broken")
    state = build(collection)
    assert state.is_failed()
    report = state.result(raise_on_failure=False)
    assert (report.outcome, report.failed) == ("failed", 6)


def test_a_source_that_is_down_does_not_stop_the_others(
    build: Any, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It alone is tried again, since it may come back; then the run goes on and says so."""
    from flows import tasks

    asked = list[list[str]]()
    real = scraping.scrape_all

    def watched(sources: Any, *rest: Any, **more: Any) -> Any:
        asked.append([source.name for source in sources])
        return real(sources, *rest, **more)

    def fails(source: WebSource, _session: Any) -> Any:
        raise PageError("host_down", f"{source.url} is down; try later.")

    monkeypatch.setattr("scraping.scrape_all", watched)
    monkeypatch.setattr(WebSource, "discover", fails)
    monkeypatch.setattr(tasks.scrape, "retry_delay_seconds", 0)
    down = make_collection(
        {
            **collection.model_dump(mode="json", exclude={"sources", "recipe", "base"}),
            "recipe": {"size": 64, "steps": [4], "weights": "cifar10"},
            "sources": [
                {"url": "http://127.0.0.1:9/", "allow_private": True},
                {"folder": str(collection.sources[0].folder)},
            ],
        },
        collection.base,
    )
    state = build(down)
    report = state.result()
    url, folder = "http://127.0.0.1:9/", collection.sources[0].source().name
    assert asked == [[url, folder], [url], [url]]
    assert state.name == "PartiallyCompleted"
    assert report.done == 6
    assert report.errors == ("http://127.0.0.1:9/ is down; try later.",)
    assert [(host.host, host.failures) for host in report.hosts] == [
        ("127.0.0.1:9", report.errors),
        (folder, ()),
    ]


def test_what_stays_wrong_is_not_tried_again() -> None:
    from prefect.states import Failed

    from flows.tasks import may_pass

    assert may_pass(None, None, Failed(data=PageError("timeout", "late")))
    assert not may_pass(None, None, Failed(data=PageError("http_404", "gone")))
    assert not may_pass(None, None, Failed(data=ValueError("a bug")))
    gone, late = PageError("http_404", "gone"), PageError("timeout", "late")
    assert may_pass(None, None, Failed(data=ExceptionGroup("two", [gone, late])))
    assert not may_pass(None, None, Failed(data=ExceptionGroup("two", [gone, gone])))


def test_a_run_that_breaks_leaves_a_report_and_its_error(
    build: Any, collection: Collection, workspace: Workspace, painter: Any
) -> None:
    from flows.errors import DiskFullError

    painter.fail = lambda call: OSError(28, "No space left on device") if call == 3 else None
    state = build(collection)
    assert state.is_failed()
    with pytest.raises(DiskFullError):
        state.result()
    (report,) = workspace.runs.glob("*.json")
    written = json.loads(report.read_text())
    assert (written["outcome"], written["done"]) == ("failed", 2)
    assert "disk is full" in written["errors"][0]
    assert len(rows(workspace)) == 2


def test_ctrl_c_stops_at_once_and_keeps_what_is_finished(
    build: Any, collection: Collection, workspace: Workspace, painter: Any
) -> None:
    painter.fail = lambda call: KeyboardInterrupt() if call == 3 else None
    with pytest.raises(KeyboardInterrupt):
        build(collection)
    assert list(rows(workspace)["status"]) == ["done", "done"]
    painter.fail = lambda call: None
    assert build(collection).result().done == 4


def test_restyle_paints_one_style_over_the_workspace(
    build: Any, collection: Collection, workspace: Workspace, tmp_path: Path
) -> None:
    """The style may be a file from elsewhere: the workspace takes a copy."""
    from flows.pipeline import restyle

    build(collection)
    pixels = np.full((70, 70, 3), 0.9, np.float32)
    (tmp_path / "pale.png").write_bytes(encode_png(pixels))
    config = Restyle(
        style="pale.png", workspace=workspace.root, base=tmp_path, recipe=collection.recipe
    )
    report = restyle(config, return_state=True).result()
    assert (report.name, report.done) == ("restyle pale", 3)
    assert report.planned == {"new style": 3}
    assert (workspace.styles / "pale.png").is_file()


def test_prefect_shows_progress_and_manifest(build: Any, collection: Collection) -> None:
    """A progress that ends at 100 %, photos by host, this run's rows, a name people can read."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    state = build(collection)
    run = state.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        name = client.read_flow_run(run).name
        found = client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
        )
    assert name.startswith("harbour, 20")
    shown = {artifact.key: artifact for artifact in found}
    assert set(shown) == {"scrape", "stylize", "manifest", "contact-sheet"}
    assert "data:image/jpeg;base64," in shown["contact-sheet"].data
    assert shown["stylize"].data == 100.0
    assert len(json.loads(shown["manifest"].data)["style"]) == 6
    (line,) = json.loads(shown["scrape"].data)
    assert (line["host"], line["found"], line["taken"]) == (
        collection.sources[0].source().name,
        3,
        3,
    )
    assert "3 taken" in shown["scrape"].description


def test_parameters_are_typed(collection: Collection) -> None:
    """A worker passes plain JSON; bad values are refused before anything runs."""
    from prefect.exceptions import ParameterTypeError

    from flows.pipeline import build_collection

    plain = json.loads(collection.model_dump_json())
    assert build_collection.validate_parameters({"config": plain})["config"] == collection
    with pytest.raises(ParameterTypeError, match="sources"):
        build_collection.validate_parameters({"config": {**plain, "sources": []}})


def test_chunks_are_separate_tasks(
    build: Any, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures of minutes come in several tasks, until it turns out that they take no time."""
    from flows import tasks

    monkeypatch.setattr("stylize.estimate_seconds", lambda recipe, height, width: 200.0)
    sizes = list[int]()
    stylize = tasks.stylize

    def count(workspace: Any, jobs: Any, weights: Any, run: str, terms: Any) -> Any:
        sizes.append(len(jobs))
        return stylize(workspace, jobs, weights, run, terms)

    monkeypatch.setattr(tasks, "stylize", count)
    report = build(collection).result()
    assert sum(sizes) == report.done == 6
    assert sizes == [1, 5]


def test_folder_sources_are_named_like_the_workspace_names_them(collection: Collection) -> None:
    """The plan and the scrape must mean the same photos."""
    source = collection.sources[0].source()
    assert isinstance(source, FolderSource)
    assert source.name == Path(source.folder).as_posix()
