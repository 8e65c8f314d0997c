"""The command that paints the same picture: the same pixels, without the page."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from studio.order import Order

__all__ = ["command_for", "restyle_command"]

_OPTIONS = ("size", "strength", "seed")


def command_for(order: Order, workspace: str) -> str:
    """`atelier stylize …` for `order`, quoted for a shell; one line.

    A photo or style that came from the page is named like its file: the command is to be run where
    that lies.
    """
    photo = order.photo.known.place if order.photo.known else order.photo.name
    styles = [style.name if style.known else style.file for style in order.styles]
    stem = "-".join([_stem(order.photo.title), *(style.name for style in order.styles)])
    words = ["atelier", "stylize", _operand(photo), *map(_operand, styles)]
    words += ["-o", f"{stem[:80]}.png"]
    if order.blend:
        words += ["--style-weights", ",".join(f"{share:.9g}" for share in order.shares)]
    words += _recipe_options(order.preset, order.overrides, order.weights)
    if any(style.known for style in order.styles):
        words += ["--workspace", workspace]
    return shlex.join(words)


def restyle_command(
    style: str, preset: str, overrides: Mapping[str, Any], weights: str, workspace: str
) -> str:
    """`atelier restyle …` for a style and a recipe."""
    words = ["atelier", "restyle", _operand(style), *_recipe_options(preset, overrides, weights)]
    return shlex.join([*words, "--workspace", workspace])


def _recipe_options(preset: str, overrides: Mapping[str, Any], weights: str) -> list[str]:
    words = ["--preset", preset, "--weights", weights]
    for key in _OPTIONS:
        if key in overrides:
            words += [f"--{key}", f"{overrides[key]}"]
    for key, value in overrides.items():
        if key not in _OPTIONS:
            words += ["--set", f"{key}={_value(value)}"]
    return words


def _value(value: Any) -> str:
    """`value` as `--set` reads it: JSON, or the bare word."""
    if isinstance(value, str) and not _is_json(value):
        return value
    return json.dumps(dict(value) if isinstance(value, Mapping) else value)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _operand(name: str) -> str:
    """A name that no command takes for an option."""
    return f"./{name}" if name.startswith("-") else name


def _stem(name: str) -> str:
    plain = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)
    return "-".join(part for part in plain.split("-") if part)[:40] or "picture"
