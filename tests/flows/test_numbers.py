"""Numbers as spreadsheets of several places write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.manifest import read_manifest
from flows.numbers import as_numbers


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["1,234.5", "0.25"], [1234.5, 0.25]),
        (["1.234,5", "12"], [1234.5, 12]),
        (["1,234,567", "1,234"], [1234567, 1234]),
        (["1,234", "0,5"], [1.234, 0.5]),
        (["1,234", "0.5"], [1234, 0.5]),
        (["1 234,5", "1\u202f234,5", "1’234,5"], [1234.5, 1234.5, 1234.5]),
        (["1,2E+05", "-1,5", "", "long"], [120000.0, -1.5, None, None]),
        (["1,234"], [1.234]),
    ],
)
def test_point_and_comma_are_judged_by_the_column(cells: list[str], meant: list[object]) -> None:
    """Where a cell could be read in two ways, the others tell."""
    assert as_numbers(cells, whole=False) == meant


def test_whole_numbers_have_no_decimals() -> None:
    cells = ["1,234", "1.234", "1.234.567", "512.0", "512", "-1", "x"]
    assert as_numbers(cells, whole=True) == [1234, 1234, 1234567, 512, 512, -1, None]


def test_a_manifest_with_marks_between_thousands_is_understood(tmp_path: Path) -> None:
    """As a spreadsheet saves what it shows."""
    path = tmp_path / "manifest.csv"
    head = "fingerprint,status,created_at,seconds,steps"
    path.write_text(f'{head}\na,done,2025-01-31T12:00:00Z,"1,234.50","1,200"\n')
    row = read_manifest(path).iloc[0]
    assert (row["seconds"], row["steps"]) == (1234.5, 1200)
