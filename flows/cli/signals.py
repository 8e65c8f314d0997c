"""SIGTERM, as a scheduler or a shutdown sends it, ends a command as Ctrl-C does."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["Heard", "hearing_sigterm"]


class Heard:
    """Which signal ended the command: its number, 0 for none but Ctrl-C."""

    number = 0


@contextlib.contextmanager
def hearing_sigterm() -> Iterator[Heard]:
    """Raise `KeyboardInterrupt` on SIGTERM until the block ends.

    Inside a flow Prefect's handler takes its place; when the flow has saved its state, Prefect
    sends the signal once more, to this one. Outside the main thread nothing is changed.
    """
    heard = Heard()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return

    def end(number: int, _: FrameType | None) -> None:
        heard.number = number
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGTERM, before)
