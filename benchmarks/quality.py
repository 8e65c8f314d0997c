"""How good the pictures are: subjects readable, styles unmistakable, measured and shown.

    python -m benchmarks.quality --out DIR [--styles DIR] [--size N] [--set KEY=VALUE …]
                                 [--weights NAME] [--variants NAME=KEY=VALUE,KEY=VALUE …]

Paints the demo photos in our styles and writes quality.csv, quality.md and sheet.jpg.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.judgement import Judge, Judgement, means, table, write_csv
from benchmarks.pairs import fitted, photos, styles
from benchmarks.report import say
from benchmarks.sheet import contact_sheet
from benchmarks.variants import Overrides, overrides, variants
from images import encode_jpeg
from stylize import Stylizer, resolve_recipe
from stylize.result import Pixels

__all__ = ["main"]

Gallery = Mapping[str, Pixels]
Painted = tuple[Judgement, Pixels]


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint, measure, print a JSON line a picture, write the table and the sheet."""
    options = _parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    contents = _fitted(photos(), options.size)
    wanted = styles() | (styles(options.styles) if options.styles else {})
    painted = list(_paint(contents, _fitted(wanted, options.size), options))
    judgements = [judgement for judgement, _ in painted]
    write_csv(options.out / "quality.csv", judgements)
    (options.out / "quality.md").write_text(table(judgements), encoding="utf-8")
    page = contact_sheet(_rows(painted, contents, wanted), options.cell)
    (options.out / "sheet.jpg").write_bytes(encode_jpeg(page, quality=80))
    for variant, mean in means(judgements).items():
        for metric, value in mean.items():
            say("quality", metric, value, "", variant=variant, pictures=len(judgements))


def _paint(contents: Gallery, wanted: Gallery, options: argparse.Namespace) -> Iterator[Painted]:
    stylizer, judge = Stylizer(options.weights), Judge()
    common: Overrides = overrides(options.set)
    for variant, own in variants(options.variants).items():
        recipe = resolve_recipe(options.preset, {**common, "size": options.size, **own})
        for photo_name, photo in contents.items():
            for style_name, style in wanted.items():
                started = time.perf_counter()
                picture = stylizer.stylize(photo, [style], recipe).image
                seconds = time.perf_counter() - started
                name = (variant, photo_name, style_name)
                judgement = judge.of(name, picture, photo, style, seconds)
                say("quality", "picture", seconds, "s", **judgement._asdict())
                yield judgement, picture


def _rows(
    painted: Sequence[Painted], contents: Gallery, wanted: Gallery
) -> list[list[Pixels | None]]:
    """The styles on top, then a row a photo and variant, the photo before its pictures."""
    rows: list[list[Pixels | None]] = [[None, *wanted.values()]]
    by_row: dict[tuple[str, str], list[Pixels]] = {}
    for judgement, picture in painted:
        by_row.setdefault((judgement.photo, judgement.variant), []).append(picture)
    for photo, variant in sorted(by_row):
        rows.append([contents[photo], *by_row[photo, variant]])
    return rows


def _fitted(gallery: Gallery, size: int) -> dict[str, Pixels]:
    return {name: fitted(image, size) for name, image in gallery.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder for the table and the sheet")
    add("--styles", type=Path, help="folder of more style images")
    add("--size", type=int, default=384, help="longer side in pixels (default: 384)")
    add("--preset", default="default", help="the preset to start from")
    add("--set", nargs="+", default=[], metavar="KEY=VALUE", help="recipe keys for all pictures")
    add("--weights", default="cifar10", help="cifar10, imagenet or the path of a file")
    add("--variants", nargs="+", default=[], metavar="NAME=KEY=VALUE,…", help="side by side")
    add("--cell", type=int, default=120, help="side of a picture on the sheet")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
