"""Which precision the hardware computes feature maps fastest in."""

import pytest

from stylize.precision import choose_precision, cpu_flags


@pytest.mark.parametrize(
    ("device", "flags", "expected"),
    [
        ("cpu", {"avx512f", "avx512_bf16"}, "bfloat16"),
        ("cpu", {"amx_bf16"}, "bfloat16"),
        ("cpu", {"avx2"}, "float32"),
        ("cpu", set(), "float32"),
        ("gpu", set(), "bfloat16"),
    ],
)
def test_precision_follows_the_hardware(device, flags, expected):
    assert choose_precision(device, frozenset(flags)) == expected


def test_cpu_flags_are_read(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nflags\t\t: fpu avx2 avx512_bf16\n\nprocessor : 1\n")
    assert cpu_flags(cpuinfo) == {"fpu", "avx2", "avx512_bf16"}
    assert cpu_flags(tmp_path / "none") == frozenset()
