"""What a piece of work waits for, and how it says so: generators that yield a `Turn`.

A fetch is many requests (robots.txt, redirects, retries) to hosts that each have their own pace.
Written as a generator it gives its thread away whenever it has to wait:

    steps = session.steps(url, scope)       # yields a Turn before each request
    fetched = session.fetch(url, scope)     # the same, waiting in this thread
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["WORKER", "Steps", "Stop", "Stopped", "Turn"]

T = TypeVar("T")


@dataclass(frozen=True)
class Turn:
    """Ask for the sole use of `key`: a host, where `host` says so, or another thing to be had by
    one at a time. Whoever asked for it gives it back with `Schedule.release`.
    """

    key: str
    host: bool = True


WORKER = Turn("", host=False)
"""Ask for a worker thread and nothing else."""

Steps = Generator[Turn, None, T]


class Stopped(Exception):  # noqa: N818 - it is no error: whoever waits for the work has left
    """The run this work belongs to was ended.

    Never seen outside the package: `scrape` ends with what ended it.
    """


class Stop(threading.Event):
    """Set when a run is ended; its waits and transfers then end too."""
