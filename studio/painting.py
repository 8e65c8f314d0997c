"""A painting as a stream of moments: previews, how far it is, how long it will take, the picture.

The picture is painted in a thread of its own. Whoever walks through the stream may leave it at any
moment: then the painting ends with its next step.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studio.errors import StudioError
from studio.order import Order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stylize import Iterate, Result

    Pixels = NDArray[np.float32]

__all__ = ["Moment", "Painted", "paint"]

_STEP = 20_000
"""What a step costs besides its pixels, in pixels: measured at 320 pixels on two cores."""
_PREVIEW_SECONDS = 0.4
"""Between two previews at least: each is sent to the page."""


@dataclass(frozen=True)
class Moment:
    """A painting under way: `share` of the work is done; `preview` is a picture now and then."""

    step: int
    steps: int
    share: float
    seconds_left: float
    preview: Pixels | None = None


@dataclass(frozen=True)
class Painted:
    """A picture with what was asked for; `stopped` at a step, or 0 where it was finished."""

    order: Order
    photo: Pixels
    result: Result
    stopped: int = 0


class _StoppedError(Exception):
    """Somebody pressed Stop; the picture as it was is kept in the course."""


def paint(order: Order, painter: Any, stop: threading.Event) -> Iterator[Moment | Painted]:
    """Paint `order` with `painter`, a `stylize.Stylizer`: moments, and the picture at the end.

    With `stop` set the picture as it is then is the last one. Raises what the painter raises, and
    `StudioError` where there is no picture.
    """
    course = _Course(order, painter, stop)
    course.start()
    try:
        while True:
            news = course.news()
            if isinstance(news, BaseException):
                raise news
            yield news
            if isinstance(news, Painted):
                return
    finally:
        course.leave()


class _Course(threading.Thread):
    """Paints, and keeps the latest moment for whoever asks."""

    def __init__(self, order: Order, painter: Any, stop: threading.Event) -> None:
        super().__init__(name="painting", daemon=True)
        self._order = order
        self._painter = painter
        self._stop_asked = stop
        self._left = threading.Event()
        self._news: queue.Queue[Moment | Painted | BaseException] = queue.Queue()
        self._shown = 0.0
        self._last: Iterate | None = None
        self._pixels: Pixels | None = None
        self._pace: Callable[[int], float] = lambda step: 0.0

    def news(self) -> Moment | Painted | BaseException:
        """The latest word, waited for; older ones that nobody asked for are passed over."""
        latest = self._news.get()
        while isinstance(latest, Moment):
            try:
                newer = self._news.get_nowait()
            except queue.Empty:
                break
            keep = isinstance(newer, Moment) and newer.preview is None
            latest = _with_preview(newer, latest) if keep else newer
        return latest

    def leave(self) -> None:
        """End at the next step: nobody waits for the picture any more."""
        self._left.set()

    def run(self) -> None:
        try:
            self._news.put(self._paint())
        except Exception as error:  # noqa: BLE001 - whatever it is, the page says it
            self._news.put(error)

    def _paint(self) -> Painted:
        order = self._order
        photo = order.photo.pixels(order.recipe)
        self._pace = _pace(order, photo.shape[0], photo.shape[1])
        styles = [style.pixels() for style in order.styles]
        more = {"style_weights": list(order.shares)} if order.blend else {}
        try:
            result = self._painter.stylize(
                photo, styles, order.recipe, on_iterate=self._watch, **more
            )
        except _StoppedError:
            return Painted(order, photo, self._as_it_is(photo), self._step)
        if result.outcome == "stopped_non_finite":
            raise StudioError(
                "The painting broke off: its numbers stopped being finite. "
                "Try a lower learning rate, or the values of the preset."
            )
        return Painted(order, photo, result)

    @property
    def _step(self) -> int:
        return self._last.step if self._last else 0

    def _watch(self, iterate: Iterate) -> None:
        self._last = iterate
        ended = self._stop_asked.is_set() or self._left.is_set()
        now, preview = time.monotonic(), None
        if ended or now - self._shown >= _PREVIEW_SECONDS:
            preview = iterate.picture()
            self._shown = now
        self._pixels = preview if ended else self._pixels
        if ended:
            raise _StoppedError
        share = self._pace(iterate.step)
        left = iterate.seconds * (1 - share) / share if share else 0.0
        self._news.put(Moment(iterate.step, iterate.steps, share, left, preview))

    def _as_it_is(self, photo: Pixels) -> Result:
        """What was painted when it was stopped, at the picture's full shape."""
        from images import resize
        from stylize import Result, Statistics

        last, pixels = self._last, self._pixels
        if last is None or pixels is None:
            raise StudioError("It was stopped before there was anything to see.")
        found = Statistics(
            steps=last.step,
            content_loss=last.content_loss,
            style_loss=last.style_loss,
            tv_loss=last.tv_loss,
            seconds=last.seconds,
            trace=(),
            precision="",
            backend="",
            device="",
        )
        return Result(resize(pixels, *photo.shape[:2]), "finished", found)


def _with_preview(newer: Any, older: Moment) -> Moment:
    return Moment(newer.step, newer.steps, newer.share, newer.seconds_left, older.preview)


def _pace(order: Order, height: int, width: int) -> Callable[[int], float]:
    """What share of the work is done after a step: those of the large scales take longest."""
    from stylize.pyramid import scales

    costs = [
        float(scale.height * scale.width + _STEP)
        for scale in scales(height, width, order.recipe)
        for _ in range(scale.steps)
    ]
    total = sum(costs) or 1.0
    sums = [0.0]
    for cost in costs:
        sums.append(sums[-1] + cost)
    return lambda step: min(sums[min(step, len(costs))] / total, 1.0)
