"""Counts and sizes as people say them."""

import pytest

from flows.words import many, storage


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1200 rows")]
)
def test_counts(count: int, words: str) -> None:
    assert many(count, "row") == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (40_100, "40 kB"), (1_440_000, "1.4 MB"), (2e9, "2.0 GB")],
)
def test_sizes(count: float, words: str) -> None:
    assert storage(count) == words
