"""Write docs/recipes.md from the recipe's own descriptions: python docs/recipes.py."""

from __future__ import annotations

from pathlib import Path

from stylize import PRESETS, Recipe

HEAD = """# Recipes and presets

A recipe is every parameter that affects the pixels of a picture; a preset is a named recipe. Any
key can be set in a collection's `[recipe]` or with `--set KEY=VALUE`. This page is written by
`python docs/recipes.py`.

![One photo in one style, by every preset and with every control](images/controls.jpg)

## The knobs to turn first

- **strength**: 0 is the photo, 1 is texture alone. Turn this one before any other.
- **size**: strokes keep their width in pixels, so a larger picture has finer ones; twice the size
  takes about four times as long. Look at a small one first.
- **style_scale**: how large the style image is seen. 1.5 keeps strokes visible, 1 or less makes
  them fine.
- **colours**: `style` takes the palette too; `luma`, `linear` and `histogram` leave the photo's
  own colours, and take the brush alone.
- **style_layers**: the first block alone takes colours and grain, deeper ones strokes, the fifth
  shapes; the notebook [first-picture.ipynb](first-picture.ipynb) shows a sweep.
- **initial**: `recoloured` begins with the photo in the style's colours; `noise` frees the
  picture from the photo's edges and takes more steps.
- **steps**, **optimiser**: more steps follow the style further; the default needs few, Adam as
  papers use it thousands.
- **seed**: equal seeds, equal pictures; it matters where the picture begins with noise.

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
