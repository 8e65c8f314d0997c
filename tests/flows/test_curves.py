"""Losses are gathered step by step, and come back out of the picture that carries them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.curves import CurveRecorder, LossCurves, curves_inside
from flows.errors import AtelierError
from images import ImageError, encode_jpeg, encode_png
from stylize import Iterate

FLAT = np.full((64, 64, 3), 0.5, np.float32)


def recorded(steps: int, loss: float = 1.0) -> CurveRecorder:
    """A painting at two scales of `steps` steps each, whose numbers leave some out."""
    recorder = CurveRecorder()
    for index in range(2 * steps):
        scale = (32, 48) if index < steps else (64, 96)
        losses = (loss / (index + 1), 0.5, 0.25, 0.0)
        recorder(Iterate(10 * index, 99, scale, losses[0], 0.0, *losses[1:], picture=lambda: FLAT))
    return recorder


def carried(facts: Any, path: Path) -> Path:
    encode = encode_png if path.suffix == ".png" else encode_jpeg
    path.write_bytes(encode(FLAT, {"atelier": json.dumps(facts)}))
    return path


def test_every_step_is_there_with_its_parts_and_scales() -> None:
    """Steps are counted as they come, whatever an early end has skipped."""
    curves = recorded(3).curves("a")
    assert curves.steps == (1, 2, 3, 4, 5, 6)
    assert curves.total == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6])
    assert curves.parts == {"content": (0.5,) * 6, "style": (0.25,) * 6, "tv": (0.0,) * 6}
    assert curves.scales == ((1, 32, 48), (4, 64, 96))


@pytest.mark.parametrize("points", [1, 2, 7, 200])
def test_a_thinned_trace_keeps_its_ends(points: int) -> None:
    curves = recorded(150).curves("a", points)
    assert len(curves.steps) == points
    assert curves.steps[0] == 1
    assert curves.steps[-1] == (300 if points > 1 else 1)
    gaps = np.diff(curves.steps)
    assert not len(gaps) or gaps.max() - gaps.min() <= 1
    assert curves.total == tuple(1 / step for step in curves.steps)


def test_no_step_no_curve() -> None:
    assert CurveRecorder().curves("a", 200) == LossCurves(
        "a", (), (), {"content": (), "style": (), "tv": ()}
    )


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_curves_come_back_out_of_a_picture(suffix: str, tmp_path: Path) -> None:
    """200 points with their parts fit into a JPEG's comment too."""
    curves = recorded(500).curves(f"a{suffix}", 200)
    found = curves_inside(carried(curves.facts(), tmp_path / f"a{suffix}"))
    assert (found.name, found.steps, found.scales) == (curves.name, curves.steps, curves.scales)
    np.testing.assert_allclose(found.total, curves.total, rtol=1e-5)
    assert found.parts == dict(curves.parts)


def test_a_loss_that_is_not_finite_stays_a_gap(tmp_path: Path) -> None:
    facts = recorded(1, loss=math.inf).curves("a").facts()
    text = json.dumps(facts, allow_nan=False)
    assert math.isnan(curves_inside(carried(json.loads(text), tmp_path / "a.png")).total[0])


def test_a_picture_of_a_collection_has_its_trace_alone(tmp_path: Path) -> None:
    """It is called by its title: its file is called by its fingerprint."""
    row = {"fingerprint": "ab12cd34", "trace": [[1, 0.5], [2, 0.25]]}
    chunks = {"atelier": json.dumps(row), "Title": "Cat × Mosaic"}
    path = tmp_path / "ab12cd34.png"
    path.write_bytes(encode_png(FLAT, chunks))
    found = curves_inside(path)
    assert (found.steps, found.total) == ((1, 2), (0.5, 0.25))
    assert (found.parts, found.scales) == ({}, ())
    assert found.name == "Cat × Mosaic (ab12cd)"


@pytest.mark.parametrize(
    "facts",
    [
        None,
        [],
        {},
        {"trace": []},
        {"trace": "x"},
        {"trace": [[1]]},
        {"trace": [[1, "x"]]},
        {"trace": [[1, 0.5]], "trace_parts": {"style": [1.0, 2.0]}},
    ],
)
def test_a_picture_without_a_trace_is_refused(facts: Any, tmp_path: Path) -> None:
    path = carried(facts, tmp_path / "a.png")
    with pytest.raises(AtelierError, match="carries no loss trace"):
        curves_inside(path)


def test_what_is_no_picture_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("words")
    with pytest.raises(ImageError, match=r"a\.png: the bytes are no picture"):
        curves_inside(tmp_path / "a.png")
