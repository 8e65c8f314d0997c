"""How long one call may take and how much memory, for the fuzz tests."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

__all__ = ["CASES", "fuzzed", "within"]

CASES = int(os.environ.get("ATELIER_FUZZ_CASES", "300"))
"""Cases a fuzz test tries; `make fuzz` sets 10,000."""

_BATCH = 1000
"""Cases of one search: hypothesis keeps every case of it in memory."""

_settings = settings(
    max_examples=min(CASES, _BATCH),
    deadline=None,  # `within` measures the call alone, without the making of its input
    derandomize=CASES <= 300,  # the same cases in every `make test`; new ones in `make fuzz`
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def fuzzed(test: Callable[..., None]) -> Callable[..., None]:
    """Try `test`, a property whose first argument is `batch`, with `CASES` cases in batches."""
    in_batches = pytest.mark.parametrize("batch", range(max(1, CASES // _BATCH)))
    return in_batches(_settings(test))


Result = TypeVar("Result")

_CLEAR, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


def within(call: Callable[[], Result], *, seconds: float = 5.0, megabytes: float = 200.0) -> Result:
    """What `call` returns or raises; fails where it took more CPU time or more memory at once.

    On Linux memory is what the kernel saw, decoders in C included; elsewhere what Python saw. Other
    threads of the process are seen too, and noise only ever adds: what is too much is measured
    again, and the least of three counts.
    """
    for tries_left in (2, 1, 0):
        before, peak = _meter()
        started = time.thread_time()
        outcome = _outcome(call)
        took, grown = time.thread_time() - started, (peak() - before) / 1e6
        if (took <= seconds and grown <= megabytes) or not tries_left:
            break
    assert took <= seconds, f"took {took:.1f} s of {seconds:g}"
    assert grown <= megabytes, f"took {grown:.0f} MB of {megabytes:g}"
    return outcome()


def _outcome(call: Callable[[], Result]) -> Callable[[], Result]:
    """What `call` did, to be done again: return its result, or raise its exception."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets it, as raised
        failure = error

        def fail() -> Result:
            raise failure

        return fail
    return lambda: result


def _meter() -> tuple[float, Callable[[], float]]:
    """Bytes in use now, and what tells the most that were in use since."""
    try:
        _CLEAR.write_text("5", encoding="ascii")
        return _kernel("VmRSS"), lambda: _kernel("VmHWM")
    except OSError:
        tracemalloc.start()
        return 0.0, _traced


def _kernel(name: str) -> float:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _traced() -> float:
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return float(peak)
