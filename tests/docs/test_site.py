"""The documentation as pages: whole, built strictly, with nothing from outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make docs` does; a broken link or an unknown name would end it with an error."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir"]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    found = subprocess.run(
        [*build, str(folder)], cwd=ROOT, env=quiet, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    return folder


def test_every_page_of_the_docs_can_be_reached(site: Path) -> None:
    """What lies in docs/ is in the navigation."""
    index = (site / "index.html").read_text(encoding="utf-8")
    pages = [path.with_suffix(".html").name for path in (ROOT / "docs").glob("*.md")]
    assert len(pages) >= 7
    assert [page for page in pages if f'href="{page}"' not in index and page != "index.html"] == []
    assert (site / "first-picture.ipynb").is_file()


def test_the_notebook_is_a_page_with_its_pictures(site: Path) -> None:
    text = (site / "first-picture.html").read_text(encoding="utf-8")
    pictures = re.findall(r'src="(images/first-picture-[^"]*)"', text)
    assert len(pictures) >= 8
    assert all((site / name).stat().st_size > 1000 for name in pictures)
    assert "%config" not in text
    assert 'href="first-picture.html"' in (site / "recipes.html").read_text(encoding="utf-8")


def test_no_formula_loses_its_stars(site: Path) -> None:
    """Outside of code, Markdown takes the stars of F* and G* for emphasis."""
    for name in ("painting", "quality", "api"):
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        assert "F*²" in text or "G*‖²" in text, name
        assert not re.search(r"<em>[^<]*[)‖][^<]*</em>", text), name


def test_every_list_is_one(site: Path) -> None:
    """A list that follows an indented line in another way than Markdown wants is run together."""
    for page in site.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(?:p|li)>[^<]*\n- ", text), page.name


def test_docstrings_are_on_the_page(site: Path) -> None:
    text = (site / "api.html").read_text(encoding="utf-8")
    for words in ("Paints pictures with one set of weights.", 'id="flows.manifest.read_manifest"'):
        assert words in text


def test_nothing_comes_from_outside(site: Path) -> None:
    """No script, style sheet, font or picture is fetched from another place."""
    fetched = re.compile(
        r"""<(?:script|img|iframe|link(?![^>]*rel="(?:canonical|next|prev)"))[^>]*(?:src|href)=["']?(https?:)?//"""
    )
    found = {
        (page.name, match.group())
        for page in site.rglob("*.html")
        for match in fetched.finditer(page.read_text(encoding="utf-8"))
    }
    assert found == set()
    assert not any("fonts.g" in css.read_text() for css in site.rglob("*.css"))
