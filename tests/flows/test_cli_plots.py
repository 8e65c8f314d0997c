"""`atelier plot`: the losses that pictures carry."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from flows.cli import main
from flows.plots import is_plot
from images import encode_png

FLAT = np.full((64, 64, 3), 0.5, np.float32)


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def painted(tmp_path: Path) -> list[Path]:
    """Two pictures with a trace of three steps each."""
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for factor, path in enumerate(paths, 1):
        trace = [[step, factor / step] for step in (1, 2, 3)]
        path.write_bytes(encode_png(FLAT, {"atelier": json.dumps({"trace": trace})}))
    return paths


@pytest.mark.parametrize("name", ["plot.png", "plot.svg"])
def test_several_pictures_in_one_plot(
    name: str, painted: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plot", *painted, "-o", tmp_path / name) == 0
    assert is_plot(tmp_path / name)
    assert "the losses of 2 pictures" in capsys.readouterr().out


def test_the_numbers_are_json_for_programs(
    painted: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plot", painted[0], "-o", tmp_path / "plot.png", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pictures"][0]["trace"] == [[1, 1.0], [2, 0.5], [3, 0.333333]]


def test_what_cannot_be_plotted_is_one_sentence(
    painted: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare.png"
    bare.write_bytes(encode_png(FLAT))
    for arguments, status, words in (
        ([bare, "-o", tmp_path / "p.png"], 1, "carries no loss trace"),
        ([tmp_path / "no.png", "-o", tmp_path / "p.png"], 1, "No such file"),
        ([painted[0], "-o", tmp_path / "p.pdf"], 2, "a plot ends in"),
        ([painted[0], "-o", painted[1]], 2, "is no plot of losses"),
    ):
        assert run("plot", *arguments) == status
        error = capsys.readouterr().err
        assert words in error
        assert len(error.strip().splitlines()) == 1
    assert not (tmp_path / "p.png").exists()
