"""Chunks: what one Prefect task paints, sized by how long the run's pictures have taken so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from flows.plan import Job

__all__ = ["Chunks"]

SHORTEST = 60.0
LONGEST = 300.0
LEAST = 15.0
"""Seconds of the last chunks where several lanes paint: a task is never much less than that."""


class Chunks:
    """The jobs of a plan in their order, handed out in chunks of one to five minutes.

    The first chunk is a minute long by the plan's estimate; from then on it counts what was
    measured, lane by lane, for one device may be faster than another. A chunk changes style or
    shape only while it is shorter than a minute; a picture over five minutes is a chunk of its
    own. Several lanes get ever shorter chunks towards the end, so that they finish together.
    """

    def __init__(self, jobs: Sequence[Job], seconds: float) -> None:
        """`seconds` is the plan's estimate for all `jobs`, shared out by their pixels."""
        self._jobs = deque(jobs)
        pixels = sum(_pixels(job) for job in jobs)
        self._each = max(seconds, 0.01 * len(jobs)) / max(pixels, 1)
        self._measured: dict[str, list[tuple[float, float]]] = {}

    @property
    def left(self) -> int:
        """How many jobs are not handed out."""
        return len(self._jobs)

    def take(self, lane: str = "", lanes: int = 1, idle: int = 1) -> list[Job]:
        """The next chunk for `lane`, one of `lanes`; empty when nothing is left.

        So many of the lanes are `idle`, this one among them.
        """
        pace, limit = self._pace(lane), self._limit(lanes, idle)
        chunk: list[Job] = []
        spent = 0.0
        while self._jobs:
            job = self._jobs[0]
            seconds = pace * self._estimate([job])
            if chunk and _is_full(chunk[-1], job, spent, seconds, limit):
                break
            chunk.append(self._jobs.popleft())
            spent += seconds
        return chunk

    def measured(self, lane: str, chunk: Sequence[Job], painted: int, seconds: float) -> None:
        """Take note that `lane` painted so many pictures of `chunk`, in so many seconds."""
        if painted and seconds > 0:
            estimate = self._estimate(chunk) * painted / len(chunk)
            self._measured.setdefault(lane, []).append((estimate, seconds))

    def put_back(self, jobs: Iterable[Job]) -> None:
        """Take back `jobs` that were handed out: they come first again."""
        self._jobs.extendleft(reversed(list(jobs)))

    def _limit(self, lanes: int, idle: int) -> float:
        """How many seconds the next chunk may take."""
        longest = LONGEST if self._measured else SHORTEST
        if lanes == 1:
            return longest
        remaining = self._pace("") * self._estimate(self._jobs)
        return min(longest, max(LEAST, remaining / (2 * lanes)), remaining / idle)

    def _pace(self, lane: str) -> float:
        """Measured seconds for one of the plan's: of `lane`, else of all the run."""
        known = self._measured.get(lane)
        lanes = [known] if known else list(self._measured.values())
        # A lane's first chunk has the start of the network in it.
        counted = [one for lane in lanes for one in (lane[1:][-3:] or lane)]
        estimate = sum(estimate for estimate, _ in counted)
        return sum(seconds for _, seconds in counted) / estimate if estimate else 1.0

    def _estimate(self, jobs: Iterable[Job]) -> float:
        return self._each * sum(_pixels(job) for job in jobs)


def _pixels(job: Job) -> int:
    return max(1, job.shape[0] * job.shape[1])


def _is_full(last: Job, job: Job, spent: float, seconds: float, limit: float) -> bool:
    alike = (last.style.sha256, last.shape) == (job.style.sha256, job.shape)
    return spent + seconds > limit or (spent >= SHORTEST and not alike)
