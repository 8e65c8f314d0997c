"""How the benchmarks speak: one JSON line a measure, on standard output."""

from __future__ import annotations

import functools
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

__all__ = ["line", "machine", "say"]


def line(benchmark: str, metric: str, value: float | None, unit: str, **more: Any) -> str:
    """One measure as a line of JSON; `value` is None where a goal was not reached.

    Numbers are rounded to four significant digits, which is more than any of them is good for.
    """
    head = {"benchmark": benchmark, "metric": metric, "value": _short(value), "unit": unit}
    return json.dumps({**head, **{key: _short(item) for key, item in more.items()}})


def say(benchmark: str, metric: str, value: float | None, unit: str, **more: Any) -> None:
    """Print `line`, at once, with the machine it was measured on."""
    text = line(benchmark, metric, value, unit, **more, machine=machine())
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@functools.cache
def machine() -> str:
    """The processor, how many of its cores this process may use, and the system's name."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {allowed} cores, {platform.system()}"


def _processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (text.partition(":")[2].strip() for text in lines if text.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def _short(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value
