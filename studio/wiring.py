"""How the page's events call the studio: with the visit they belong to, and never a stack trace."""

from __future__ import annotations

import inspect
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from studio.visits import Visits

__all__ = ["AT_ONCE", "HIDDEN", "IN_LINE", "Wiring", "as_given", "stream"]

IN_LINE = {"concurrency_limit": 1, "concurrency_id": "painting"}
"""Of events that paint: one runs at a time, those of all visits together."""
AT_ONCE = {"queue": False}
"""Of events that are answered at once, whatever is being painted."""
HIDDEN = {"api_visibility": "private", "show_progress": "hidden"}
"""Of events that belong to the page alone; it says itself how far it is."""


class Wiring:
    """Connects the page's own events: what they call is given the visit first."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def on(
        self, event: Any, call: Callable[..., Any], inputs: Any, outputs: Any, **how: Any
    ) -> Any:
        """Have `event` do ``call(visit, *inputs)``; `how` is `AT_ONCE` or `IN_LINE`."""
        return event(_with_visit(self._visits, call), inputs, outputs, **HIDDEN, **how)

    def picked(self, gallery: Any, call: Callable[..., Any], outputs: Any, *inputs: Any) -> Any:
        """Have a click into `gallery` do ``call(visit, index, *inputs)``."""
        chosen = _with_selection(self._visits, call)
        return gallery.select(chosen, list(inputs), outputs, **HIDDEN)


def _with_visit(visits: Visits, call: Callable[..., Any]) -> Callable[..., Any]:
    """`call(visit, …)` as Gradio calls it; a generator stays one."""
    import gradio as gr

    wrapped: Any
    if inspect.isgeneratorfunction(call):

        def walked(request: Any, *given: Any) -> Iterator[Any]:
            yield from call(visits.of(request.session_hash), *given)

        wrapped = walked
    else:

        def called(request: Any, *given: Any) -> Any:
            return call(visits.of(request.session_hash), *given)

        wrapped = called
    # Gradio reads annotations to find out that it is to give the request; here they are values.
    wrapped.__annotations__ = {"request": gr.Request}
    # It names endpoints after functions, and /paint is that for programs.
    wrapped.__name__ = f"own_{getattr(call, '__name__', 'call')}"
    return wrapped  # type: ignore[no-any-return]


def _with_selection(visits: Visits, call: Callable[..., Any]) -> Callable[..., Any]:
    """`call(visit, index, …)` with the index of what was clicked on in a gallery."""
    import gradio as gr

    def called(request: Any, event: Any, *given: Any) -> Any:
        index = event.index[0] if isinstance(event.index, (list, tuple)) else event.index
        return call(visits.of(request.session_hash), int(index), *given)

    called.__annotations__ = {"request": gr.Request, "event": gr.SelectData}
    return called


def as_given(component: Any) -> Any:
    """`component`, which then gives its value as it came.

    Gradio would open a file and convert it, and answer a text in place of a number with a stack
    trace.
    """
    component.preprocess = lambda payload: payload
    return component


def stream(work: Callable[[Callable[[Any], None]], None]) -> Iterator[Any]:
    """What `work` tells from a thread of its own, as it comes; raises what it raised.

    What nobody asked for in time is passed over, but for the last.
    """
    news: queue.Queue[Any] = queue.Queue()
    end = object()

    def run() -> None:
        try:
            work(news.put)
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            news.put(error)
        news.put(end)

    threading.Thread(target=run, daemon=True).start()
    latest: Any = None
    while True:
        item = news.get()
        while not isinstance(item, Exception) and item is not end:
            latest = item
            try:
                item = news.get_nowait()
            except queue.Empty:
                break
        if isinstance(item, Exception):
            raise item
        if latest is not None:
            yield latest
            latest = None
        if item is end:
            return
