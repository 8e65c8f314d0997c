"""The library snippets in README and docs run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from images import encode_png, load

ROOT = Path(__file__).parents[2]
QUICK = '{"size": 64, "steps": [2]}'


@pytest.mark.parametrize("page", ["README.md", "docs/api.md"])
def test_a_picture_is_painted(page: str, tmp_path: Path) -> None:
    """With a photo beside it, from a checkout; smaller and shorter here."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    snippet = next(block for block in blocks if "Stylizer(" in block)
    quick, changed = re.subn(r'\{"size": 320, "strength": 0\.6\}', QUICK, snippet)
    assert changed == 1
    style = tmp_path / "flows" / "styles" / "mosaic.jpg"
    style.parent.mkdir(parents=True)
    style.write_bytes((ROOT / "flows" / "styles" / "mosaic.jpg").read_bytes())
    (tmp_path / "photo.jpg").write_bytes(encode_png(load(style, size=96).pixels[:72]))
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{quick}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
