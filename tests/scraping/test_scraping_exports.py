"""The package's names."""

from __future__ import annotations

import scraping
from scraping import REASONS, is_reason


def test_exports_are_complete() -> None:
    """`__all__` names what the package imports for others, and nothing else."""
    public = {name for name in vars(scraping) if not name.startswith("_")}
    modules = {name for name in public if type(getattr(scraping, name)).__name__ == "module"}
    # `parse` and `scrape` are both a module and the function of that name; the function wins.
    assert set(scraping.__all__) == public - modules


def test_the_closed_list() -> None:
    """Every word is a reason, any status code is, and nothing else."""
    assert all(is_reason(word) for word in REASONS if word != "http_NNN")
    assert is_reason("http_404")
    for word in ("http_NNN", "http_4040", "http_999", "", "ok"):
        assert not is_reason(word)
