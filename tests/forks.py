"""Work in a forked process, which may be killed: what a test of crashes is made of."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

__all__ = ["in_a_fork"]


def in_a_fork(work: Callable[[], object], until: Callable[[], object] | None = None) -> bool:
    """Do `work` in a child; whether it was killed.

    With `until`, the child is sent SIGKILL when that returns; it may also kill itself.
    """
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - a fork of this script must never run on in it
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    if until is not None:
        until()
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
