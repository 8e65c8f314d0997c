"""Columns that the manifest does not have but can be asked for: made from it when they are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from flows.columns import COLUMN_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from flows.workspace import Workspace

__all__ = ["DERIVED", "derived", "known_column"]

DERIVED = {
    "source": "the source of the photo, after photos.csv",
    "day": "of created_at, in UTC",
    "total_loss": "the losses summed by the recipe's weights, as the trace has them",
    "bytes": "of the picture's file, where it is there",
}
"""Their names and meanings."""

_CONVENTIONS = {"imagenet": "keras", "cifar10": "own"}


def known_column(name: str, known: Iterable[str] = (*COLUMN_NAMES, *DERIVED)) -> str:
    """Return `name` where it is one of `known`.

    Raises `ValueError` otherwise, a sentence that names what is near.
    """
    names = list(known)
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=3)
    hint = f"near it: {', '.join(near)}" if near else f"use one of {', '.join(names)}"
    raise ValueError(f"there is no column {name!r}; {hint}")


def derived(rows: pd.DataFrame, wanted: Iterable[str], workspace: Workspace) -> pd.DataFrame:
    """`rows` with those of `DERIVED` that are `wanted` as further columns."""
    make = {"source": _source, "day": _day, "total_loss": _total, "bytes": _bytes}
    more = {name: make[name](rows, workspace) for name in DERIVED if name in set(wanted)}
    return rows.assign(**more)


def _source(rows: pd.DataFrame, workspace: Workspace) -> pd.Series[Any]:
    """The first source that took the photo; "" for photos that photos.csv does not know."""
    sources: dict[str, str] = {}
    for photo in workspace.photos():
        if photo.present:
            sources.setdefault(photo.sha256, photo.source)
    return _texts(rows, [sources.get(sha256, "") for sha256 in rows["content_sha256"].tolist()])


def _day(rows: pd.DataFrame, workspace: Workspace) -> pd.Series[Any]:
    days = rows["created_at"].dt.strftime("%Y-%m-%d").fillna("")
    return _texts(rows, days.tolist())


def _total(rows: pd.DataFrame, workspace: Workspace) -> pd.Series[Any]:
    """α(2-2s)²·content + β(2s)²·style + γ·total variation; missing where a part is."""
    named = zip(rows["recipe"].tolist(), rows["weights"].tolist(), strict=True)
    factors = [_factors(*pair) for pair in named]
    parts = ("content_loss", "style_loss", "tv_loss")
    terms = [
        rows[part] * _numbers(rows, [each[place] for each in factors])
        for place, part in enumerate(parts)
    ]
    return terms[0] + terms[1] + terms[2]


def _bytes(rows: pd.DataFrame, workspace: Workspace) -> pd.Series[Any]:
    import pandas as pd

    if workspace.mirror:
        there = workspace.mirror.pictures
        found = [there.get(output) for output in rows["output"].tolist()]
        return pd.Series([one and one.size for one in found], index=rows.index, dtype="Int64")
    sizes = [_size(workspace, output) for output in rows["output"].tolist()]
    return pd.Series(sizes, index=rows.index, dtype="Int64")


def _size(workspace: Workspace, output: str) -> int | None:
    try:
        return (workspace.root / output).stat().st_size if output else None
    except OSError:
        return None


@cache
def _factors(recipe: str, weights: str) -> Sequence[float | None]:
    """What content, style and total variation count for; three None where that is unknown."""
    from pydantic import ValidationError

    from stylize import Recipe

    try:
        found = Recipe.from_canonical(recipe)
    except (ValidationError, ValueError, TypeError):
        return None, None, None
    if found.convention != "any" and weights not in _CONVENTIONS:
        return None, None, None  # whether the recipe was taken literally is not known
    found = found.under(_CONVENTIONS.get(weights, "any"))
    strength = found.strength
    return (
        found.alpha * (2 - 2 * strength) ** 2,
        found.beta * (2 * strength) ** 2,
        found.gamma,
    )


def _texts(rows: pd.DataFrame, values: list[str]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values, index=rows.index, dtype="string")


def _numbers(rows: pd.DataFrame, values: list[float | None]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values, index=rows.index, dtype="Float64")
