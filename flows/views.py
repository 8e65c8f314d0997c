"""What of the manifest is looked at: its rows, their summary by a column, or groups compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.columns import COLUMN_NAMES
from flows.derived import DERIVED, derived, known_column
from flows.summaries import COMPARISON, compare, summary_by, summary_columns

if TYPE_CHECKING:
    import pandas as pd

    from flows.workspace import Workspace

__all__ = ["View"]


@dataclass(frozen=True)
class View:
    """A table made of the manifest's rows.

    `by` and `compare` name the column that groups, and are empty for the rows themselves. `sort`
    is a column of the table, with a minus in front for the largest first; without `columns` the
    table has all that it is made with, the manifest's own for rows.
    """

    by: str = ""
    compare: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def group(self) -> str:
        """The column that groups, or nothing."""
        return self.by or self.compare

    @property
    def known(self) -> tuple[str, ...]:
        """The columns that the table can have."""
        if self.by:
            return summary_columns(self.by)
        return COMPARISON if self.compare else (*COLUMN_NAMES, *DERIVED)

    def check(self) -> View:
        """Make sure that all columns exist.

        Raises `ValueError`, a sentence: what is near, or which options exclude each other.
        """
        if self.by and self.compare:
            raise ValueError("--by and --compare are two tables: give one of them")
        if self.group:
            known_column(self.group)
        for name in (*self.columns, *([self._key] if self.sort else ())):
            known_column(name, self.known)
        return self

    def enrich(
        self, rows: pd.DataFrame, workspace: Workspace, plotted: bool = False
    ) -> pd.DataFrame:
        """`rows` with the derived columns that this view needs, and its plot where wanted."""
        wanted = {self.group, self._key, *self.columns}
        if self.group or plotted:
            wanted.add("total_loss")
        if self.by:
            wanted.add("bytes")
        return derived(rows, wanted, workspace)

    def table(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The table, of rows that `enrich` has returned."""
        frame = self._made(rows)
        if self.sort:
            rising = not self.sort.startswith("-")
            frame = frame.sort_values(
                self._key, ascending=rising, kind="stable", na_position="last", ignore_index=True
            )
        if self.limit is not None:
            frame = frame.head(self.limit)
        return frame.loc[:, list(self.columns or self._whole(frame))]

    @property
    def _key(self) -> str:
        return self.sort.removeprefix("-")

    def _made(self, rows: pd.DataFrame) -> pd.DataFrame:
        if self.by:
            return summary_by(rows, self.by)
        return compare(rows, self.compare) if self.compare else rows

    def _whole(self, frame: pd.DataFrame) -> Sequence[str]:
        return COLUMN_NAMES if not self.group else [str(name) for name in frame.columns]
