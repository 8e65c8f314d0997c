"""Paint one pair with every preset, colour mode and control, as one sheet.

    python docs/controls.py docs/images/controls.jpg [SIZE]

The presets that take thousands of steps are stopped after `MOST` of them; the label says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFont

from images import encode_jpeg, fit_shape, load, resize
from stylize import PRESETS, Recipe, StylizeJob, Stylizer, resolve_recipe

STYLES = Path(__file__).parents[1] / "flows" / "styles"
MOST = 600
CELL, GAP, LINE = 220, 8, 26
Pixels = np.ndarray


class Entry(NamedTuple):
    """A picture to paint and what is written below it."""

    label: str
    job: StylizeJob


def entries(photo: Pixels, one: Pixels, two: Pixels, size: int) -> Iterator[list[Entry]]:
    """The rows of the sheet."""
    base = resolve_recipe("default", {"size": size})

    def entry(label: str, styles: list[Pixels] | None = None, **more: object) -> Entry:
        keys = {key: more.pop(key) for key in list(more) if key in Recipe.model_fields}
        recipe = resolve_recipe("default", base.model_dump() | keys)
        return Entry(label, StylizeJob(photo, styles or [one], recipe, **more))

    yield [preset(photo, one, name, size) for name in PRESETS]
    modes = ("style", "luma", "linear", "histogram")
    yield [
        *(entry(f"colours = {mode}", colours=mode) for mode in modes),
        *(entry(f"initial = {kind}", initial=kind) for kind in ("content", "style", "noise")),
    ]
    left = halves(photo)
    yield [
        entry("two masks", [one, two], masks=[left, 1 - left]),
        entry("blend 50 : 50", [one, two], style_weights=[0.5, 0.5]),
        *(entry(f"style_scale = {scale}", style_scale=scale) for scale in (0.5, 1, 2)),
        entry("style_loss = wasserstein", style_loss="wasserstein"),
        entry("optimiser = lbfgs", optimiser="lbfgs"),
    ]
    yield [entry(f"strength = {s}", strength=s) for s in (0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9)]


def preset(photo: Pixels, style: Pixels, name: str, size: int) -> Entry:
    """The picture of a preset, its steps cut at `MOST`."""
    recipe = PRESETS[name].recipe
    steps = sum(recipe.steps)
    keys = {"size": size, "fit": "longer"} | ({"steps": MOST} if steps > MOST else {})
    label = name if steps <= MOST else f"{name}, {MOST} of {steps} steps"
    return Entry(label, StylizeJob(photo, [style], resolve_recipe(name, keys)))


def halves(photo: Pixels) -> Pixels:
    """White on the left, black on the right, a soft edge between."""
    across = np.linspace(6, -6, photo.shape[1], dtype=np.float32)
    return np.broadcast_to(np.clip(across + 0.5, 0, 1), photo.shape[:2]).astype(np.float32)


def sheet(rows: list[list[tuple[str, Pixels]]]) -> Pixels:
    """Labelled squares in rows, on white."""
    columns = max(map(len, rows))
    high, wide = CELL + LINE + GAP, CELL + GAP
    canvas = Image.new("RGB", (columns * wide + GAP, len(rows) * high + GAP), "white")
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(12)
    for row, line in enumerate(rows):
        for column, (label, pixels) in enumerate(line):
            left, top = GAP + column * wide, GAP + row * high
            cell = (square(pixels) * 255).round().astype(np.uint8)
            canvas.paste(Image.fromarray(cell), (left, top))
            draw.text((left, top + CELL + 4), label, fill="black", font=font)
    return np.asarray(canvas, np.float32) / 255


def square(pixels: Pixels) -> Pixels:
    """The middle of a picture, at the size of a cell."""
    side = min(pixels.shape[:2])
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    return resize(pixels[top : top + side, left : left + side], CELL, CELL)


def main(out: Path, size: int = 384) -> None:
    """Paint the sheet."""
    photo = np.asarray(skimage.data.chelsea(), np.float32) / 255
    photo = resize(photo, *fit_shape(*photo.shape[:2], size))
    one, two = (load(STYLES / f"{name}.jpg").pixels for name in ("flow_field", "mosaic"))
    stylizer = Stylizer("cifar10")
    painted = [[("the photo", photo), ("the style", one), ("the other style", two)]]
    for row in entries(photo, one, two, size):
        painted.append([])
        for label, job in row:
            result = next(stylizer.run([job]))
            painted[-1].append((label, result.image))
            sys.stderr.write(f"{label}: {result.statistics.seconds:.1f} s, {result.outcome}\n")
    out.write_bytes(encode_jpeg(sheet(painted), quality=85))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
