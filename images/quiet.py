"""Pillow warns about odd files; here every outcome is a picture or an `ImageError`."""

from __future__ import annotations

import threading
import warnings
from types import TracebackType

__all__ = ["quiet_pillow"]


class _QuietPillow:
    """A shared context: the first thread in saves the process's filters, the last one out restores
    them.

    `warnings.catch_warnings` alone is not safe here: two threads that overlap would restore each
    other's filters.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._saved: warnings.catch_warnings[None] | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._saved = warnings.catch_warnings()
                self._saved.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL(\.|$)")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._saved is not None:
                self._saved.__exit__(kind, error, trace)
                self._saved = None


quiet_pillow = _QuietPillow()
