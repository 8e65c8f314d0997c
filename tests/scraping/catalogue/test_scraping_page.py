"""docs/scraping.md says what the tests hold, and the catalogue has no gap."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from scraping import REASONS, is_reason
from tests.scraping.catalogue.rows import NUMBERS, Entry, entries

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def catalogue() -> list[Entry]:
    return entries()


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """docs/scraping_catalogue.py, which is no part of a package."""
    path = DOCS / "scraping_catalogue.py"
    spec = importlib.util.spec_from_file_location("scraping_catalogue", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_catalogue_in_the_page_is_current(writer: ModuleType) -> None:
    """Made anew, docs/scraping.md would be the same."""
    text = (DOCS / "scraping.md").read_text(encoding="utf-8")
    assert writer.page(text) == text


def test_a_page_without_markers_is_refused(writer: ModuleType) -> None:
    """One sentence that says what to put back."""
    with pytest.raises(ValueError, match="put them back"):
        writer.page("# A page\n")


def test_every_row_of_the_catalogue_has_a_test(catalogue: list[Entry]) -> None:
    """1 to 60, none left out, none twice with the same input."""
    assert {entry.row.number for entry in catalogue} == set(NUMBERS)
    inputs = [(entry.row.number, entry.row.given) for entry in catalogue]
    assert len(set(inputs)) == len(inputs)


def test_expected_are_words_of_the_closed_list(catalogue: list[Entry]) -> None:
    """No test expects a word that no row can have; every word but two is met by a row here."""
    words = {word for entry in catalogue for word in entry.row.words}
    assert all(map(is_reason, words))
    met = {"http_NNN" if word.startswith("http_") else word for word in words}
    assert set(REASONS) - met <= {"unchanged", "limit", "host_down", "licence"}


def test_the_page_explains_every_outcome() -> None:
    """The table of outcomes is the closed list, in its order."""
    text = (DOCS / "scraping.md").read_text(encoding="utf-8")
    table = text.partition("## Outcomes")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == REASONS
