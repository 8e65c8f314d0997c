"""How jobs are cut into tasks, and painted several at once where the painter can."""

from pathlib import Path
from typing import Any

import pytest

from flows.manifest import Manifest
from flows.plan import Job
from flows.stages import Chunks, stylize_jobs
from flows.stages.batching import LEAST
from flows.stages.painters import BatchPainter
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


def cut(jobs: tuple[Job, ...], estimate: float, real: float, lanes: int = 1) -> list[int]:
    """Sizes of the chunks of pictures that take `real` seconds each, where the plan thought
    `estimate`; lanes take turns."""
    chunks, sizes, turn = Chunks(jobs, estimate * len(jobs)), list[int](), 0
    while chunk := chunks.take(str(turn % lanes), lanes):
        chunks.measured(str(turn % lanes), chunk, len(chunk), real * len(chunk))
        sizes.append(len(chunk))
        turn += 1
    return sizes


def test_chunks_are_cut_by_style_and_time(jobs: tuple[Job, ...]) -> None:
    """A minute at first, then up to five; a style is left only once a minute is full."""
    assert cut((), 10, 10) == []
    assert cut(jobs, 1, 1) == [6]
    assert cut(jobs, 30, 30) == [2, 4]
    assert cut(jobs * 3, 30, 30) == [2, 4, 3, 3, 3, 3]
    assert cut(jobs, 130, 130) == [1, 2, 2, 1]
    assert cut(jobs, 900, 900) == [1] * 6
    chunks, flat = Chunks(jobs, 6 * 130), list[Job]()
    while chunk := chunks.take():
        flat += chunk
    assert flat == list(jobs)


def test_what_was_measured_sizes_the_next_chunk(jobs: tuple[Job, ...]) -> None:
    """However wrong the plan's estimate, only the first chunk suffers from it."""
    one_style = jobs[:3] * 400
    assert cut(one_style, 60, 2)[:4] == [1, 150, 150, 150]
    assert cut(one_style, 0.5, 20)[:4] == [120, 15, 15, 15]
    assert cut(one_style, 0.5, 400)[:4] == [120, 1, 1, 1]


def test_a_lane_s_start_counts_only_until_more_is_known(jobs: tuple[Job, ...]) -> None:
    """The first chunk of a lane has the start of the network in it."""
    chunks = Chunks(jobs[:3] * 100, 300 * 10.0)
    first = chunks.take()
    assert len(first) == 6
    chunks.measured("", first, 6, 120.0)
    second = chunks.take()
    assert len(second) == 15
    chunks.measured("", second, 15, 150.0)
    assert len(chunks.take()) == 30


def test_a_fast_lane_gets_more_than_a_slow_one(jobs: tuple[Job, ...]) -> None:
    chunks = Chunks(jobs[:3] * 1000, 3000.0)
    for lane, each in (("fast", 0.5), ("slow", 5.0)):
        chunk = chunks.take(lane, 2, 1)
        chunks.measured(lane, chunk, len(chunk), each * len(chunk))
    assert len(chunks.take("fast", 2)) == pytest.approx(10 * len(chunks.take("slow", 2)), rel=0.1)


def test_lanes_finish_together(jobs: tuple[Job, ...]) -> None:
    """Chunks shrink towards the end: no lane waits for another longer than a short chunk takes."""
    for lanes, pictures, seconds in ((2, 100, 10.0), (4, 1000, 2.0), (3, 40, 20.0), (2, 20, 1.0)):
        chunks = Chunks((jobs[:3] * pictures)[:pictures], pictures * 5.0)
        ends = dict.fromkeys(map(str, range(lanes)), 0.0)
        idle, tasks = lanes, 0
        while chunks.left:
            lane = min(ends, key=lambda lane: ends[lane])
            chunk = chunks.take(lane, lanes, idle)
            ends[lane] += seconds * len(chunk)
            chunks.measured(lane, chunk, len(chunk), seconds * len(chunk))
            idle, tasks = max(1, idle - 1), tasks + 1
        assert max(ends.values()) - min(ends.values()) <= 2 * LEAST + seconds
        assert tasks < pictures


def test_jobs_that_come_back_are_handed_out_first(jobs: tuple[Job, ...]) -> None:
    chunks = Chunks(jobs, 6.0)
    chunk = chunks.take()
    chunks.put_back(chunk[2:])
    assert chunks.left == 4
    assert chunks.take() == chunk[2:]


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
