"""A Dask cluster of real processes on loopback, for tests: scheduler and workers, no nanny.

A worker that is killed is gone, as a machine that lost its power is.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    # What a nanny sets for its worker.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
}


def until(condition: Callable[[], object], what: str, seconds: float = 120.0) -> None:
    """Wait for `condition`; fail with `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come to be in {seconds} s"
        time.sleep(0.05)


class LocalCluster:
    """The processes of one cluster."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self.scheduler = self._start("scheduler", "--port", "0", "--host", "127.0.0.1")
        until(self._is_up, "the scheduler")
        self.address: str = json.loads(self._file.read_text())["address"]

    def _is_up(self) -> bool:
        """Whether the file that names the scheduler is there, and whole."""
        return self._file.exists() and self._file.read_text().rstrip().endswith("}")

    def add_worker(self, *more: str) -> int:
        """Start a worker; its process number."""
        how = ("--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", *more)
        return self._start("worker", *how, "--memory-limit", "0", "--local-directory", "scratch")

    def workers(self) -> dict[str, int]:
        """How many tasks each worker has, by address."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            return {one: len(keys) for one, keys in client.processing().items()}

    def kill(self, pid: int, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one of the processes, and wait for its end."""
        self._running[pid].send_signal(how)
        self._running.pop(pid).wait(30)

    def close(self) -> None:
        """End all of them."""
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()

    def _start(self, what: str, *arguments: str) -> int:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self._file)]
        number = len(list(self._folder.glob("*.log")))
        with (self._folder / f"{what}-{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "--no-dashboard", *arguments],
                cwd=self._folder,
                env=ENVIRONMENT,
                stdout=log,
                stderr=log,
            )
        self._running[process.pid] = process
        return process.pid


@contextmanager
def local_cluster(folder: Path, workers: int, *more: str) -> Iterator[LocalCluster]:
    """A cluster with so many workers, which `more` options are for."""
    cluster = LocalCluster(folder)
    try:
        for _ in range(workers):
            cluster.add_worker(*more)
        until(lambda: len(cluster.workers()) == workers, f"{workers} workers")
        yield cluster
    finally:
        cluster.close()
