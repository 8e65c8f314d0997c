"""Holding a process on a leash: it ends when we let go of it, or when we are gone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from flows import watchdog

__all__ = ["LET_GO_SECONDS", "let_go", "on_a_leash"]

LET_GO_SECONDS = 8.0


def on_a_leash(
    command: Sequence[str],
    note: Path,
    output: IO[bytes],
    environment: Mapping[str, str],
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` under `flows.watchdog`, in a session of its own; return the watchdog.

    `note` is the file that names the process while it runs. Ctrl-C does not reach it. The status
    of the watchdog is that of the command.
    """
    return subprocess.Popen(  # noqa: S603 - every word of the command is ours
        [sys.executable, "-I", watchdog.__file__, str(note), *command],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
        cwd=cwd,
        env={**environment},
        start_new_session=True,
    )


def let_go(*leashes: subprocess.Popen[bytes]) -> None:
    """End what is held: a closed pipe ends it, politely, then for certain; all at the same time."""
    for leash in leashes:
        if leash.stdin:
            leash.stdin.close()
    for leash in leashes:
        try:
            leash.wait(LET_GO_SECONDS)
        except subprocess.TimeoutExpired:
            leash.kill()
            leash.wait()
