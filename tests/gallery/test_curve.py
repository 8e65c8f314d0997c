"""The loss curve: read from inside a picture, drawn as numbers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallery.curve import curve_of, read_trace
from images import encode_jpeg, encode_png

PIXELS = np.full((64, 64, 3), 0.5, np.float32)


def beginning(path: Path) -> Callable[[int], bytes]:
    """What reads so many bytes of a file."""
    return lambda size: path.read_bytes()[: size if size >= 0 else None]


def test_the_trace_is_read_from_png_and_jpeg(tmp_path: Path) -> None:
    """As the flows and `atelier stylize` write it."""
    inside = {"atelier": json.dumps({"trace": [[1, 0.5], [2, 0.25]], "scales": [[1, 64, 96]]})}
    for name, encode in (("a.png", encode_png), ("b.jpg", encode_jpeg)):
        (tmp_path / name).write_bytes(encode(PIXELS, inside))
        assert read_trace(beginning(tmp_path / name)) == ([(1, 0.5), (2, 0.25)], [(1, 96)])


@pytest.mark.parametrize(
    "inside",
    [
        {},
        {"atelier": "no json"},
        {"atelier": "[" * 100_000},
        {"atelier": "[]"},
        {"atelier": '{"trace": {"a": 1}}'},
        {"atelier": '{"trace": [1, "x", [1], ["a", 2], [null, 3], [true, 1]], "scales": 7}'},
    ],
)
def test_what_is_no_trace_is_none(inside: dict[str, str], tmp_path: Path) -> None:
    """Whatever stands in a picture, there is no error and no curve."""
    (tmp_path / "a.png").write_bytes(encode_png(PIXELS, inside))
    assert read_trace(beginning(tmp_path / "a.png")) == ([], []) or read_trace(
        beginning(tmp_path / "a.png")
    ) == ((), ())
    assert curve_of(*read_trace(beginning(tmp_path / "a.png"))) is None
    assert read_trace(beginning(tmp_path / "gone.png")) == ((), ())


def test_a_curve_stays_inside_its_axes() -> None:
    """From the left edge to the right one, the highest loss not above the top."""
    curve = curve_of([(step, 2.0 / step) for step in range(1, 101)], [(1, 96), (50, 192)])
    assert curve is not None
    points = [tuple(map(float, point.split(","))) for point in curve.points.split()]
    assert points[0][0] == curve.left
    assert points[-1][0] == curve.right
    assert all(curve.top <= y <= curve.bottom for _, y in points)
    assert all(curve.top <= y <= curve.bottom for y, _ in curve.up)
    assert all(curve.left <= x <= curve.right for x, _ in curve.across)
    assert [text for _, text in curve.scales] == ["192 px"]
    assert curve.log
    assert not curve.jumps
    assert curve.words == "The loss goes from 2 at step 1 to 0.02 at step 100."


@pytest.mark.parametrize(
    ("trace", "drawn"),
    [
        ([], False),
        ([(1, 0.5)], False),
        ([(1, 0.5), (1, 0.4)], False),
        ([(1, float("nan")), (2, 0.5)], False),
        ([(1, float("nan")), (2, 0.5), (3, float("inf")), (4, 0.25)], True),
        ([(1, 0.5), (2, 0.5)], True),
        ([(1, 0.0), (2, 0.0)], True),
        ([(1, -1.0), (2, 5.0)], True),
        ([(1, 1e-30), (2, 1e30)], True),
        ([(1, 1.0), (10**9, 0.5)], True),
    ],
)
def test_odd_traces_are_drawn_or_left_out(trace: Any, drawn: bool) -> None:
    """Two finite steps make a curve; few ticks, whatever the range."""
    curve = curve_of(trace)
    assert (curve is not None) == drawn
    if curve:
        assert 1 <= len(curve.up) <= 7
        assert 1 <= len(curve.across) <= 7
        assert "nan" not in curve.points + "".join(text for _, text in curve.up)
