"""The recipe as a form: a field for every key, with its meaning and bounds, and back again."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from stylize import PRESETS, Recipe, RecipeError, resolve_recipe

__all__ = ["PLAIN_SIGHT", "Field", "complaint", "fields", "overrides_of", "shown"]

PLAIN_SIGHT = ("size", "strength", "colours", "seed")
"""Keys that the page shows without being asked."""

Kind = Literal["choice", "switch", "number", "text"]


@dataclass(frozen=True)
class Field:
    """A key of the recipe: how it is given, what it means, what it may be."""

    name: str
    kind: Kind
    help: str
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The key as a heading."""
        return self.name.replace("_", " ")


def fields() -> tuple[Field, ...]:
    """Every key of a recipe but those in plain sight, in the recipe's order."""
    return tuple(_field(name) for name in Recipe.model_fields if name not in PLAIN_SIGHT)


def shown(name: str, recipe: Recipe) -> Any:
    """The value of a key as the form shows it."""
    value = getattr(recipe, name)
    if not isinstance(value, tuple):
        return value
    if value and isinstance(value[0], tuple):
        return ", ".join(f"{layer} = {weight:g}" for layer, weight in value)
    return ", ".join(f"{part:g}" for part in value)


def overrides_of(preset: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What of the form's values differs from the preset, as a recipe takes it.

    Raises `RecipeError` for a value that is none, a sentence that names the key.
    """
    unknown = {name: given[name] for name in given if name not in Recipe.model_fields}
    base = resolve_recipe(preset, unknown)  # raises where there is one
    changed = {}
    for name, value in given.items():
        if value == shown(name, base):
            continue
        parsed = _parsed(name, value)
        if getattr(resolve_recipe(preset, {name: parsed}), name) != getattr(base, name):
            changed[name] = parsed
    return changed


def complaint(preset: str, name: str, value: Any) -> str:
    """What is wrong with one value, a sentence; nothing where it may stand."""
    try:
        overrides_of(preset, {name: value})
    except RecipeError as error:
        return str(error)
    return ""


def _field(name: str) -> Field:
    info = Recipe.model_fields[name]
    kind, choices = _kind(info.annotation)
    said = info.description or "how the picture is painted"
    bounds = _bounds(info.metadata) if kind == "number" else ""
    example = _example(name) if kind == "text" else ""
    return Field(name, kind, said + bounds + example, choices)


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    if typing.get_origin(annotation) is Literal:
        return "choice", tuple(str(choice) for choice in typing.get_args(annotation))
    if annotation is bool:
        return "switch", ()
    return ("number", ()) if annotation in (int, float) else ("text", ())


def _bounds(metadata: Sequence[Any]) -> str:
    words = []
    for attribute, sign in (
        ("ge", "at least"),
        ("gt", "above"),
        ("le", "at most"),
        ("lt", "below"),
    ):
        for bound in metadata:
            limit = getattr(bound, attribute, None)
            if limit is not None:
                words.append(f"{sign} {limit:,}" if limit >= 10_000 else f"{sign} {limit:g}")
    return f" ({', '.join(words)})" if words else ""


def _example(name: str) -> str:
    return f"; such as {shown(name, PRESETS['default'].recipe).split(',')[0]}, …"


def _parsed(name: str, value: Any) -> Any:
    """Text as the value it stands for: JSON, or numbers and layers with commas between."""
    if not isinstance(value, str) or _field(name).kind != "text":
        return value
    text = value.strip()
    if text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if "layers" in name:
        return _layers(name, parts)
    return [_number(name, part) for part in parts]


def _layers(name: str, parts: Sequence[str]) -> dict[str, float]:
    layers = {}
    for part in parts:
        layer, sign, weight = part.partition("=")
        layers[layer.strip()] = _number(name, weight.strip()) if sign else 1.0
    return layers


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise RecipeError(
            f"Recipe key {name!r}, {text!r} was given: write numbers with commas between them."
        ) from None
    return int(number) if number.is_integer() else number
