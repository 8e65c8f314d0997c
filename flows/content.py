"""A content photo as the plan sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from images import fit_shape

if TYPE_CHECKING:
    from scraping import Photo
    from stylize import Recipe

__all__ = ["Content", "content_of", "prepared_name"]


@dataclass(frozen=True)
class Content:
    """One content photo, to be painted at `width` × `height` pixels.

    `path` and `prepared` are relative to the workspace, with ``/``. With an `error` (a sentence)
    the photo cannot be painted: it is left out of the plan and reported.
    """

    sha256: str
    path: str
    prepared: str
    width: int
    height: int
    title: str = ""
    licence: str = ""
    attribution: str = ""
    creator: str = ""
    licence_url: str = ""
    image_url: str = ""
    landing_url: str = ""
    source: str = ""
    error: str = ""

    @property
    def name(self) -> str:
        """What to call it in a progress line: its title, else the start of its hash."""
        return self.title or self.sha256[:12]

    def failed(self, error: str) -> Content:
        """The same photo with the reason why it cannot be painted."""
        return replace(self, error=error)


def content_of(photo: Photo, recipe: Recipe) -> Content:
    """The content that `photo` becomes under `recipe`; opens no file.

    A row that was edited may name any file: what is not in content/ has an error.
    """
    height, width = fit_shape(photo.height, photo.width, recipe.size, recipe.fit)
    return Content(
        sha256=photo.sha256,
        path=photo.file,
        prepared=prepared_name(photo.sha256, recipe),
        width=width,
        height=height,
        title=photo.title or photo.alt,
        licence=photo.licence,
        attribution=photo.attribution,
        creator=photo.creator,
        licence_url=photo.licence_url,
        image_url=photo.image_url,
        landing_url=photo.landing_url or photo.page_url,
        source=photo.source,
        error="" if _is_kept(photo.file) else _elsewhere(photo.file),
    )


def _is_kept(file: str) -> bool:
    path = PurePosixPath(file)
    return str(path.parent) == "content" and path.name != ".."


def _elsewhere(file: str) -> str:
    return f"photos.csv names {file}, which is not in content/; put the row right, or scrape again."


def prepared_name(sha256: str, recipe: Recipe) -> str:
    """Where the preprocess stage puts a photo: an ``s`` marks sizes of the shorter side."""
    mark = "s" if recipe.fit == "shorter" else ""
    return f"prepared/{sha256}-{recipe.size}{mark}.png"
