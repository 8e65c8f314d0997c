"""For every test: no network but loopback, and a Prefect home of the session's own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import absl.logging
import pytest

# Prefect reads these when it is imported. In memory, where there is such a folder: its new database
# is made by hundreds of small writes that each wait for the disk.
_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
_HOME = tempfile.mkdtemp(prefix="atelier-prefect-", dir=_MEMORY)
os.environ["PREFECT_HOME"] = _HOME
os.environ["PREFECT_PROFILES_PATH"] = str(Path(_HOME) / "profiles.toml")
os.environ.pop("PREFECT_API_URL", None)

# Ctrl-C is ignored in the background of a shell and in a process of pytest-xdist's, and by their
# children: there, too, it shall end what the tests end by it.
signal.signal(signal.SIGINT, signal.default_int_handler)

from flows.quiet import hush  # noqa: E402 - it has to come after the lines above

# TensorFlow's logger takes the standard error it finds, which here is pytest's, and closes it when
# Prefect sets up logging; with it would go every later test's output.
absl.logging.get_absl_handler().python_handler.stream = sys.__stderr__

hush()

_LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0")


class NetworkRefusedError(OSError):
    """A test tried to leave this machine."""


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Sockets connect to this machine only."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def check(address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _LOOPBACK:
            raise NetworkRefusedError(f"a test may not connect to {address[0]}")

    def guarded(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def prefect_folder() -> Iterator[Path]:
    """The session's PREFECT_HOME, removed at its end."""
    yield Path(_HOME)
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[str]:
    """A Prefect server for the session, started when the first test asks for it."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.server import prefect_server

    with (
        prefect_server() as url,
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield url
