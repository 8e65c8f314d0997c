"""What `atelier serve` refuses, in a sentence and before anything starts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from flows.cli import main
from flows.errors import ScheduleError
from flows.schedule import parse_interval, when

from .serving_at_hand import collection_at


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("15m", 900), ("6h", 21600), ("1d", 86400), ("90", 90)]
)
def test_intervals(text: str, seconds: int) -> None:
    assert parse_interval(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "0", "0.5s", "-1h", "1w", "h", "1h30m", "400d", "9" * 400])
def test_an_interval_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError, match="--interval takes 30s, 15m, 6h, 1d"):
        parse_interval(text)


def test_cron_and_interval_together_are_two_schedules() -> None:
    both = when("*/30 8-18 * * mon-fri", "1d", "UTC")
    assert len(both.for_prefect()) == 2
    assert both.words == 'cron "*/30 8-18 * * mon-fri" (UTC) and every 1 d'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two good collections, and no way to start a server."""
    for name in ("harbour", "gardens"):
        collection_at(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("flows.server.prefect_server", None)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["harbour.toml"], 'A schedule is needed: --cron "0 3 * * *"'),
        (["harbour.toml", "--cron", "0 25 * * *"], "--cron takes five fields"),
        (["harbour.toml", "--interval", "soon"], "not 'soon'"),
        (["harbour.toml", "--interval", "1h", "--timezone", "Mars"], "no timezone 'Mars'"),
        (["harbour.toml", "missing.toml", "--interval", "1h"], "no collection file missing.toml"),
        (["harbour.toml", "--interval", "1h", "--env", "prod"], "no environment 'prod'"),
        (["harbour.toml", "./harbour.toml", "--interval", "1h"], "are both named 'harbour'"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["serve", *arguments]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert told.out == ""


def test_every_problem_of_every_file_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "harbour.toml").write_text("colour = 1\nsources = []\n")
    (folder / "gardens.toml").write_text("workspace = ")
    assert main(["serve", "harbour.toml", "gardens.toml", "--interval", "1h"]) == 2
    told = capsys.readouterr().err
    assert "colour" in told
    assert "sources" in told
    assert "gardens.toml is not valid TOML" in told


def test_a_style_that_is_not_there_is_told_before_anything_starts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "harbour.toml"
    file.write_text(file.read_text().replace("mosaic", "mosiac"))
    assert main(["serve", "harbour.toml", "--interval", "1h"]) == 1
    assert "mosiac" in capsys.readouterr().err
