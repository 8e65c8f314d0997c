"""`atelier plot`: the losses that finished pictures carry, drawn over their steps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json
from flows.words import many

__all__ = ["plot"]


def plot(
    pictures: Annotated[
        list[Path], typer.Argument(metavar="PICTURE…", help="Pictures that Atelier painted.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="A .png or .svg.")],
    as_json: Json = False,
) -> None:
    """Plot the losses over the steps of finished pictures, several in one graph to compare."""
    from flows.cli.console import emit_json, place, say
    from flows.curves import curves_inside
    from flows.plots import check_plot, plot_losses

    try:
        check_plot(out)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    curves = [curves_inside(path) for path in pictures]
    plot_losses(out, curves)
    if as_json:
        emit_json({"out": str(out), "pictures": [{"name": c.name, **c.facts()} for c in curves]})
        return
    say(f"{place(out)}: the losses of {many(len(curves), 'picture')}", "bold")
