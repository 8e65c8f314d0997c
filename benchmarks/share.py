"""How much of a collection's time is painting, and how much everything around it.

A new collection of photos of 1200×800, from a folder on the disk to gallery and manifest, by
`atelier build` in a process of its own. The pictures say themselves how long each was painted; all
else is the pipeline's: starting Python, Prefect and TensorFlow, scraping, preparing, planning,
encoding, writing, the manifest, the gallery.

start    what every run costs, however many pictures it paints: seconds of a run of one picture,
         less what the picture says
share    all but the painting, over the whole command, start included
own      the same without the start: what another picture costs beside its painting
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.site_pictures import write_pictures
from flows.manifest import read_manifest

__all__ = ["Share", "build_share"]

_BUILD = "import sys; from flows.cli import main; sys.exit(main())"
_FILES = Path(__file__).resolve().parent.parent
_TOML = """name = "share"
workspace = "{workspace}"
styles = [{styles}]
[[sources]]
folder = "photos"
limit = {photos}
[recipe]
size = {size}
weights = "cifar10"
"""
_WARM = 4
"""Photos from which on the figure is meant to be read, not only made."""
STYLES = ("mosaic", "ink_wash", "stained_glass", "pointillism")


@dataclass(frozen=True)
class Share:
    """Seconds: `total` of the command for `pictures`, of which `painting`; `start` of any run."""

    pictures: int
    total: float
    painting: float
    start: float

    @property
    def share(self) -> float:
        """Everything but the painting, over everything."""
        return 1 - self.painting / self.total

    @property
    def own(self) -> float:
        """The same without the start."""
        return 1 - self.painting / (self.total - self.start)


def build_share(folder: Path, photos: int, size: int) -> Share:
    """Paint `photos` photos at `size` pixels in four styles; one picture first, for the start.

    Raises `RuntimeError` where not every picture was painted.
    """
    write_pictures(folder / "photos", photos)
    if photos >= _WARM:
        _built(folder, "first", 1, STYLES[:1], size)  # a fresh home: Prefect makes its database
    total, painting = _built(folder, "one", 1, STYLES[:1], size)
    start = total - painting
    total, painting = _built(folder, "all", photos, STYLES, size)
    return Share(photos * len(STYLES), total, painting, start)


def _built(
    folder: Path, name: str, photos: int, styles: tuple[str, ...], size: int
) -> tuple[float, float]:
    """Seconds of the command, and those that its pictures were painted."""
    named = ", ".join(f'"{style}"' for style in styles)
    text = _TOML.format(workspace=name, photos=photos, styles=named, size=size)
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", _BUILD, "build", str(file)]
    started = time.perf_counter()
    # All of it is this interpreter, this project and paths of our making.
    subprocess.run(command, capture_output=True, check=True, cwd=_FILES)  # noqa: S603
    seconds = time.perf_counter() - started
    rows = read_manifest(folder / name / "manifest.csv")
    done = rows[rows["status"] == "done"]
    if len(done) != photos * len(styles):
        raise RuntimeError(f"{len(done)} of {photos * len(styles)} pictures were painted")
    return seconds, float(done["seconds"].sum())
