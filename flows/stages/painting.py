"""Stylize: paint the jobs of a plan one after the other; each is safe on the disk before the next.

Order matters: the picture is written whole, then renamed into place, then its journal row follows.
A process killed at any instant leaves either no picture, or a picture whose row can be rebuilt
from what it carries inside.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flows import interrupts
from flows.compactor import Compactor
from flows.errors import AtelierError, DiskFullError, StoreError, StyleError, WorkspaceError
from flows.events import event
from flows.journal import Journal, open_journal
from flows.manifest import Manifest
from flows.plan import Job, WeightsLike
from flows.rows import done_row, failed_row, now, outline, provenance
from flows.stages.claiming import Claims
from flows.stages.counting import StylizeSummary
from flows.stages.painters import BatchPainter, Painter, stylizer_for
from flows.stages.preparing import prepared_path
from flows.stages.progress import Progress, silent
from flows.stages.storing import store_picture
from flows.stages.terms import Terms
from flows.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stylize import Iterate, Result

    Pixels = NDArray[np.float32]

__all__ = ["stylize_jobs"]

_LOG = logging.getLogger(__name__)


class _StoppedError(BaseException):
    """Nobody waits for the pictures any more."""


def stylize_jobs(
    workspace: Workspace,
    jobs: Sequence[Job],
    weights: Any,
    run: str,
    progress: Progress = silent,
    stylizer: Painter | None = None,
    terms: Terms = Terms(),  # noqa: B008 - a value
    stopped: Callable[[], bool] = lambda: False,
) -> StylizeSummary:
    """Paint `jobs`; each ends as a row, done or failed, and one bad photo never stops the others.

    `weights` is a `stylize.WeightSet`; `stylizer` paints, that of the `terms` unless given. The
    manifest is compacted as it goes, at the latest two seconds after a row, and at the end; a run
    that is spread leaves that to the flow. Once `stopped` says so, nothing more is painted.
    Raises `DiskFullError` when there is no room left; what is finished stays finished.
    """
    summary = StylizeSummary()
    if not jobs:
        return summary
    began = time.monotonic()
    with (
        nullcontext() if terms.spread else Compactor(Manifest(workspace)),
        open_journal(workspace, run) as journal,
    ):
        claims = Claims(workspace, run, journal, terms.spread)
        painter = stylizer or stylizer_for(workspace, weights, terms)
        easel = _Easel(workspace, weights, run, journal, painter, claims)
        number = 0
        while number < len(jobs) and not stopped():
            group = easel.group(jobs[number:])
            watch = _Watch(progress, number, len(jobs), group[0].name, len(group), stopped)
            try:
                summary += easel.paint_group(group, watch)
            except _StoppedError:
                break
            number += len(group)
            progress("stylize", number, len(jobs), group[-1].name)
        if not stopped():
            summary += easel.paint_left(_Watch(progress, number, len(jobs), "", 1, stopped))
    return replace(summary, seconds=time.monotonic() - began)


@dataclass(frozen=True)
class _Watch:
    """Turns the iterates of one picture into fractional progress."""

    progress: Progress
    number: int
    total: int
    note: str
    pictures: int
    stopped: Callable[[], bool]

    def __call__(self, iterate: Iterate) -> None:
        interrupts.check()
        if self.stopped():
            raise _StoppedError
        share = min(iterate.step / iterate.steps, 1.0) if iterate.steps else 1.0
        self.progress("stylize", self.number + share * self.pictures, self.total, self.note)


class _Easel:
    """Paints one job after the other; keeps the pixels of the style in use."""

    def __init__(
        self,
        workspace: Workspace,
        weights: WeightsLike,
        run: str,
        journal: Journal,
        stylizer: Painter,
        claims: Claims,
    ) -> None:
        self._workspace = workspace
        self._weights = weights
        self._run = run
        self._journal = journal
        self._stylizer = stylizer
        self._claims = claims
        self._style: tuple[str, Pixels] | None = None

    def group(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """The first of `jobs`, and those after it that are painted with it at once."""
        from stylize import StylizeError

        first = jobs[0]
        if not isinstance(self._stylizer, BatchPainter):
            return jobs[:1]
        try:
            most = self._stylizer.together(first.recipe, *first.shape)
        except StylizeError:
            # Painting it says the same, and makes a row of it.
            return jobs[:1]
        alike = takewhile(lambda j: (j.recipe, j.shape) == (first.recipe, first.shape), jobs)
        return list(islice(alike, most))

    def paint_group(self, jobs: Sequence[Job], watch: _Watch) -> StylizeSummary:
        """Pictures painted at once; one by one where that fails, so that one stops no other."""
        if len(jobs) == 1:
            return self.paint(jobs[0], watch)
        summary = StylizeSummary()
        ours: list[Job] = []
        with ExitStack() as claims:
            for job in jobs:
                known = claims.enter_context(self._claims.on(job))
                if known is None:
                    ours.append(job)
                else:
                    summary += known
            try:
                results = self._painted_together(ours, watch)
            except Exception as error:  # noqa: BLE001 - whatever it is, each is tried on its own
                interrupts.check()
                _LOG.debug("a batch of %d failed", len(ours), exc_info=error)
                results = [None] * len(ours)
            for job, result in zip(ours, results, strict=True):
                summary += self._kept(job, result, watch)
        return summary

    def paint(self, job: Job, watch: _Watch) -> StylizeSummary:
        """One picture, or a row that says why not."""
        with self._claims.on(job) as known:
            return self._kept(job, None, watch) if known is None else known

    def paint_left(self, watch: _Watch) -> StylizeSummary:
        """Pictures that others had begun, and died over; each is counted already."""
        summary = StylizeSummary()
        for job in self._claims.left():
            summary += self.paint(job, watch) + StylizeSummary(elsewhere=-1)
        return summary

    def _kept(self, job: Job, result: Result | None, watch: _Watch) -> StylizeSummary:
        """The row of a claimed job, from its result or painted now."""
        try:
            ours = self._finish(job, _whole(result or self._painted(job, watch)))
        except (DiskFullError, StoreError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            interrupts.check()
            return self._fail(job, error)
        return StylizeSummary(done=1, painted=1) if ours else StylizeSummary(elsewhere=1)

    def _painted(self, job: Job, watch: _Watch) -> Result:
        content = _load(prepared_path(self._workspace, job.content))
        style = self._style_pixels(job)
        return self._stylizer.stylize(content, [style], job.recipe, on_iterate=watch)

    def _painted_together(self, jobs: Sequence[Job], watch: _Watch) -> list[Result | None]:
        from stylize import StylizeJob

        paintable = cast(BatchPainter, self._stylizer)
        wanted = [
            StylizeJob(
                _load(prepared_path(self._workspace, job.content)),
                [self._style_pixels(job)],
                cast(Any, job.recipe),
            )
            for job in jobs
        ]
        return list(paintable.run(wanted, watch))

    def _finish(self, job: Job, result: Result) -> bool:
        """Picture, then row; False where another machine's picture is in the store by now."""
        from images import encode_png

        row = done_row(job, self._weights, self._run, result, now(job.after_ns))
        data = encode_png(result.image, provenance(row, result))
        if not store_picture(self._workspace, job.output, data, row["created_at"]):
            return False
        self._journal.append(row | {"output_sha256": hashlib.sha256(data).hexdigest()})
        event("picture.painted", f"{job.name}: {row['seconds']:g} s", **outline(row))
        return True

    def _fail(self, job: Job, error: Exception) -> StylizeSummary:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError("The disk is full; make room and run again.") from error
        sentence = _sentence(error)
        _LOG.debug("%s failed", job.name, exc_info=error)
        row = failed_row(job, self._weights, self._run, sentence)
        self._journal.append(row)
        event("picture.failed", f"{job.name}: {sentence}", level=logging.WARNING, **outline(row))
        return StylizeSummary(failed=1, errors=(f"{job.name}: {sentence}",))

    def _style_pixels(self, job: Job) -> Pixels:
        if self._style is None or self._style[0] != job.style.sha256:
            path = self._workspace.style_here(job.style)
            self._style = (job.style.sha256, _load_style(path, job.style.sha256))
        return self._style[1]


def _whole(result: Result) -> Result:
    if result.outcome == "stopped_non_finite":
        message = "the painting broke off in non-finite values; try a lower learning_rate."
        raise WorkspaceError(message)
    return result


def _load(path: Path) -> Pixels:
    """The pixels of a photo that was prepared: its limits were checked then."""
    from images import ImageError, Limits, load

    try:
        return load(path, Limits(min_side=1, max_aspect=1e9, max_bytes=2**31)).pixels
    except (ImageError, FileNotFoundError) as error:
        path.unlink(missing_ok=True)  # what is there counts as prepared
        message = f"{path} was damaged or removed; run again to make and paint it anew."
        raise WorkspaceError(message) from error


def _load_style(path: Path, sha256: str) -> Pixels:
    from images import decode

    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise StyleError(f"The style {path} was removed; put it back and run again.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StyleError(f"The style {path} was changed since the plan was made; run again.")
    return decode(data).pixels


def _sentence(error: Exception) -> str:
    """The text of an error of the house; of any other, its kind as well."""
    from images import ImageError
    from stylize import StylizeError

    text = " ".join(str(error).split())[:500]
    if isinstance(error, AtelierError | ImageError | StylizeError) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else f"{type(error).__name__}."
