"""The Exhibition → HTML, by the templates of this package."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from gallery.credits import Credits
    from gallery.view import Exhibition, Painting

__all__ = ["credits_page", "index_page", "picture_page", "stylesheet"]


def index_page(exhibition: Exhibition) -> bytes:
    """Render the first page: the grid of photo × style, and what could not be painted."""
    page = _templates().get_template("index.html")
    return page.render(exhibition=exhibition, root="").encode("utf-8", "replace")


def picture_page(
    exhibition: Exhibition, painting: Painting, before: Painting | None, after: Painting | None
) -> bytes:
    """Render the page of one picture, in pictures/, between its neighbours."""
    page = _templates().get_template("picture.html")
    text = page.render(
        exhibition=exhibition, painting=painting, before=before, after=after, root="../"
    )
    return text.encode("utf-8", "replace")


def credits_page(found: Credits) -> bytes:
    """Render the page that says whose photos and styles they are, and what their licences ask."""
    page = _templates().get_template("credits.html")
    return page.render(credits=found, root="").encode("utf-8", "replace")


def stylesheet() -> bytes:
    """Read the style sheet that all pages share."""
    return resources.files("gallery").joinpath("templates", "gallery.css").read_bytes()


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("gallery"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
