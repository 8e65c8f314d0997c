"""The manifest's losses drawn: over the time they were painted, or group beside group."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import AtelierError
from flows.files import write_whole

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["check_manifest_plot", "draw_groups", "draw_times", "plot_manifest"]

_ENDING = ".png"
_TITLE = "Losses of a manifest by Atelier"
_PANELS = {
    "content_loss": "content loss",
    "style_loss": "style loss",
    "total_loss": "total loss, weighted",
}
# Okabe and Ito's colours, which people with any colour vision tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_OTHERS = "0.6"
_GROUPS = 30
"""That have room side by side."""
_DENSE = 2000


def check_manifest_plot(path: Path) -> None:
    """Find out before any work whether a plot can be written to `path`.

    Raises `ValueError` for another ending than .png, and for a file that is no plot of ours: a
    picture is never overwritten by one. Raises `AtelierError` where matplotlib is not installed.
    """
    if path.suffix.lower() != _ENDING:
        raise ValueError(f"a plot of the manifest ends in {_ENDING}, not {path.name!r}")
    if path.exists() and not _is_ours(path):
        raise ValueError(f"{path} exists and is no plot of a manifest; name another file")
    if find_spec("matplotlib") is None:
        raise AtelierError("Plots are drawn by matplotlib: run pip install matplotlib.")


def plot_manifest(path: Path, rows: pd.DataFrame, column: str = "") -> int:
    """Draw the losses of finished pictures into a PNG; how many pictures are in it.

    Over `created_at`, coloured by style; with a `column`, one box for each of its values. `rows`
    need `total_loss`. Raises as `check_manifest_plot` does, `AtelierError` where nothing is
    finished, and `OSError` where `path` cannot be written.
    """
    check_manifest_plot(path)
    done = rows[(rows["status"] == "done") & rows["total_loss"].notna()]
    if not len(done):
        raise AtelierError("There is no finished picture to plot; widen --where or build first.")
    figure, drawn = draw_groups(done, column) if column else draw_times(done), BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names may have letters that the font has not
        figure.savefig(drawn, format="png", dpi=150, metadata={"Title": _TITLE})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, drawn.getvalue())
    return len(done)


def draw_times(done: pd.DataFrame) -> Figure:
    """A dot for each picture, losses over the time it was made; the commonest styles in colour."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    figure, panels = _figure()
    common = done["style"].value_counts().index[: len(_COLOURS)].tolist()
    named = dict(zip(common, _COLOURS, strict=False))
    others = done[~done["style"].isin(common)]
    parts = [(name, done[done["style"] == name], colour) for name, colour in named.items()]
    if len(others):
        parts.insert(0, ("other styles", others, _OTHERS))
    size = 12 if len(done) < _DENSE else 3
    for axes, column in zip(panels, _PANELS, strict=True):
        for name, part, colour in parts:
            axes.scatter(
                part["created_at"].to_numpy("datetime64[us]"),
                part[column].to_numpy("float64"),
                s=size,
                color=colour,
                linewidths=0,
                label=name,
            )
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]  # matplotlib leaves it bare
    panels[-1].xaxis.set_major_locator(locator)
    dates = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]  # the same
    panels[-1].xaxis.set_major_formatter(dates)
    panels[-1].set_xlabel("painted, UTC")
    handles, labels = panels[0].get_legend_handles_labels()
    _finish(figure, panels, f"{len(done)} pictures, by style")
    legend = figure.legend(
        handles, labels, loc="outside lower center", ncols=4, frameon=False, markerscale=2
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure


def draw_groups(done: pd.DataFrame, column: str) -> Figure:
    """A box for each value of `column`: quartiles, the median, whiskers over what is no outlier.

    The groups with the most pictures are drawn, in the order of their names.
    """
    counts = done[column].value_counts()
    names = sorted(counts.index[:_GROUPS].tolist())
    figure, panels = _figure(max(8.0, 0.45 * len(names)))
    for axes, measure in zip(panels, _PANELS, strict=True):
        values = [done.loc[done[column] == name, measure].dropna() for name in names]
        boxes: Any = axes.boxplot(
            [value.to_numpy("float64") for value in values],
            widths=0.6,
            patch_artist=True,
            flierprops={"marker": ".", "markersize": 3, "markeredgecolor": _OTHERS},
            medianprops={"color": _COLOURS[1], "linewidth": 1.5},
        )
        for box in boxes["boxes"]:
            box.set(facecolor=_COLOURS[4], edgecolor=_COLOURS[0], alpha=0.6)
    labels = [f"{'(none)' if name == '' else name} ({counts[name]})" for name in names]
    slanted = max(map(len, labels)) * len(labels) > 80
    panels[-1].set_xticks(range(1, len(names) + 1), labels, parse_math=False)
    if slanted:
        panels[-1].tick_params(axis="x", labelrotation=60)
    panels[-1].set_xlabel(f"{column} (pictures)")
    left = f", the {_GROUPS} largest of {len(counts)} groups" if len(counts) > _GROUPS else ""
    _finish(figure, panels, f"{len(done)} pictures, by {column}{left}")
    return figure


def _figure(width: float = 8.0) -> tuple[Figure, list[Axes]]:
    """A figure of its own: pyplot would keep every one of them, and choose a window system."""
    import logging

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Else the first plot of an installation begins with a warning about fonts.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    figure = Figure(figsize=(width, 1 + 2.2 * len(_PANELS)), layout="constrained")
    FigureCanvasAgg(figure)
    made = figure.subplots(len(_PANELS), sharex=True, squeeze=False)
    return figure, list(made[:, 0])


def _finish(figure: Figure, panels: list[Axes], title: str) -> None:
    figure.suptitle(title, parse_math=False)
    for axes, name in zip(panels, _PANELS.values(), strict=True):
        axes.set_title(name, loc="left", fontsize="medium")
        axes.set_ylabel("loss")
        axes.set_ylim(bottom=0)
        axes.grid(visible=True, axis="y", which="major", color="0.92")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _TITLE.encode() in file.read(4096)
    except OSError:
        return False
