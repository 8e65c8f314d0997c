"""Whose job it is: each one is looked at again right before it is painted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.claims import claimed
from flows.journal import Journal
from flows.manifest import Manifest
from flows.outputs import row_inside, time_ns
from flows.plan import Job
from flows.stages.counting import StylizeSummary
from flows.workspace import Workspace

__all__ = ["Claims"]


class Claims:
    """Claims the jobs of `run` one by one; what was painted since the plan is not done again.

    A chunk comes a second time where its painter was killed: then some of it is painted, some has
    failed, and one picture may lack its row, which it gets.
    """

    def __init__(self, workspace: Workspace, run: str, journal: Journal, spread: bool) -> None:
        self._workspace, self._run, self._journal = workspace, run, journal
        self._spread = spread
        self._failed = _failures(workspace, run) if spread else {}
        self._others: list[Job] = []

    @contextmanager
    def on(self, job: Job) -> Iterator[StylizeSummary | None]:
        """None where the job is to be painted now, by us; else what became of it."""
        output = self._workspace.root / job.output
        with claimed(output, self._workspace.mirror) as ours:
            if not ours:
                self._others.append(job)
            yield self._known(job, output) if ours else StylizeSummary(elsewhere=1)

    def left(self) -> list[Job]:
        """The jobs that were others' when they were to be claimed, and are nobody's now.

        On one machine the system tells at once who is dead; of other machines that takes a while,
        which this waits.
        """
        mirror, others = self._workspace.mirror, self._others
        self._others = []
        if mirror is None:
            return []
        from flows.remote.leases import is_left

        return [job for job in others if is_left(mirror, job.output)]

    def _known(self, job: Job, output: Path) -> StylizeSummary | None:
        if job.fingerprint in self._failed:
            sentence = f"{job.name}: {self._failed[job.fingerprint]}"
            return StylizeSummary(failed=1, errors=(sentence,))
        if self._workspace.mirror is not None:
            from flows.remote.leases import was_painted

            painted = was_painted(self._workspace.mirror, job.output)
            return StylizeSummary(elsewhere=1) if painted else None
        row = row_inside(output)
        if row is None or time_ns(row["created_at"]) <= job.after_ns:
            return None  # nothing is there, or what the plan wants painted anew
        if self._spread and row.get("flow_run") == self._run:
            # Its painter may have been killed before it wrote the row; twice does no harm.
            self._journal.append(row | {"output": job.output})
            return StylizeSummary(done=1)
        return StylizeSummary(elsewhere=1)


def _failures(workspace: Workspace, run: str) -> dict[str, str]:
    """What failed in `run`: fingerprints, each with its sentence."""
    frame = Manifest(workspace).rows()
    failed = frame[(frame["flow_run"] == run) & (frame["status"] == "failed")]
    return dict(zip(failed["fingerprint"], failed["error"], strict=True))
