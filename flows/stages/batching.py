"""Batches: what one Prefect task paints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.plan import Job

__all__ = ["batches"]

SHORTEST = 60.0
LONGEST = 300.0


def batches(jobs: Sequence[Job], seconds_each: float | Sequence[float]) -> list[list[Job]]:
    """`jobs` in their order, cut into batches of one to five minutes.

    `seconds_each` is the time of a picture, or a time for each. A batch changes style or shape
    only while it is shorter than a minute; a picture over five minutes is a batch of its own.
    """
    return list(_cut(jobs, seconds_each))


def _cut(jobs: Sequence[Job], seconds_each: float | Sequence[float]) -> Iterator[list[Job]]:
    batch: list[Job] = []
    spent = 0.0
    for index, job in enumerate(jobs):
        seconds = seconds_each if isinstance(seconds_each, int | float) else seconds_each[index]
        if batch and _is_full(batch[-1], job, spent, seconds):
            yield batch
            batch, spent = [], 0.0
        batch.append(job)
        spent += seconds
    if batch:
        yield batch


def _is_full(last: Job, job: Job, spent: float, seconds: float) -> bool:
    alike = (last.style.sha256, last.shape) == (job.style.sha256, job.shape)
    return spent + seconds > LONGEST or (spent >= SHORTEST and not alike)
