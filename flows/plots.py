"""Plots of losses over steps, drawn by matplotlib, which is imported when it draws."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.curves import PARTS, LossCurves
from flows.errors import AtelierError
from flows.files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.ticker import Locator

__all__ = ["PLOTS", "check_plot", "draw_losses", "is_plot", "plot_losses"]

PLOTS = (".png", ".svg")
"""The endings of the plots that can be written."""

_LEGEND_LETTERS = 90
"""That have room side by side under a plot."""

_TITLE = "Losses of a painting by Atelier"
_NAMES = {"total": "total, weighted", "content": "content", "style": "style"}
_NAMES |= {"tv": "total variation"}
# Okabe and Ito's colours, which people with any colour vision tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")


def check_plot(path: Path) -> None:
    """Find out before any work whether a plot can be written to `path`.

    Raises `ValueError` for another ending than `PLOTS`, and for a file that is no plot of ours: a
    picture is never overwritten by one. Raises `AtelierError` where matplotlib is not installed.
    """
    if path.suffix.lower() not in PLOTS:
        raise ValueError(f"a plot ends in {' or '.join(PLOTS)}, not {path.name!r}")
    if path.exists() and not is_plot(path):
        raise ValueError(f"{path} exists and is no plot of losses; name another file")
    if find_spec("matplotlib") is None:
        raise AtelierError("Plots are drawn by matplotlib: run pip install matplotlib.")


def is_plot(path: Path) -> bool:
    """Tell whether the file at `path` is a plot that was written here."""
    try:
        with path.open("rb") as file:
            return _TITLE.encode() in file.read(4096)
    except OSError:
        return False


def plot_losses(path: Path, curves: Sequence[LossCurves]) -> None:
    """Write the plot that `draw_losses` draws to `path`, a PNG or SVG by its ending.

    Raises as `check_plot` does, and `OSError` where `path` cannot be written.
    """
    check_plot(path)
    figure, drawn = draw_losses(curves), BytesIO()
    kind = path.suffix.lower().removeprefix(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names may have letters that the font has not
        figure.savefig(drawn, format=kind, dpi=150, metadata={"Title": _TITLE})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, drawn.getvalue())


def draw_losses(curves: Sequence[LossCurves]) -> Figure:
    """A figure of `curves`, losses on a logarithmic axis over steps.

    One painting is drawn with the parts of its loss, and a line where each scale begins; several
    are compared, a panel for the total and for each part that all of them carry.
    """
    # Else the first plot of an installation begins with a warning about fonts.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    return _one(curves[0]) if len(curves) == 1 else _several(curves)


def _one(curves: LossCurves) -> Figure:
    figure, (axes,) = _figure(1)
    axes.set_title(curves.name, parse_math=False)
    names = ("total", *curves.parts)
    lines = [
        _draw(axes, curves, name, color=colour, linewidth=2.0 if name == "total" else 1.2)
        for name, colour in zip(names, _COLOURS, strict=False)
    ]
    _mark_scales(axes, curves)
    _finish(figure, [axes], lines, [_NAMES[name] for name in names])
    return figure


def _several(curves: Sequence[LossCurves]) -> Figure:
    names = ("total", *(name for name in PARTS if all(name in one.parts for one in curves)))
    figure, panels = _figure(len(names))
    lines = []
    for axes, name in zip(panels, names, strict=True):
        axes.set_title(_NAMES[name], loc="left", fontsize="medium")
        lines = [
            _draw(axes, one, name, **_look(index), linewidth=1.5)
            for index, one in enumerate(curves)
        ]
    _finish(figure, panels, lines, [one.name for one in curves])
    return figure


def _look(index: int) -> dict[str, Any]:
    dashes = ("-", "--", ":")[index // len(_COLOURS) % 3]
    return {"color": _COLOURS[index % len(_COLOURS)], "linestyle": dashes}


def _figure(panels: int) -> tuple[Figure, list[Axes]]:
    """A figure of its own: pyplot would keep every one of them, and choose a window system."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5 if panels == 1 else 1 + 2.2 * panels), layout="constrained")
    FigureCanvasAgg(figure)
    made = figure.subplots(panels, sharex=True, squeeze=False)
    return figure, list(made[:, 0])


def _draw(axes: Axes, curves: LossCurves, name: str, **look: Any) -> Line2D:
    """One line, broken where a scale begins: each scale has targets of its own.

    What a logarithm cannot show is left out: zeros, and values that are not finite.
    """
    starts = [step for step, *_ in curves.scales[1:]]
    losses = curves.total if name == "total" else curves.parts[name]
    steps, shown, before = [], [], 0
    for step, loss in zip(curves.steps, losses, strict=True):
        if any(before < start <= step for start in starts):
            steps.append(step)
            shown.append(math.nan)
        steps.append(step)
        shown.append(loss if 0 < loss < math.inf else math.nan)
        before = step
    marker = "." if len(curves.steps) < 10 else ""
    return axes.plot(steps, shown, marker=marker, **look)[0]


def _mark_scales(axes: Axes, curves: LossCurves) -> None:
    for step, height, width in curves.scales:
        axes.axvline(step, color="0.75", linewidth=0.8, zorder=0)
        axes.annotate(
            f" {width} × {height}",
            (step, 1),
            xycoords=("data", "axes fraction"),
            verticalalignment="top",
            fontsize="small",
            color="0.4",
        )


def _finish(
    figure: Figure, panels: Sequence[Axes], lines: Sequence[Line2D], labels: Sequence[str]
) -> None:
    from matplotlib.ticker import NullFormatter

    for axes in panels:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(_locator(*axes.get_ylim()))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylabel("loss")
        axes.grid(visible=True, axis="y", which="major", color="0.92")
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("step")
    columns = max(1, min(4, _LEGEND_LETTERS // max(map(len, labels))))
    legend = figure.legend(lines, labels, loc="outside lower center", ncols=columns, frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _locator(low: float, high: float) -> Locator:
    """Where the numbers beside losses from `low` to `high` stand: enough of them for any range."""
    from matplotlib.ticker import AutoLocator, LogLocator

    if high < 5 * low:
        return AutoLocator()
    return LogLocator(subs=(1, 2, 5) if high < 1000 * low else (1,))
