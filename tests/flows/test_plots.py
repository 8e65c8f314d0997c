"""A plot shows every loss over its steps, on a logarithmic axis, scale by scale."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from flows.curves import LossCurves
from flows.errors import AtelierError
from flows.plots import check_plot, draw_losses, is_plot, plot_losses
from images import encode_png, load

STEPS = (1, 2, 3, 4)
PARTS = {"content": (0.4, 0.3, 0.2, 0.1), "style": (0.2,) * 4, "tv": (0.1, 0.0, 0.1, 0.1)}
PAINTED = LossCurves("cat.png", STEPS, (8.0, 4.0, 2.0, 1.0), PARTS, ((1, 32, 48), (3, 64, 96)))
BARE = LossCurves("dog.png", STEPS, (1.0, float("nan"), float("inf"), 0.5), {})


def values(line: object) -> list[list[float]]:
    """(step, loss) of a line's points; a gap is (step, nan)."""
    return np.asarray(line.get_xydata()).tolist()  # type: ignore[attr-defined]


def test_one_painting_shows_total_and_parts() -> None:
    (axes,) = draw_losses([PAINTED]).axes
    assert axes.get_yscale() == "log"
    assert axes.get_title() == "cat.png"
    names = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert names == ["total, weighted", "content", "style", "total variation"]
    total = [point for point in values(axes.get_lines()[0]) if point[1] == point[1]]
    assert total == [[1, 8], [2, 4], [3, 2], [4, 1]]


def test_a_line_breaks_where_a_scale_begins_and_where_a_logarithm_ends() -> None:
    """Each scale has its own targets, so its losses do not go on from the last one's."""
    (axes,) = draw_losses([PAINTED]).axes
    gaps = [step for step, loss in values(axes.get_lines()[0]) if loss != loss]
    assert gaps == [3]
    gaps = [step for step, loss in values(axes.get_lines()[3]) if loss != loss]
    assert gaps == [2, 3]


def test_scales_are_marked_by_their_pixels() -> None:
    (axes,) = draw_losses([PAINTED]).axes
    assert [text.get_text().strip() for text in axes.texts] == ["48 × 32", "96 × 64"]
    assert [text.xy[0] for text in axes.texts] == [1, 3]


@pytest.mark.parametrize("decades", [0.2, 1, 2, 4, 12, 60])
def test_any_range_of_losses_has_numbers_beside_it(decades: float, tmp_path: Path) -> None:
    """Those of papers reach over many powers of ten, a late scale's over part of one."""
    total = tuple(10.0 ** (decades * step / 50 - 2) for step in range(50))
    figure = draw_losses([LossCurves("cat.png", tuple(range(1, 51)), total, {})])
    figure.canvas.draw()
    (axes,) = figure.axes
    low, high = axes.get_ylim()
    numbers = [tick for tick in axes.get_yticks() if low <= tick <= high]
    assert 2 <= len(numbers) <= 12


def test_a_painting_without_a_loss_that_can_be_drawn_is_an_empty_plot(tmp_path: Path) -> None:
    plot_losses(tmp_path / "plot.png", [LossCurves("cat.png", (1, 2), (0.0, float("nan")), {})])
    assert load(tmp_path / "plot.png").width > 500


def test_several_paintings_are_compared_panel_by_panel() -> None:
    """A panel for each loss that all of them carry, a line for each picture."""
    other = LossCurves("_own.png", STEPS, (3.0,) * 4, PARTS)
    figure = draw_losses([PAINTED, other])
    assert [len(axes.get_lines()) for axes in figure.axes] == [2, 2, 2, 2]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["cat.png", "_own.png"]
    assert [len(axes.get_lines()) for axes in draw_losses([PAINTED, BARE]).axes] == [2]


def test_more_paintings_than_colours_are_told_apart() -> None:
    lines = draw_losses([BARE] * 20).axes[0].get_lines()
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 20


@pytest.mark.parametrize("name", ["plot.png", "plot.svg", "PLOT.SVG"])
def test_a_plot_is_a_file_and_known_again(name: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / name
    plot_losses(path, [PAINTED])
    assert is_plot(path)
    assert [found.name for found in path.parent.iterdir()] == [name]
    if path.suffix == ".png":
        assert load(path).width > 1000
    else:
        assert b"<svg" in path.read_bytes()
    plot_losses(path, [BARE])


def test_any_name_can_be_drawn(tmp_path: Path) -> None:
    """Neither mathematics nor letters that the font lacks break a plot."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        odd = LossCurves("a$b^{c$ 猫.png", STEPS, (1.0,) * 4, {})
        plot_losses(tmp_path / "one.png", [odd])
        plot_losses(tmp_path / "two.png", [odd, BARE])
    assert all(load(tmp_path / name).width > 500 for name in ("one.png", "two.png"))


def test_pyplot_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would keep every figure for ever."""
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    plot_losses(tmp_path / "plot.png", [PAINTED])
    assert "matplotlib.pyplot" not in sys.modules


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ends in \.png or \.svg, not 'plot.pdf'"):
        check_plot(tmp_path / "plot.pdf")


def test_a_picture_is_never_overwritten_by_a_plot(tmp_path: Path) -> None:
    path = tmp_path / "style.png"
    path.write_bytes(encode_png(np.full((64, 64, 3), 0.5, np.float32)))
    before = path.read_bytes()
    with pytest.raises(ValueError, match="exists and is no plot of losses"):
        plot_losses(path, [PAINTED])
    assert path.read_bytes() == before


def test_without_matplotlib_one_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("flows.plots.find_spec", lambda name: None)
    with pytest.raises(AtelierError, match="pip install matplotlib"):
        check_plot(tmp_path / "plot.png")
