"""What painting has to do with the place of its pictures: claims before, and putting them there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.claims import claimed
from flows.files import write_whole
from flows.outputs import row_inside, time_ns
from flows.plan import Job
from flows.workspace import Workspace

__all__ = ["Claims", "store_picture"]

_REPAINTS = frozenset(
    {"forced", "output missing", "failed before", "engine changed", "retired before"}
)


class Claims:
    """The claims of one painter on the pictures of its jobs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._others: list[Job] = []

    @contextmanager
    def claim(self, job: Job) -> Iterator[bool]:
        """Whether the job is ours to paint, and not painted yet."""
        with claimed(self._workspace.root / job.output, self._workspace.mirror) as mine:
            if not mine:
                self._others.append(job)
            yield mine and not self._is_painted(job)

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

    def _is_painted(self, job: Job) -> bool:
        mirror, repaints = self._workspace.mirror, job.reason in _REPAINTS
        if mirror is None:
            return not repaints and bool(row_inside(self._workspace.root / job.output))
        from flows.remote.leases import was_painted

        return was_painted(mirror, job.output, repaints)


def store_picture(workspace: Workspace, output: str, data: bytes, created_at: str) -> bool:
    """Write a picture whole, and put it into the store where there is one.

    False where another machine's picture is in its place by now. Raises `DiskFullError`,
    `StoreError`; what did not reach the store is put there by the next run.
    """
    mirror = workspace.mirror
    if mirror:
        mirror.begin_picture(output)
    write_whole(workspace.root / output, data, time_ns(created_at))
    return mirror.put_picture(output, data) if mirror else True
