"""Paints a workspace in a store, as one of several machines that do so at once.

    python writer_there.py URL LOG READY GO

Writes READY when it has its plan, and begins when GO is there.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from crash_there import WEIGHTS, Painter, plan

from flows.compactor import Compactor
from flows.stages import recover, stylize_jobs
from flows.workspace import Workspace


def main(url: str, log: Path, ready: Path, go: Path) -> None:
    workspace = Workspace.at(url).create()
    recover(workspace)
    jobs = plan(workspace).jobs
    ready.touch()
    while not go.exists():
        time.sleep(0.01)
    # Compactions meet as often as they can.
    real = Compactor.__init__

    def eager(self: Compactor, manifest: object, every: float = 0.05) -> None:
        real(self, manifest, every)  # type: ignore[arg-type]
        self._every = every

    Compactor.__init__ = eager  # type: ignore[method-assign]
    stylize_jobs(workspace, jobs, WEIGHTS, log.stem, stylizer=Painter(log, 0.05))


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
