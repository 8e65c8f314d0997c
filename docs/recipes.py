"""Write docs/recipes.md from the recipe's own descriptions: python docs/recipes.py."""

from __future__ import annotations

from pathlib import Path

from stylize import PRESETS, Recipe

HEAD = """# Recipes and presets

A recipe is every parameter that affects the pixels of a picture; a preset is a named recipe. Any
key can be set in a collection's `[recipe]` or with `--set KEY=VALUE`. This page is written by
`python docs/recipes.py`.

## Presets
"""


def page() -> str:
    """The page, from the presets and the fields of the recipe."""
    presets = [f"- **{name}**: {preset.summary}" for name, preset in PRESETS.items()]
    rows = [
        f"| `{name}` | `{_default(field.default)}` | {field.description} |"
        for name, field in Recipe.model_fields.items()
    ]
    table = ["## Keys", "", "| key | default | what it is |", "|---|---|---|", *rows]
    return "\n".join([HEAD, *presets, "", *table, ""])


def _default(value: object) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return ", ".join(f"{layer} {weight:g}" for layer, weight in value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


if __name__ == "__main__":
    Path(__file__).with_suffix(".md").write_text(page(), encoding="utf-8")
