"""The log of a run: JSON lines in its file, and on standard error where that is asked for."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from flows.events import event, logged, on_stderr


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_events_and_other_lines_become_json(tmp_path: Path) -> None:
    """An event has its name and fields, a library's line its logger; what is below INFO is none."""
    log = tmp_path / "r1.jsonl"
    with logged(log, "r1"):
        event("picture.painted", "cat × wave: 3 s", seconds=3.0, title="漢\ud800")
        logging.getLogger("scraping.session").warning("asked to wait %d s", 5)
        logging.getLogger("flows.stages").debug("not for the log")
        logging.getLogger("elsewhere").warning("not of the house")
    event("later", "after the run")
    painted, waited = lines(log)
    assert painted["time"].endswith("+00:00")
    assert {key: painted[key] for key in ("level", "run", "event", "message", "seconds")} == {
        "level": "info",
        "run": "r1",
        "event": "picture.painted",
        "message": "cat × wave: 3 s",
        "seconds": 3.0,
    }
    assert painted["title"] == "漢?"
    assert (waited["event"], waited["logger"], waited["level"]) == (
        "log",
        "scraping.session",
        "warning",
    )


def test_an_exception_is_told_in_the_line(tmp_path: Path) -> None:
    log = tmp_path / "r1.jsonl"
    with logged(log, "r1"):
        try:
            raise ValueError("odd")
        except ValueError:
            logging.getLogger("flows").exception("it broke")
    (line,) = lines(log)
    assert line["exception"].endswith("ValueError: odd")


def test_standard_error_has_the_same_where_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATELIER_LOG", "JSON")
    assert on_stderr()
    with logged(tmp_path / "r1.jsonl", "r1"):
        event("run.started", "harbour begins")
    assert capsys.readouterr().err == (tmp_path / "r1.jsonl").read_text()
    monkeypatch.setenv("ATELIER_LOG", "")
    assert not on_stderr()


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor the same lines where they can be written."""
    monkeypatch.setenv("ATELIER_LOG", "json")
    with logged(tmp_path / "missing" / "r1.jsonl", "r1"):
        event("run.started", "harbour begins")
    assert json.loads(capsys.readouterr().err)["event"] == "run.started"
    assert not (tmp_path / "missing").exists()


def test_levels_and_handlers_are_put_back(tmp_path: Path) -> None:
    logger = logging.getLogger("scraping")
    before = (logger.level, list(logger.handlers))
    with logged(tmp_path / "r1.jsonl", "r1"):
        assert logger.isEnabledFor(logging.INFO)
    assert (logger.level, list(logger.handlers)) == before
