"""The colours of the style sheet: text can be read on what it stands on, light and dark."""

import re
from pathlib import Path

import pytest

import gallery

CSS = (Path(gallery.__file__).parent / "templates" / "gallery.css").read_text(encoding="utf-8")
PALETTE = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--(\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS
    )
}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Between 1 and 21."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["wall", "card"])
@pytest.mark.parametrize("ink", ["ink", "muted", "accent", "good"])
def test_text_stands_out(ink: str, ground: str, scheme: int) -> None:
    """At least 4.5 to 1, which AA asks of text of any size."""
    assert contrast(PALETTE[ink][scheme], PALETTE[ground][scheme]) >= 4.5


def test_nothing_comes_from_outside() -> None:
    """No address, no import, no font of its own."""
    assert not re.search(r"url\(|@import|@font-face|https?:", CSS)


def test_every_colour_of_text_is_in_the_palette() -> None:
    """So that the ratios above are those of the pages; white stands on dark alone."""
    used = set(re.findall(r"[{;]\s*color: ([^;]+);", CSS))
    assert used <= {
        *(f"var(--{name})" for name in ("ink", "muted", "accent", "good")),
        *("inherit", "#fff", "#222"),
    }
