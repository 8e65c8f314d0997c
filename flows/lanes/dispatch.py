"""Hands the chunks of one run to the lanes of a cluster, and takes back what became of them."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.compactor import Compactor
from flows.journal import Journal
from flows.lanes.cluster import GPU, Cluster, ClusterError, address_of
from flows.lanes.tally import Tally
from flows.manifest import Manifest
from flows.plan import Job
from flows.progress import current
from flows.rows import failed_row
from flows.stages import Chunks, StylizeSummary, Terms
from flows.workspace import Workspace

if TYPE_CHECKING:
    from prefect_dask.task_runners import PrefectDaskFuture

    from flows.config import RunChoice
    from stylize import WeightSet

__all__ = ["painted"]

POLL_SECONDS = 0.2
LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 300.0
"""How long a run waits for a new worker when all of them have gone."""

_LOG = logging.getLogger(__name__)


def painted(
    workspace: Workspace,
    chunks: Chunks,
    weights: WeightSet,
    run: str,
    terms: Terms,
    choice: RunChoice,
) -> Iterator[StylizeSummary]:
    """Paint `chunks` on the cluster that `choice` names; yields what became of each as it ends.

    Every lane has one chunk at a time. The chunk of a worker that dies is painted by another one.
    The manifest is compacted here, and only here. When the caller stops, so does the painting.
    Raises `ClusterError` when the cluster cannot be used or goes away, and whatever a worker
    raised that no other picture can do anything about, such as `DiskFullError`.
    """
    from prefect.settings import PREFECT_API_URL

    with Cluster.at(address_of(choice)) as cluster, Compactor(Manifest(workspace)):
        cluster.some_worker()
        cluster.look_around(workspace, PREFECT_API_URL.value() or "")
        dispatch = _Dispatch(cluster, workspace, chunks, weights, run, terms)
        try:
            yield from dispatch.summaries()
        finally:
            dispatch.give_up()


@dataclass(frozen=True)
class _Sent:
    """A chunk on its way: its jobs, the worker it was meant for, the task's future."""

    jobs: list[Job]
    worker: str
    task: PrefectDaskFuture[StylizeSummary]

    @property
    def future(self) -> Any:
        """Dask's own future of the task."""
        return self.task.wrapped_future


class _Dispatch:
    """Keeps every lane busy with one chunk."""

    def __init__(
        self,
        cluster: Cluster,
        workspace: Workspace,
        chunks: Chunks,
        weights: WeightSet,
        run: str,
        terms: Terms,
    ) -> None:
        self._cluster, self._workspace, self._chunks = cluster, workspace, chunks
        self._weights, self._run, self._terms = weights, run, terms
        self._sent: list[_Sent] = []
        self._tally = Tally(workspace.journal, run)
        self._total = chunks.left
        self._lonely_since: float | None = None

    def summaries(self) -> Iterator[StylizeSummary]:
        """What became of each chunk, in the order in which they end."""
        looked = 0.0
        while self._chunks.left or self._sent:
            ended = [sent for sent in self._sent if sent.future.done()]
            for sent in ended:
                self._sent.remove(sent)
                yield self._result(sent)
            if ended or time.monotonic() - looked >= LOOK_SECONDS:
                looked = time.monotonic()
                lanes = self._cluster.lanes()
                self._be_patient(lanes)
                self._fill(lanes)
                self._report(lanes)
            time.sleep(POLL_SECONDS)
        self._report({})

    def give_up(self) -> None:
        """Cancel what is not finished: what is queued never begins, what is painted stops."""
        futures = [sent.future for sent in self._sent]
        if futures:
            with contextlib.suppress(Exception):
                self._cluster.client.cancel(futures, force=True)

    def _fill(self, lanes: dict[str, tuple[int, bool]]) -> None:
        """Give every idle lane a chunk."""
        total = sum(count for count, _ in lanes.values())
        busy = self._busy(lanes)
        for worker, (count, gpu) in lanes.items():
            while busy[worker] < count and len(self._sent) < total and self._chunks.left:
                idle = total - len(self._sent)
                self._send(self._chunks.take(worker, total, idle), worker, gpu)
                busy[worker] += 1

    def _busy(self, lanes: dict[str, tuple[int, bool]]) -> Counter[str]:
        """How many chunks each worker has; Dask moves those of a worker that died."""
        busy = Counter(sent.worker for sent in self._sent if sent.worker in lanes)
        moved = {sent.future.key for sent in self._sent if sent.worker not in lanes}
        if moved:
            for worker, keys in self._cluster.client.processing().items():
                busy[worker] += len(moved.intersection(keys))
        return busy

    def _send(self, jobs: list[Job], worker: str, gpu: bool) -> None:
        """Submit a chunk for `worker`; another one may take it should that one die."""
        import dask

        from flows import tasks

        given = {
            "workspace": self._workspace,
            "jobs": jobs,
            "weights": self._weights,
            "run": self._run,
            "terms": self._terms,
        }
        needs = {"resources": {GPU: 1}} if gpu else {}
        with dask.annotate(workers=[worker], allow_other_workers=True, **needs):
            task = self._cluster.runner.submit(tasks.stylize, parameters=given)
        self._sent.append(_Sent(jobs, worker, task))
        _LOG.info("%d pictures for %s", len(jobs), worker)

    def _result(self, sent: _Sent) -> StylizeSummary:
        """What became of a chunk that has ended."""
        if sent.future.status == "finished":
            summary: StylizeSummary = sent.task.result()
            self._chunks.measured(sent.worker, sent.jobs, summary.painted, summary.seconds)
            self._tally.finished(sent.jobs)
            return summary
        if sent.future.status != "error":
            raise self._cluster.gone()
        error = sent.future.exception()
        if type(error).__name__ != "KilledWorker":
            raise error
        return self._killed(sent.jobs)

    def _killed(self, jobs: list[Job]) -> StylizeSummary:
        """A chunk that ended one worker after the other: the picture it ends them with fails.

        Those before it count, those after it are handed out again.
        """
        rows = Manifest(self._workspace).rows()
        mine = rows[rows["flow_run"] == self._run]
        status = dict(zip(mine["fingerprint"], mine["status"], strict=True))
        errors = dict(zip(mine["fingerprint"], mine["error"], strict=True))
        known = [job for job in jobs if job.fingerprint in status]
        failed = [job for job in known if status[job.fingerprint] == "failed"]
        sentences = [f"{job.name}: {errors[job.fingerprint]}" for job in failed]
        rest = [job for job in jobs if job.fingerprint not in status]
        if rest:
            deadly = rest.pop(0)
            sentence = (
                "painting it ended several workers, perhaps for want of memory; give them more, "
                "or paint smaller."
            )
            with Journal(self._workspace.journal, self._run) as journal:
                journal.append(failed_row(deadly, self._weights, self._run, sentence))
            failed.append(deadly)
            sentences.append(f"{deadly.name}: {sentence}")
        self._chunks.put_back(rest)
        self._tally.finished(known + failed)
        done = len(known) - sum(job in failed for job in known)
        return StylizeSummary(done=done, failed=len(failed), errors=tuple(sentences))

    def _be_patient(self, lanes: dict[str, tuple[int, bool]]) -> None:
        """Wait a while for another worker when all have gone."""
        if lanes:
            self._lonely_since = None
            return
        now = time.monotonic()
        self._lonely_since = self._lonely_since or now
        if now - self._lonely_since > PATIENCE_SECONDS:
            raise ClusterError(
                f"No worker is left at {self._cluster.address}, for {PATIENCE_SECONDS:.0f} s. "
                "Every finished picture is kept; start workers again and run the same command."
            )

    def _report(self, lanes: dict[str, tuple[int, bool]]) -> None:
        """Progress, by the rows in the journals of the workers."""
        count = sum(count for count, _ in lanes.values())
        note = f"{count} {'lane' if count == 1 else 'lanes'}" if count else "waiting for a worker"
        done = min(self._tally.look(), self._total)
        current()("stylize", done, self._total, f"{note}  {self._tally.last}")
