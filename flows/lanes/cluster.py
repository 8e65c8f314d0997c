"""A Dask cluster as a run sees it: an address, workers, and the lanes they offer.

`ClusterError`: the cluster cannot be used; its text says what to do.
"""

from __future__ import annotations

import importlib.util
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flows.errors import AtelierError, ConfigError
from flows.files import temporary_beside
from flows.lanes.worker import Sight, look
from flows.workspace import Workspace

if TYPE_CHECKING:
    from flows.config import RunChoice

__all__ = ["Cluster", "ClusterError", "address_of", "check"]

CONNECT_SECONDS = 10
GPU = "GPU"
"""The resource of a worker that paints on a GPU: `dask worker … --resources GPU=1`."""


class ClusterError(AtelierError):
    """A Dask cluster that cannot be used."""


def address_of(run: RunChoice) -> str:
    """The address of the scheduler that `run` names; "" where it paints in this process.

    Raises `ConfigError` where Dask is asked for without an address, `ClusterError` where the extra
    is not installed.
    """
    if run.runner != "dask":
        return ""
    if not run.dask:
        raise ConfigError(
            'runner = "dask" needs the address of a scheduler: start one with `dask scheduler`, on '
            "each machine `dask worker tcp://HOST:8786 --nthreads 1 --resources GPU=1` (without "
            '--resources where there is no GPU), and give it as dask = "tcp://HOST:8786" under '
            "[run], or with --dask."
        )
    if not all(importlib.util.find_spec(name) for name in ("distributed", "prefect_dask")):
        raise ClusterError("Painting on Dask needs an extra: run pip install 'atelier[dask]'.")
    return run.dask if "://" in run.dask else f"tcp://{run.dask}"


def check(run: RunChoice, workspace: Workspace) -> None:
    """Make sure, before anything is fetched, that there is somebody to paint, and a shared folder.

    Nothing to check for a run in this process. Raises `ConfigError` or `ClusterError`.
    """
    address = address_of(run)
    if address and workspace.url:
        raise ConfigError(
            f"Dask's workers share a folder, and the workspace is {workspace.url}; leave --dask or "
            "runner away and run the same command on each machine: they share the work."
        )
    if address:
        with Cluster.at(address) as cluster:
            cluster.some_worker()


class Cluster:
    """A cluster that answers; make one with `Cluster.at`."""

    def __init__(self, address: str, runner: Any) -> None:
        self.address, self.runner = address, runner

    @classmethod
    @contextmanager
    def at(cls, address: str) -> Iterator[Cluster]:
        """Connect to the scheduler at `address`. Raises `ClusterError` where none answers."""
        from prefect_dask.task_runners import DaskTaskRunner

        for name in ("distributed", "distributed.client"):  # the sentences here say the same
            logging.getLogger(name).setLevel(logging.CRITICAL)
        how = {"timeout": CONNECT_SECONDS, "name": "atelier"}
        with DaskTaskRunner(address=address, client_kwargs=how) as runner:
            try:
                _ = runner.client
            except (OSError, ValueError, TypeError) as error:
                raise ClusterError(
                    f"No Dask scheduler answers at {address}; start one with `dask scheduler`, or "
                    "check the address."
                ) from error
            yield cls(address, runner)

    @property
    def client(self) -> Any:
        """Dask's client."""
        return self.runner.client

    def lanes(self) -> dict[str, tuple[int, bool]]:
        """For each worker, by address, its number of lanes and whether they are GPUs.

        A worker with GPUs has a lane for each, one without is a lane. Raises `ClusterError` where
        the scheduler has gone.
        """
        try:
            workers = self.client.scheduler_info()["workers"]
        except Exception as error:
            raise self.gone() from error
        if self.client.status != "running":  # what it says is what it knew last
            raise self.gone()
        found = {}
        for address, worker in workers.items():
            gpus = int(worker["resources"].get(GPU, 0))
            found[address] = (max(1, min(gpus, worker["nthreads"])), gpus > 0)
        return found

    def some_worker(self) -> None:
        """Raise `ClusterError` where no worker has joined."""
        if not self.lanes():
            raise ClusterError(
                f"No worker has joined the Dask scheduler at {self.address}; start one on each "
                f"machine: `dask worker {self.address} --nthreads 1`, with --resources GPU=1 where "
                "it has a GPU."
            )

    def gone(self) -> ClusterError:
        """The error of a scheduler that went away."""
        return ClusterError(
            f"The Dask scheduler at {self.address} has gone. Every finished picture is kept; start "
            "scheduler and workers again and run the same command to go on."
        )

    def look_around(self, workspace: Workspace, api: str) -> None:
        """Make sure that the workers can paint for this run: same engine, workspace, Prefect `api`.

        Raises `ClusterError` for the first of them that cannot; the scheduler reads tasks as well,
        and so needs Atelier too.
        """
        probe = temporary_beside(workspace.journal / "lanes")
        probe.touch()
        try:
            seen = self.client.run(look, str(probe), on_error="return")
            own = self._scheduler_s(str(probe))
        except OSError as error:
            raise self.gone() from error
        finally:
            probe.unlink(missing_ok=True)
        if why := _other(own):
            raise ClusterError(f"The Dask scheduler at {self.address} {why}")
        for worker, sight in seen.items():
            if why := _unfit(sight, workspace, api):
                raise ClusterError(f"The Dask worker at {worker} {why}")

    def _scheduler_s(self, probe: str) -> Any:
        try:
            return self.client.run_on_scheduler(look, probe)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it says of its environment
            return error


def _other(sight: Any) -> str:
    """In what a process is other than this one; "" where it is not."""
    from stylize import ENGINE_VERSION

    if not isinstance(sight, Sight):
        what = " ".join(f"{type(sight).__name__}: {sight}".split())[:200]
        return f"cannot load Atelier ({what}); install the same version there, and start it anew."
    if sight.engine != ENGINE_VERSION:
        return (
            f"has engine {sight.engine} of Atelier and this run has {ENGINE_VERSION}; install the "
            "same version there, and start it anew."
        )
    return ""


def _unfit(sight: Any, workspace: Workspace, api: str) -> str:
    """Why a worker cannot paint; "" for one that can."""
    if why := _other(sight):
        return why
    if not sight.sees:
        return (
            f"({sight.host}) does not see the workspace {workspace.root}; share the folder, and "
            "mount it at the same path on every machine."
        )
    host = urlsplit(api).hostname or ""
    if sight.host != socket.gethostname() and host in ("localhost", "127.0.0.1", "::1"):
        return (
            f"({sight.host}) cannot reach the Prefect server of this run, which listens on this "
            "machine alone; run `prefect server start --host 0.0.0.0` on a machine that all of "
            "them reach, and set PREFECT_API_URL=http://HOST:4200/api for this command."
        )
    return ""
