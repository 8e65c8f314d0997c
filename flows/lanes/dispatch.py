"""Hands the chunks of one run to the lanes of a cluster, and takes back what became of them."""

from __future__ import annotations

import contextlib
import time
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
    """A chunk on its way: its jobs, whether it waits for a GPU, the task's future."""

    jobs: list[Job]
    gpu: bool
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
        """Give every idle lane a chunk.

        None is bound to a worker: Dask takes an idle one, and another should that one die. (A task
        bound to a worker is never run where all workers died and came back.)
        """
        total = sum(count for count, _ in lanes.values())
        for gpu in (True, False):
            mine = {worker: count for worker, (count, has) in lanes.items() if has == gpu}
            free = sum(mine.values()) - sum(sent.gpu == gpu for sent in self._sent)
            if free > 0 and self._chunks.left:
                for worker in self._idle(mine)[:free]:
                    idle = max(1, total - len(self._sent))
                    jobs = self._chunks.take(worker, total, idle)
                    if jobs:
                        self._send(jobs, gpu)

    def _idle(self, lanes: dict[str, int]) -> list[str]:
        """The worker of each lane, the idle ones first."""
        try:
            processing = self._cluster.client.processing()
        except Exception as error:
            raise self._cluster.gone() from error
        busy = {worker: len(processing.get(worker, ())) for worker in lanes}
        each = [(slot < busy[worker], worker) for worker in lanes for slot in range(lanes[worker])]
        return [worker for _, worker in sorted(each)]

    def _send(self, jobs: list[Job], gpu: bool) -> None:
        """Submit a chunk, for a GPU or for a worker without."""
        import dask

        from flows import tasks

        given = {
            "workspace": self._workspace,
            "jobs": jobs,
            "weights": self._weights,
            "run": self._run,
            "terms": self._terms,
        }
        with dask.annotate(resources={GPU: 1}) if gpu else contextlib.nullcontext():
            task = self._cluster.runner.submit(tasks.stylize, parameters=given)
        self._sent.append(_Sent(jobs, gpu, task))

    def _result(self, sent: _Sent) -> StylizeSummary:
        """What became of a chunk that has ended."""
        if sent.future.status == "finished":
            summary: StylizeSummary = sent.task.result()
            self._chunks.measured(summary.lane, sent.jobs, summary.painted, summary.seconds)
            self._tally.finished(sent.jobs)
            return summary
        if sent.future.status != "error":
            raise self._cluster.gone()
        error = sent.future.exception()
        if "deserialization" in str(error):
            raise ClusterError(
                f"Scheduler or workers at {self._cluster.address} have another version of Atelier, "
                "or of its packages, than this process; install the same and start them anew."
            ) from error
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
