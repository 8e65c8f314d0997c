"""Counts and sizes as people say them."""

import pytest

from flows.words import many, pictures, storage


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


@pytest.mark.parametrize(
    ("count", "new", "words"),
    [
        (0, 0, "0 pictures"),
        (1, 1, "1 picture, new"),
        (1, 0, "1 picture, not new"),
        (12, 0, "12 pictures, none of them new"),
        (12, 3, "12 pictures, 3 of them new"),
        (12, 12, "12 pictures, all of them new"),
    ],
)
def test_how_many_are_new(count: int, new: int, words: str) -> None:
    """Where every picture failed, nothing is called new."""
    assert pictures(count, new) == words
