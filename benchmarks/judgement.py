"""The judgement of one stylized image, and tables of many."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.evaluator import Evaluator
from benchmarks.measures import colour_distance, edge_correlation, luma_ssim
from images import resize
from stylize.result import Pixels

__all__ = ["Judge", "Judgement", "means", "table", "write_csv"]


class Judgement(NamedTuple):
    """Losses under the fixed evaluator, likeness to the photo, palette of the style, seconds."""

    variant: str
    photo: str
    style: str
    content_loss: float
    style_loss: float
    ssim: float
    edges: float
    colours: float
    seconds: float


MEASURES = Judgement._fields[3:]
_HEADINGS = ("content loss", "style loss", "SSIM", "edges", "colours", "seconds")


class Judge:
    """Judges pictures with the shipped VGG19, whatever network painted them."""

    def __init__(self) -> None:
        from stylize import resolve_weights
        from stylize.vgg import load_arrays

        self._arrays = load_arrays(resolve_weights("cifar10", "vgg19"))

    def of(
        self,
        name: tuple[str, str, str],
        picture: Pixels,
        photo: Pixels,
        style: Pixels,
        seconds: float,
    ) -> Judgement:
        """The judgement of `picture` (H,W,3), called (variant, photo, style)."""
        content = resize(photo, *picture.shape[:2])
        _, content_loss, style_loss = Evaluator(self._arrays, content, style).judge(picture)
        return Judgement(
            *name,
            content_loss,
            style_loss,
            luma_ssim(picture, content),
            edge_correlation(picture, content),
            colour_distance(picture, style),
            seconds,
        )


def means(judgements: Sequence[Judgement]) -> dict[str, dict[str, float]]:
    """The mean of each measure over a variant's pictures, by variant and measure."""
    found: dict[str, dict[str, float]] = {}
    for variant in dict.fromkeys(one.variant for one in judgements):
        own = [one for one in judgements if one.variant == variant]
        found[variant] = {key: float(np.mean([getattr(o, key) for o in own])) for key in MEASURES}
    return found


def table(judgements: Sequence[Judgement]) -> str:
    """A Markdown table, a line a picture, and the means of every variant in bold at its end."""
    heads = ("variant", "photo", "style", *_HEADINGS)
    lines = [_row(heads), _row(("---",) * 3 + ("---:",) * len(MEASURES))]
    lines += [_row((*one[:3], *map(_number, one[3:]))) for one in judgements]
    for variant, mean in means(judgements).items():
        lines.append(_row((f"**{variant}**", "**mean**", "", *map(_number, mean.values()))))
    return "\n".join(lines) + "\n"


def write_csv(path: Path, judgements: Sequence[Judgement]) -> None:
    """A line a picture, under the names of `Judgement`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(Judgement._fields)
        writer.writerows(judgements)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 100 else f"{value:.0f}"
