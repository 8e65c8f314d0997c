"""One call for many things at once, in threads: for what waits, not for what computes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["side_by_side"]

T = TypeVar("T")
R = TypeVar("R")
_WORKERS = 16
_LOOK_SECONDS = 0.5


def side_by_side(
    call: Callable[[T], R], items: Sequence[T], workers: int = _WORKERS
) -> list[R | Exception]:
    """Return what `call` returns, or raises, for each of `items`, in their order.

    At most `workers` calls go on at once. Ctrl-C ends the wait at once: the threads do not keep
    the process alive.
    """
    results: dict[int, R | Exception] = {}
    waiting: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()
    for numbered in enumerate(items):
        waiting.put(numbered)

    def work() -> None:
        while True:
            try:
                number, item = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                results[number] = call(item)
            except Exception as error:  # noqa: BLE001 - whoever asked looks at it
                results[number] = error

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, len(items)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(_LOOK_SECONDS)
    return [results[number] for number in range(len(items))]
