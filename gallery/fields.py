"""The long lists of a picture's page, as HTML: every field of its row, every key of its recipe.

A template would spend most of a build's time on them: forty fields in each of ten thousand pages.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from markupsafe import Markup, escape

from gallery.values import without_folder

__all__ = ["fields_html", "recipe_html"]

_HIDDEN = frozenset(("alt", "source", "command", "total_loss"))
"""Columns that are not the manifest's own."""


def fields_html(row: Mapping[str, str], meanings: Mapping[str, str]) -> Markup:
    """The `dl` entries of `row`: column, what it means, value; all of it escaped."""
    shown = [name for name in row if name not in _HIDDEN]
    parts = [
        _head(name, meanings.get(name, "")) + _value(without_folder(row[name])) for name in shown
    ]
    # Each part was escaped as it was made; joining them as plain text saves escaping them again.
    return Markup("\n".join(parts))  # noqa: S704


@functools.lru_cache(maxsize=256)
def recipe_html(recipe: tuple[tuple[str, str], ...]) -> Markup:
    """The `dl` entries of a recipe."""
    return Markup("\n".join(_head(name, "") + _value(value) for name, value in recipe))  # noqa: S704


@functools.lru_cache(maxsize=256)
def _head(name: str, meaning: str) -> str:
    told = f' <span class="note">{escape(meaning)}</span>' if meaning else ""
    return f"<div><dt>{escape(name)}{told}</dt>"


@functools.lru_cache(maxsize=4096)
def _value(value: str) -> str:
    return f"<dd>{escape(value)}</dd></div>"
