"""Ctrl-C, and SIGTERM as a scheduler or a shutdown sends it, end a command in the same way."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING

from flows import interrupts

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["Heard", "hearing_sigterm"]


class Heard:
    """Which signal ended the command: its number, 0 for none that was heard."""

    number = 0


@contextlib.contextmanager
def hearing_sigterm() -> Iterator[Heard]:
    """Raise `KeyboardInterrupt` on SIGTERM, too, until the block ends; neither gets lost.

    Inside a flow Prefect's handler takes its place; when the flow has saved its state, Prefect
    sends the signal once more, to this one. Outside the main thread nothing is changed.
    """
    heard = Heard()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return

    def end(number: int, _: FrameType | None) -> None:
        heard.number = number
        interrupts.ask(number)
        raise KeyboardInterrupt

    report = sys.unraisablehook

    def unraisable(lost: UnraisableHookArgs) -> None:
        # Raised by the signal in a callback of the garbage collector, say; Prefect's handler raises
        # an exception of its own there. `interrupts` will raise it again.
        if not interrupts.asked():
            report(lost)

    sys.unraisablehook = unraisable
    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, end)}
    # In the background of a shell Ctrl-C is ignored, and stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        before[signal.SIGINT] = signal.signal(signal.SIGINT, end)
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = report
        heard.number = heard.number or interrupts.asked()
        interrupts.forget()
