"""Somebody who reads manifest.csv all the time, while everything goes wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd

__all__ = ["Reader", "read_until"]

_PAUSE = 0.002


def read_until(path: Path, over: Callable[[], bool], pause: float = _PAUSE) -> tuple[int, str]:
    """Read the manifest again and again; how often, and the first thing that was wrong.

    A file that is not there (yet) is passed over: whether it must be is asked elsewhere.
    """
    reads, columns = 0, None
    while not over():
        try:
            found = list(pd.read_csv(path, low_memory=False).columns)
        except FileNotFoundError:
            time.sleep(pause)
            continue
        except (OSError, ValueError) as error:
            return reads, f"read {reads}: {type(error).__name__}: {error}"
        reads += 1
        columns = columns or found
        if found != columns:
            return reads, f"read {reads}: other columns"
        time.sleep(pause)
    return reads, ""


class Reader:
    """Reads in a thread of its own while inside; leaving fails where any reading did."""

    def __init__(self, path: Path, pause: float = _PAUSE) -> None:
        self.reads = 0
        self._path, self._pause = path, pause
        self._over, self._error = threading.Event(), ""
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        if kind is None:
            assert self._error == ""

    def _run(self) -> None:
        self.reads, self._error = read_until(self._path, self._over.is_set, self._pause)
