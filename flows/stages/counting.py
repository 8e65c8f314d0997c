"""What became of the jobs that were to be painted."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["StylizeSummary"]


@dataclass(frozen=True)
class StylizeSummary:
    """What became of the jobs: done, failed, left to another process that had begun them.

    `errors` holds a sentence for each failed one. `painted` of the done ones were painted here, in
    `seconds`; the others this run had painted before. `lane` is the Dask worker that did it.
    """

    done: int = 0
    failed: int = 0
    elsewhere: int = 0
    errors: tuple[str, ...] = ()
    painted: int = 0
    seconds: float = 0.0
    lane: str = ""

    def __add__(self, other: StylizeSummary) -> StylizeSummary:
        """Both summaries in one, as of several chunks."""
        return StylizeSummary(
            self.done + other.done,
            self.failed + other.failed,
            self.elsewhere + other.elsewhere,
            self.errors + other.errors,
            self.painted + other.painted,
            self.seconds + other.seconds,
        )
