"""Which precision the hardware computes feature maps fastest in."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

__all__ = ["Precision", "choose_precision", "cpu_flags"]

Precision = Literal["float32", "bfloat16"]

_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16"}


@functools.cache
def cpu_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Feature flags of the first processor; empty where the system does not list them."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return frozenset(flags.partition(":")[2].split())


def choose_precision(device: str, flags: frozenset[str]) -> Precision:
    """bfloat16 on a GPU or a processor with AVX512-BF16 or AMX; float32 elsewhere.

    Processors without those instructions emulate bfloat16, which is slower than float32.
    """
    if device.startswith("gpu") or flags & _BFLOAT16_FLAGS:
        return "bfloat16"
    return "float32"
