"""Titles of strangers in a real browser: right to left, with accents, beside slender pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallery import build

Visit = Callable[..., Any]
HARBOUR, NIGHT, CAFE = "מרפא (1923)!", "ליל (1889)!", "Cafe\u0301"
DIRECTION = "e => [getComputedStyle(e).direction, getComputedStyle(e).textAlign]"


@pytest.fixture
def shown(studio: Any) -> Path:
    """A Hebrew title, once on a slender picture, and a French one spelt as a Mac names files."""
    for row, title in zip(studio.rows, [HARBOUR, HARBOUR, CAFE, CAFE], strict=True):
        row["title"] = title
        row["style_title"] = NIGHT if row["style"] == "ink_wash" else ""
    studio.rows[1] |= {"width": 40, "height": 160}
    path: Path = build(studio.manifest, studio.root, studio.root / "gallery").parent
    return path


def test_titles_from_right_to_left_are_set_so(shown: Path, visit: Visit) -> None:
    """Their brackets and marks stand where they belong; they begin below the picture's edge."""
    page = visit(shown / "index.html")
    for _ in ("as it came", "as a script hung it"):
        name = page.locator("#shown .name", has_text="1923").first
        assert name.evaluate(DIRECTION) == ["rtl", "left"]
        note = page.locator("#shown .note", has_text="1889").first
        assert note.evaluate(DIRECTION)[0] == "ltr"
        assert note.locator("bdi").evaluate(DIRECTION)[0] == "rtl"
        page.get_by_label("Order").select_option("oldest")
    page.locator("#shown a", has_text="1923").filter(has_text="1889").click()
    page.wait_for_selector("#compare")
    assert page.locator("h1").evaluate(DIRECTION) == ["rtl", "left"]
    assert page.locator(".medium bdi").evaluate(DIRECTION)[0] == "rtl"


@pytest.mark.parametrize("asked", ["café", "CAFE", "Cafe\u0301"])
def test_search_does_not_mind_accents(asked: str, shown: Path, visit: Visit) -> None:
    """Nor in which of Unicode's ways they are spelt."""
    page = visit(shown / "index.html")
    page.get_by_label("Search in titles").fill(asked)
    assert page.locator("#shown .wall li").count() == 2


def test_captions_of_a_slender_picture_do_not_cover_each_other(shown: Path, visit: Visit) -> None:
    """The photo's stands above, the picture's below."""
    page = visit(shown / "index.html")
    page.locator("#shown a", has_text="1923").filter(has_text="1889").click()
    photo = page.locator(".before figcaption").bounding_box()
    picture = page.locator(".after figcaption").bounding_box()
    assert photo["y"] + photo["height"] < picture["y"]
