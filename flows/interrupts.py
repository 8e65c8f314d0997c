"""That somebody asked for the end, kept in mind.

Ctrl-C and SIGTERM raise an exception wherever the program happens to be. Where that is a library's
callback, as while TensorFlow starts or traces, the exception may be lost; so whatever takes long
asks here now and then.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["ask", "asked", "check", "forget", "overheard"]

_asked: list[int] = []


def ask(number: int = signal.SIGINT) -> None:
    """Keep in mind that the signal `number` asked for the end."""
    _asked.append(number)


def asked() -> int:
    """The number of the first signal that asked for the end; 0 for none."""
    return int(_asked[0]) if _asked else 0


def forget() -> None:
    """Begin anew: nobody has asked for anything."""
    _asked.clear()


def check() -> None:
    """Raise `KeyboardInterrupt` where the end was asked for and the work goes on all the same."""
    if _asked:
        raise KeyboardInterrupt


@contextlib.contextmanager
def overheard() -> Iterator[None]:
    """Keep SIGTERM in mind although a handler of Prefect's answers it, until the block ends."""
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        ask(number)
        before(number, frame)

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
