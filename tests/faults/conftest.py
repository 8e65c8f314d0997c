"""Every test here is an accident: it counts what it did, and a full run writes the numbers down."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.collection import Place, make_place
from tests.faults.counts import FULL, save
from tests.faults.readers import Reader

_NUMBERS: dict[str, Counter[str]] = {}
_SECONDS: Counter[str] = Counter()
_FAILED: set[str] = set()
_PARTLY: set[str] = set()
"""Tests of which `-k` took cases away: their numbers are not those of the table."""
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The marker of all of them; what is said of the page about them is no accident."""
    for item in items:
        if HERE in item.path.parents and item.path.name != "test_fault_page.py":
            item.add_marker(pytest.mark.faults)


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Remember whose cases are not all run."""
    _PARTLY.update(getattr(item, "originalname", item.name) for item in items)


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """What a test counts: kills, pictures, losses, repeats, reads; all cases of it together."""
    name = request.node.originalname
    numbers = _NUMBERS.setdefault(name, Counter())
    numbers["cases"] += 1
    began = time.monotonic()
    yield numbers
    _SECONDS[name] += time.monotonic() - began


@pytest.fixture
def unread_place(tmp_path: Path) -> Place:
    """Three photos, two styles, nothing painted."""
    return make_place(tmp_path)


@pytest.fixture
def place(unread_place: Place, count: Counter[str]) -> Iterator[Place]:
    """The same, and somebody reads its manifest all the time: no reading may fail."""
    with Reader(unread_place.workspace.manifest_csv) as reader:
        yield unread_place
    count["reads"] += reader.reads


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.failed:
        _FAILED.add(item.name)
    return report


def pytest_sessionfinish() -> None:
    """The numbers of a full run in which nothing failed."""
    whole = {name: counted for name, counted in _NUMBERS.items() if name not in _PARTLY}
    if FULL and whole and not _FAILED:
        save({n: {**c, "seconds": round(_SECONDS[n], 1)} for n, c in whole.items()})
