"""The Exhibition → HTML, by the templates of this package."""

from __future__ import annotations

import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from gallery.values import duration, significant

if TYPE_CHECKING:
    from typing import Any

__all__ = ["ASSETS", "edition", "page", "static"]

ASSETS = ("gallery.css", "gallery.js", "wall.js")
"""The files that all pages share, as they are."""


def page(template: str, root: str = "", **given: Any) -> bytes:
    """Render a page of the template; `root` leads from its folder to the gallery's."""
    text = _templates().get_template(template).render(root=root, **given)
    # A lone surrogate, which JSON may hold, is no text that a file could keep.
    return text.encode("utf-8", "replace")


def static(name: str) -> bytes:
    """Read one of `ASSETS`."""
    return resources.files("gallery").joinpath("templates", name).read_bytes()


@functools.cache
def edition() -> str:
    """A hash of the templates and of the code that fills them: another one, other pages."""
    digest = hashlib.blake2b(digest_size=12)
    for folder in (resources.files("gallery"), resources.files("gallery") / "templates"):
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith((".html", ".py")):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


@functools.cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("gallery"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"duration": duration, "significant": significant}
    return environment
