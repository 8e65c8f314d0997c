"""What runs in a worker besides the painting itself."""

from __future__ import annotations

import dataclasses
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stylize import WeightSet

__all__ = ["Sight", "given_up", "lane", "look", "weights_here"]


@dataclasses.dataclass(frozen=True)
class Sight:
    """What a worker is and sees: its host, its engine, and whether a file of the flow is there."""

    host: str
    engine: str
    sees: bool


def look(probe: str) -> Sight:
    """What this process sees of the file `probe`."""
    from stylize import ENGINE_VERSION

    return Sight(socket.gethostname(), ENGINE_VERSION, Path(probe).exists())


def given_up() -> bool:
    """Whether nobody waits for the task that runs in this thread: the flow is gone, or stopped."""
    from distributed import get_worker

    try:
        worker = get_worker()
    except ValueError:
        return False  # not in a worker
    task = worker.state.tasks.get(worker.get_current_task())
    gone = task is None or task.state in ("cancelled", "released", "forgotten")
    return gone or str(worker.status.name) in ("closing", "closed", "failed")


def lane() -> str:
    """The address of the worker that this thread belongs to; "" where it belongs to none."""
    from distributed import get_worker

    try:
        return str(get_worker().address)
    except ValueError:
        return ""


def weights_here(weights: WeightSet) -> WeightSet:
    """The same weights as they are found on this machine, which may keep them elsewhere.

    Raises `WeightsError` where they are not there, or are others.
    """
    from stylize import WeightsError, resolve_weights

    if weights.path.is_file():
        return weights
    found = resolve_weights(weights.name, weights.network)
    if found.sha256 != weights.sha256:
        raise WeightsError(
            f"The weights {weights.name} on {socket.gethostname()} ({found.path}) are others than "
            f"those of the run ({weights.path}): bring the same file to every worker."
        )
    return found
