"""Building the gallery: thumbnails and pictures' pages first, then what leads there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from gallery.arrange import arrange, pictures
from gallery.credits import credits_of
from gallery.data import data_script
from gallery.files import make_folder, prune, write
from gallery.markdown import credits_markdown
from gallery.pages import ASSETS, edition, static
from gallery.records import read_records
from gallery.rooms import Rooms
from gallery.shelf import Begin, Shelf
from gallery.stamps import Stamps
from gallery.thumbs import Thumbs

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path
    from typing import Any

    import pandas as pd

    from gallery.credits import Credits
    from gallery.records import Record
    from gallery.view import Exhibition

__all__ = ["build", "write_credits"]

_FOLDERS = ("pictures", "styles", "runs")
_NOTHING: Mapping[str, str] = {}
_OURS = {
    "": re.compile(r"(wall|matrix|failures)(-\d+)?\.html"),
    "pictures": re.compile(r"[0-9a-f]{8,64}\.html"),
    "styles": re.compile(r"[0-9a-f]{16}(-\d+)?\.html"),
    "runs": re.compile(r"(\d{8}-\d{6}-[0-9a-f]{6}|[0-9a-f]{32})\.html"),
}
"""Names of pages of ours in each folder: one that was not written is of something gone."""


def build(
    manifest: pd.DataFrame | Sequence[Record],
    workspace: Path,
    out: Path,
    *,
    title: str = "Atelier",
    reports: Iterable[Mapping[str, Any]] = (),
    meanings: Mapping[str, str] = _NOTHING,
    present: Container[str] = (),
    begin: Begin | None = None,
) -> Path:
    """Write the gallery of `manifest`, or of records read from one, and return its index.html.

    The pages refer to the pictures of `workspace` by relative paths, so the two stay together;
    they need no server and nothing from outside, and without JavaScript they lack the filters
    alone. Every file is replaced whole, the index last; pages that did not change are not made
    again, and those of pictures that are gone are deleted, as are their thumbnails. Rows may lack
    columns and values, and files may be missing: the page then says less. Beside its own columns
    the manifest may have `source` and `alt` of the photo, `total_loss`, and `command`, what paints
    the picture again. `reports` are those of the runs, `meanings` explain the columns by name.
    Pictures that are `present` (by their paths in the workspace) count as there though their files
    are elsewhere; `begin` then reads so many of their first bytes.
    Raises `GalleryError` when `out` cannot be written.
    """
    make_folder(out)
    thumbs, shelf = Thumbs(out), Shelf(workspace, out, present, begin)
    for folder in _FOLDERS:
        make_folder(out / folder)
    records = _records(manifest)
    for name in ASSETS:
        write(out / name, static(name))
    stamps = Stamps(out, edition())

    def hang() -> tuple[Exhibition, Rooms]:
        show = arrange(records, shelf, thumbs, title, reports)
        rooms = Rooms(show, shelf, stamps, meanings)
        rooms.pictures()
        return show, rooms

    thumbs.begin(pictures(records, shelf))
    try:
        # Other processes make thumbnails meanwhile; walls lead to them when all are there.
        show, rooms = hang()
        if not thumbs.settled():
            show, rooms = hang()
    finally:
        thumbs.end()
    write(out / "data.js", data_script(show))
    rooms.credits(credits_of(records, title))
    rooms.failures()
    rooms.matrix()
    rooms.walls()
    for folder in _FOLDERS:
        prune(out / folder, stamps.names(folder), _OURS[folder].fullmatch)
    prune(out, stamps.names(""), _OURS[""].fullmatch)
    thumbs.prune()
    stamps.save()
    return out / "index.html"


def write_credits(
    manifest: pd.DataFrame | Sequence[Record], path: Path, *, title: str = "Atelier"
) -> Credits:
    """Write the credits of `manifest` as Markdown to `path`, and return what they say.

    They are what `build` puts into credits.html. Raises `GalleryError` when `path` cannot be
    written.
    """
    found = credits_of(_records(manifest), title)
    write(path, credits_markdown(found).encode("utf-8", "replace"))
    return found


def _records(manifest: pd.DataFrame | Sequence[Record]) -> Sequence[Record]:
    return manifest if isinstance(manifest, list) else read_records(cast("pd.DataFrame", manifest))
