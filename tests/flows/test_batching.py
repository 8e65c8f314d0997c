"""How jobs are cut into tasks, and painted several at once where the painter can."""

from pathlib import Path
from typing import Any

import pytest

from flows.manifest import Manifest
from flows.plan import Job
from flows.stages import batches, stylize_jobs
from flows.stages.painting import BatchPainter
from flows.workspace import Workspace
from stylize import PaintError
from tests.flows.conftest import FakePainter


class FakeBatchPainter(FakePainter):
    """Paints up to three at once, and remembers how many each time."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self.broken = False

    def together(self, recipe: Any, height: int, width: int) -> int:
        if self.broken:
            raise PaintError("too large")
        return 3

    def run(self, jobs: Any, on_iterate: Any = None) -> Any:
        self.sizes.append(len(jobs))
        for job in jobs:
            yield self.stylize(job.content, job.styles, job.recipe, on_iterate=on_iterate)


@pytest.fixture
def together() -> FakeBatchPainter:
    painter = FakeBatchPainter()
    assert isinstance(painter, BatchPainter)
    return painter


def test_batches_are_cut_by_style_and_time(jobs: tuple[Job, ...]) -> None:
    """One to five minutes each; a style is left only once a minute is full."""
    assert batches([], 10) == []
    assert [len(batch) for batch in batches(jobs, 1)] == [6]
    assert [len(batch) for batch in batches(jobs, 30)] == [3, 3]
    assert [len(batch) for batch in batches(jobs, 130)] == [2, 1, 2, 1]
    assert [len(batch) for batch in batches(jobs, 900)] == [1] * 6
    assert [len(batch) for batch in batches(jobs, [200, 200, 1, 1, 1, 1])] == [1, 2, 3]
    flat = [job for batch in batches(jobs, 130) for job in batch]
    assert flat == list(jobs)


def test_alike_jobs_are_painted_at_once(
    workspace: Workspace, jobs: tuple[Job, ...], weights: Any, together: FakeBatchPainter
) -> None:
    """As many as the painter takes, of one shape; each ends as a picture and a row of its own."""
    assert stylize_jobs(workspace, jobs, weights, "run", stylizer=together).done == len(jobs)
    assert together.calls == len(jobs)
    assert max(together.sizes) > 1
    frame = Manifest(workspace).rows()
    assert set(frame["fingerprint"]) == {job.fingerprint for job in jobs}
    assert all((workspace.root / output).is_file() for output in frame["output"])


def test_one_bad_picture_of_a_batch_stops_no_other(
    workspace: Workspace, jobs: tuple[Job, ...], weights: Any, together: FakeBatchPainter
) -> None:
    """The batch is painted again one by one, and only the bad one fails."""
    Path(workspace.root / jobs[1].content.prepared).write_bytes(b"no picture")
    bad = sum(job.content.prepared == jobs[1].content.prepared for job in jobs)
    summary = stylize_jobs(workspace, jobs, weights, "run", stylizer=together)
    assert (summary.done, summary.failed) == (len(jobs) - bad, bad)


def test_what_cannot_be_painted_at_all_is_left_to_the_painting(
    workspace: Workspace, jobs: tuple[Job, ...], weights: Any, together: FakeBatchPainter
) -> None:
    """Asking how many fit may fail; then each is tried on its own."""
    together.broken = True
    assert stylize_jobs(workspace, jobs, weights, "run", stylizer=together).done == len(jobs)
    assert together.sizes == []
