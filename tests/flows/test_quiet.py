"""Quiet: what TensorFlow's libraries say while they start is dropped, everything else is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from flows.quiet import hush, is_noise

WRITER = """
import os, sys
from flows.quiet import without_native_noise
print("before", file=sys.stderr)
with without_native_noise():
    os.write(2, b"I0000 00:00:1795225228.481658   19897 port.cc:153] oneDNN is on\\n")
    os.write(2, b"E0000 00:00:1795225228.481658   19897 cuda.cc:52] no driver\\n")
    os.write(2, b"Segmentation fault\\n")
    print("python", file=sys.stderr)
print("after", file=sys.stderr)
"""


def test_noise_is_dropped_and_the_rest_passes() -> None:
    run = subprocess.run([sys.executable, "-c", WRITER], capture_output=True, text=True, check=True)
    assert sorted(run.stderr.split("\n")) == ["", "Segmentation fault", "after", "before", "python"]


def test_a_person_can_have_the_noise_back() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WRITER],
        capture_output=True,
        text=True,
        check=True,
        env={"TF_CPP_MIN_LOG_LEVEL": "0"},
    )
    assert "oneDNN" in run.stderr


@pytest.mark.parametrize(
    "line",
    [
        b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
        b"2026-11-21 01:30:00.123456: I tensorflow/core/util/port.cc:153] oneDNN",
        b"To enable the following instructions: AVX2 FMA, in other operations, rebuild",
    ],
)
def test_known_noise(line: bytes) -> None:
    assert is_noise(line)


@pytest.mark.parametrize(
    "line", [b"F0000 00:00:1.2 3 a.cc:1] out of memory", b"Killed", b"Traceback (most recent"]
)
def test_what_kills_a_process_is_no_noise(line: bytes) -> None:
    assert not is_noise(line)


def test_settings_of_a_person_stay_and_loopback_needs_no_proxy() -> None:
    environment = {"TF_CPP_MIN_LOG_LEVEL": "0", "NO_PROXY": "intranet"}
    hush(environment)
    assert environment["TF_CPP_MIN_LOG_LEVEL"] == "0"
    assert environment["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert environment["DO_NOT_TRACK"] == "1"
