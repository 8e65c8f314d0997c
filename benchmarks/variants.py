"""Recipe keys as they are written on the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Overrides", "overrides", "variants"]

Overrides = Mapping[str, Any]


def overrides(pairs: Sequence[str]) -> dict[str, Any]:
    """``["beta=2", "initial=content"]`` as ``{"beta": 2, "initial": "content"}``.

    A value that reads as JSON is that, any other is text. Raises `ValueError` for a pair without
    an equals sign.
    """
    made = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise ValueError(f"{pair!r} is no setting: write KEY=VALUE.")
        made[key] = _value(value)
    return made


def variants(texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """``["gram=style_loss=gram", "soft=alpha=1,beta=0.5"]`` as overrides by name.

    The settings of a variant are parted by commas outside brackets. Without any there is one
    variant, ``default``, which changes nothing. Raises `ValueError` for one without a name.
    """
    made = {}
    for text in texts:
        name, equals, settings = text.partition("=")
        if not equals or not name:
            raise ValueError(f"{text!r} is no variant: write NAME=KEY=VALUE,KEY=VALUE.")
        made[name] = overrides(_parts(settings))
    return made or {"default": {}}


def _parts(text: str) -> list[str]:
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part for part in parts if part]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
