"""Whose turn it is among collections that are served together."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prefect.client.schemas.responses import SetStateStatus

from flows import serving
from flows.schedule import when
from flows.served import serve_files
from flows.serving import Event, Serving


class Client:
    """Prefect's, as if a run of every collection were due."""

    def get_scheduled_flow_runs_for_deployments(self, ids: object, before: object) -> list[Any]:
        return [SimpleNamespace(id="1", auto_scheduled=True)]

    def set_flow_run_state(self, *_: object, **__: object) -> Any:
        return SimpleNamespace(status=SetStateStatus.ACCEPT)


@pytest.mark.parametrize(
    ("second", "started"),
    [("photos", 1), ("elsewhere/../photos", 1), ("link", 1), ("others", 2)],
)
def test_one_workspace_is_one_by_whatever_name(
    second: str, started: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken for two, one of two collections with the same schedule would be skipped for ever."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    files = []
    for name, workspace in (("one", "photos"), ("two", second)):
        files.append(tmp_path / f"{name}.toml")
        files[-1].write_text(
            f'name = "{name}"\nworkspace = "{workspace}"\n'
            '[[sources]]\nfolder = "elsewhere"\n[recipe]\nweights = "cifar10"\n'
        )
    monkeypatch.setattr(serving, "ServedRun", lambda run, name, _: SimpleNamespace(name=name))
    told: list[Event] = []
    serves = Serving(serve_files(files), when("", "1h", "UTC"), "http://127.0.0.1", told.append)
    for _ in range(2):
        serves._start_due(Client())
    assert len({event.collection for event in told}) == started
