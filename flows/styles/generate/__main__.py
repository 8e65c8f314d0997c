"""Paint the shipped styles again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from flows.styles.generate import SIZE, STYLES

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Paint what the arguments ask for, name each file written, and return the exit status 0."""
    asked = _parser().parse_args(arguments)
    asked.into.mkdir(parents=True, exist_ok=True)
    for name in asked.only or sorted(STYLES):
        path = asked.into / f"{name}.jpg"
        _write(path, name, asked.size)
        sys.stdout.write(f"{path}: {path.stat().st_size / 1000:.0f} kB\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m flows.styles.generate", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        choices=sorted(STYLES),
        metavar="NAME",
        help=f"one of {', '.join(sorted(STYLES))}; may be given again (default: all)",
    )
    parser.add_argument(
        "--size", type=int, default=SIZE, help="side in pixels (default: %(default)s)"
    )
    parser.add_argument(
        "--into",
        type=Path,
        default=Path(__file__).parents[1],
        help="folder to write to (default: where the shipped styles are)",
    )
    return parser


def _write(path: Path, name: str, size: int) -> None:
    style = STYLES[name]
    pixels = np.round(style.paint(size, style.seed) * 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, quality=style.quality, subsampling=0, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
