"""The real command as a process: real engine, a Prefect server of its own, signals from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flows.server import reap
from tests.faults.collection import Place
from tests.faults.counts import ROOT

__all__ = [
    "BUILD",
    "STAGES",
    "Ended",
    "atelier",
    "begun",
    "command_file",
    "ended",
    "no_server_left",
]

BUILD = "atelier build harbour.toml"
"""What is run, in the folder of the collection."""
_START = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
sys.argv[0] = "atelier"
from flows.cli import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended: its status, the seconds from the signal on, and what it said."""

    status: int
    seconds: float
    errors: str


def command_file(place: Place, steps: int = 4) -> Path:
    """A collection file for the place: two of the shipped styles, 64 pixels, few steps."""
    path = place.root / "harbour.toml"
    path.write_text(
        f'name = "harbour"\nworkspace = "data"\nsources = [{{ folder = "photos" }}]\n'
        f'[recipe]\nsize = 64\nsteps = [{steps}]\nweights = "cifar10"\n'
    )
    return path


def atelier(place: Place, home: Path, steps: int = 4) -> subprocess.Popen[str]:
    """`atelier build` of the place, begun; it has the Prefect folder `home` and no API."""
    command_file(place, steps)
    environment = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
    environment |= {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-c", _START, *BUILD.split()[1:]],
        cwd=place.root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], sign: int = 0, timeout: float = 240.0) -> Ended:
    """Send a signal, unless it is 0, and wait for the end."""
    began = time.monotonic()
    if sign:
        process.send_signal(sign)
    try:
        _, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Ended(process.returncode, time.monotonic() - began, errors)


def begun(process: subprocess.Popen[str], stage: str, place: Place, home: Path) -> bool:
    """Wait until a run is at a stage; whether it got there before it ended."""
    there, deadline = STAGES[stage], time.monotonic() + 120
    while time.monotonic() < deadline:
        if there(place, home):
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    raise TimeoutError(f"the run was not at {stage!r} within two minutes")


def no_server_left(home: Path, seconds: float = 20.0) -> list[str]:
    """Command lines of the processes with `home` as their Prefect folder, once they had time."""
    deadline = time.monotonic() + seconds
    while (left := _of_home(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert reap(home / "atelier") == 0
    return left


def _of_home(home: Path) -> list[str]:
    mark, found = f"PREFECT_HOME={home}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in folder.joinpath("environ").read_bytes().split(b"\0"):
                found.append(folder.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [line for line in found if line.strip()]


def _server(place: Place, home: Path) -> bool:
    return any(home.glob("atelier/server-*.json"))


def _some(*names: str) -> Callable[[Place, Path], bool]:
    """Whether there is a file of such a name in the workspace."""

    def found(place: Place, home: Path) -> bool:
        return any(any(place.workspace.root.glob(name)) for name in names)

    return found


STAGES: dict[str, Callable[[Place, Path], bool]] = {
    "start": _server,
    "scrape": _some("runs/*.json"),
    "prepare": _some("prepared/*.png", "photos.csv"),
    "paint": _some("stylized/.*.lock", "stylized/*.png"),
    "publish": _some("gallery/*"),
}
"""How a run shows that it has begun a stage."""

KILL, TERM, INT = signal.SIGKILL, signal.SIGTERM, signal.SIGINT
