"""The manifest counted by groups, and groups set against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COMPARISON", "MEASURES", "SUMMARY", "compare", "summary_by", "summary_columns"]

SUMMARY = (
    "pictures",
    "failed",
    "seconds",
    "seconds_median",
    "pictures_per_hour",
    "content_loss",
    "style_loss",
    "total_loss",
    "bytes",
)
"""The columns of a summary, after the one of the groups."""
COMPARISON = ("measure", "group", "n", "median", "q1", "q3", "ratio")
"""The columns of a comparison."""

MEASURES = ("content_loss", "style_loss", "total_loss", "seconds")
"""What groups are compared by; the less, the better."""

_HOUR = 3600.0


def summary_columns(column: str) -> tuple[str, ...]:
    """The columns of the summary by `column`; the first is ``group`` where that is a measure."""
    return "group" if column in SUMMARY else column, *SUMMARY


def summary_by(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row for each value of `column`: pictures, failed ones, seconds, losses and bytes.

    `rows` need `total_loss` and `bytes` (see `flows.derived`). Pictures are those that are done,
    and all measures are theirs; losses are medians, `pictures_per_hour` counts hours of painting.
    """
    import pandas as pd

    found = [(key, *_counted(part)) for key, part in _groups(rows, column).items()]
    return pd.DataFrame(found, columns=list(summary_columns(column))).convert_dtypes()


def compare(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Measures of finished pictures by the values of `column`: one row a measure and group.

    `n`, `median`, quartiles `q1` and `q3`, and `ratio`: the median over that of the first group,
    in the order of their names. `rows` need `total_loss`. Groups that have a measure nowhere are
    left out of it.
    """
    import pandas as pd

    groups = _groups(rows[rows["status"] == "done"], column)
    found: list[dict[str, Any]] = []
    for measure in MEASURES:
        found += _compared(measure, {key: part[measure].dropna() for key, part in groups.items()})
    return pd.DataFrame(found, columns=list(COMPARISON)).convert_dtypes()


def _groups(rows: pd.DataFrame, column: str) -> dict[Any, pd.DataFrame]:
    """The rows of each value, values in order; rows without one are in no group."""
    return dict(iter(rows.groupby(column, sort=True, dropna=True)))


def _counted(rows: pd.DataFrame) -> tuple[int | float | None, ...]:
    """The cells of `SUMMARY`."""
    done = rows[rows["status"] == "done"]
    timed = done["seconds"].dropna()
    total = float(timed.sum())
    return (
        len(done),
        int((rows["status"] == "failed").sum()),
        round(total, 1),
        _median(timed),
        round(len(timed) * _HOUR / total, 1) if total > 0 else None,
        _median(done["content_loss"]),
        _median(done["style_loss"]),
        _median(done["total_loss"]),
        int(done["bytes"].sum()),
    )


def _compared(measure: str, groups: dict[Any, pd.Series[Any]]) -> list[dict[str, Any]]:
    held = {key: values.astype("float64") for key, values in groups.items() if len(values)}
    first = next((float(values.median()) for values in held.values()), 0.0)
    return [
        {
            "measure": measure,
            "group": str(key),
            "n": len(values),
            "median": _short(values.median()),
            "q1": _short(values.quantile(0.25)),
            "q3": _short(values.quantile(0.75)),
            "ratio": _short(values.median() / first) if first else None,
        }
        for key, values in held.items()
    ]


def _median(values: pd.Series[Any]) -> float | None:
    kept = values.dropna()
    return _short(kept.median()) if len(kept) else None


def _short(value: Any) -> float:
    """Four digits: more than a median of paintings is good for."""
    return float(f"{float(value):.4g}")
