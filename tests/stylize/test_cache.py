"""A memory of computed targets, bounded in bytes."""

import numpy as np

from stylize.cache import Cache
from stylize.losses import FeatureMoments


def test_the_cache_forgets_what_was_used_longest_ago():
    made = []
    cache = Cache(2 * 400)
    for key in ("a", "b", "a", "c", "a", "b"):
        cache.get(key, lambda key=key: note(made, key))
    assert made == ["a", "b", "c", "b"]
    assert len(cache) == 2


def note(made, key):
    """A hundred float32 values, and a word that they were made."""
    made.append(key)
    return (np.zeros((10, 10), "float32"),)


def test_the_cache_keeps_the_newest_however_large():
    cache = Cache(10)
    assert cache.get("a", lambda: (np.ones(100),))[0].sum() == 100
    assert len(cache) == 1


def test_the_cache_counts_what_is_nested():
    """Style moments are pairs: 12 of 100 bytes each fit where 1200 are allowed."""
    cache = Cache(1200)
    for key in range(20):
        moments = FeatureMoments(np.zeros(5, "float32"), np.zeros(20, "float32"))
        cache.get(key, lambda moments=moments: (moments,))
    assert len(cache) == 12
