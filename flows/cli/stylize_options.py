"""The options that only `atelier stylize` has, in the groups its help shows them in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Colours",
    "Every",
    "Fps",
    "Frames",
    "Initial",
    "Masks",
    "Plot",
    "StyleWeights",
    "Video",
]

_PAINT = "What to paint from"
_WATCH = "Seeing it come about"

StyleWeights = Annotated[
    str | None,
    typer.Option(
        metavar="W,W…",
        help="Shares of the styles, in their order, such as 0.7,0.3; only their ratio counts.",
        rich_help_panel=_PAINT,
    ),
]
Masks = Annotated[
    list[Path] | None,
    typer.Option(
        "--mask",
        metavar="FILE",
        help="Where a style applies: a grey picture, white where it does; one for each style, "
        "in their order.",
        rich_help_panel=_PAINT,
    ),
]
Initial = Annotated[
    str | None,
    typer.Option(
        metavar="PICTURE",
        help="Go on from this picture, such as a smaller result; or recoloured, content, style, "
        "noise.",
        rich_help_panel=_PAINT,
    ),
]
Colours = Annotated[
    str | None,
    typer.Option(
        metavar="C",
        help="style: the style's colours; luma, linear or histogram: the photo's, kept in that "
        "way.",
        rich_help_panel=_PAINT,
    ),
]
Plot = Annotated[
    str | None,
    typer.Option(
        metavar="[FILE]",
        help="Plot the losses over the steps: a .png or .svg, beside OUT where none is named.",
        rich_help_panel=_WATCH,
    ),
]
Frames = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Keep numbered pictures of the painting's course, from the photo to the result.",
        rich_help_panel=_WATCH,
    ),
]
Video = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Make a film of them: a .mp4, .gif or .webp.",
        rich_help_panel=_WATCH,
    ),
]
Every = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Steps from one frame to the next; about 120 frames where it is not given.",
        rich_help_panel=_WATCH,
    ),
]
Fps = Annotated[
    float,
    typer.Option(
        metavar="N", min=1, max=120, help="The film's frames a second.", rich_help_panel=_WATCH
    ),
]
