"""Building the gallery: thumbnails first, then the pages, the index last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery.arrange import arrange
from gallery.credits import credits_of
from gallery.files import make_folder, prune, write
from gallery.markdown import credits_markdown
from gallery.pages import credits_page, index_page, picture_page, stylesheet
from gallery.records import read_records
from gallery.shelf import Shelf
from gallery.thumbs import Thumbs
from gallery.values import is_hash

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    import pandas as pd

    from gallery.credits import Credits
    from gallery.view import Exhibition

__all__ = ["build", "write_credits"]


def build(
    manifest: pd.DataFrame,
    workspace: Path,
    out: Path,
    *,
    title: str = "Atelier",
    present: Container[str] = (),
) -> Path:
    """Write the gallery of `manifest` into the folder `out` and return its index.html.

    The pages refer to the pictures of `workspace` by relative paths, so the two stay together;
    they need no server, no JavaScript and nothing from outside. Every file is replaced whole, the
    index last, and files that did not change are left alone; pages and thumbnails of pictures that
    are gone are deleted. Rows may lack columns and values, and files may be missing: the page
    then says less. Pictures that are `present` (by their paths in the workspace) count as there
    though their files are elsewhere; then their thumbnails have to be in `out`. Raises
    `GalleryError` when `out` cannot be written.
    """
    make_folder(out)
    thumbs = Thumbs(out)
    records = read_records(manifest)
    exhibition = arrange(records, Shelf(workspace, out, present), thumbs, title)
    write(out / "gallery.css", stylesheet())
    pages = _write_pictures(exhibition, make_folder(out / "pictures"))
    write(out / "credits.html", credits_page(credits_of(records, title)))
    index = out / "index.html"
    write(index, index_page(exhibition))
    prune(out / "pictures", pages, _is_page)
    thumbs.prune()
    return index


def write_credits(manifest: pd.DataFrame, path: Path, *, title: str = "Atelier") -> Credits:
    """Write the credits of `manifest` as Markdown to `path`, and return what they say.

    They are what `build` puts into credits.html. Raises `GalleryError` when `path` cannot be
    written.
    """
    found = credits_of(read_records(manifest), title)
    write(path, credits_markdown(found).encode("utf-8", "replace"))
    return found


def _write_pictures(exhibition: Exhibition, folder: Path) -> set[str]:
    paintings = exhibition.paintings
    walk = (None, *paintings, None)
    names = set()
    for painting, before, after in zip(paintings, walk, walk[2:], strict=False):
        name = f"{painting.record.key}.html"
        write(folder / name, picture_page(exhibition, painting, before, after))
        names.add(name)
    return names


def _is_page(name: str) -> bool:
    return name.endswith(".html") and is_hash(name.removesuffix(".html"))
