"""The script behind the filters: it holds what strangers wrote, and must stay data."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gallery import build

EVIL = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "a\u2028alert(1)//",
    "\\u003c/script\\u003e\\",
    '"};alert(1);//',
]


def script(out: Path) -> str:
    return (out / "data.js").read_text(encoding="utf-8")


def data(out: Path) -> Any:
    """What the script assigns, read as the JSON that it has to be."""
    found = re.fullmatch(r"window\.atelier=(\{.*\});\n", script(out), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_ends_the_script_or_a_line_of_it(evil: str, studio: Any, tmp_path: Path) -> None:
    """No markup, no line ends, one assignment of JSON; the text itself comes back whole."""
    studio.rows[0] |= dict.fromkeys(("title", "style_title", "source", "preset", "alt"), evil)
    studio.rows[1] |= {"status": "failed", "error": evil}
    build(studio.manifest, studio.root, tmp_path)
    assert not set(script(tmp_path)[:-1]) & set("<>&\n\u2028\u2029")
    expected = evil.encode("utf-8", "replace").decode()
    assert expected in data(tmp_path)["presets"]


def test_every_picture_is_in_it_and_every_failure(studio: Any, tmp_path: Path) -> None:
    """What is listed once is referred to by number; a failure says why."""
    studio.rows[0] |= {"status": "failed", "error": "No memory.", "output": ""}
    studio.rows[1] |= {"total_loss": 0.5, "source": "album", "alt": "A red boat"}
    build(studio.manifest, studio.root, tmp_path)
    found = data(tmp_path)
    assert len(found["pictures"]) == 4
    assert len(found["photos"]) == len(found["styles"]) == 2
    by_key = {picture[0]: picture for picture in found["pictures"]}
    failed, painted = (by_key[row["fingerprint"]] for row in studio.rows[:2])
    assert failed[12] == "No memory."
    assert found["statuses"][failed[5]] == "failed"
    assert painted[9] == 0.5
    assert found["photos"][painted[1]][1] == "A red boat"
    assert (tmp_path / "thumbs" / f"{painted[6]}.jpg").is_file()
    others = by_key[studio.rows[2]["fingerprint"]]
    assert others[9] == pytest.approx(0.25 + 0.0123456, rel=1e-4), "content and style summed"


def test_retired_pictures_are_not_in_it(studio: Any, tmp_path: Path) -> None:
    """They hang nowhere."""
    studio.rows[0] |= {"status": "retired"}
    build(studio.manifest, studio.root, tmp_path)
    assert studio.rows[0]["fingerprint"] not in script(tmp_path)
