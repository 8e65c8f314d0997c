"""That somebody asked for the end, kept in mind.

Ctrl-C raises `KeyboardInterrupt` wherever the program happens to be. Where that is a library's
callback, as while TensorFlow starts or traces, the exception may be lost; so whatever takes long
asks here now and then.
"""

from __future__ import annotations

import threading

__all__ = ["ask", "check", "forget"]

_asked = threading.Event()


def ask() -> None:
    """Keep in mind that the command is to end."""
    _asked.set()


def forget() -> None:
    """Begin anew: nobody has asked for anything."""
    _asked.clear()


def check() -> None:
    """Raise `KeyboardInterrupt` where the end was asked for and the work goes on all the same."""
    if _asked.is_set():
        raise KeyboardInterrupt
