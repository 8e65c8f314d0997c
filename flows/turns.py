"""One scheduled run a workspace: the one that comes while another is painting leaves it to that.

What somebody starts by hand is nobody's rival: it paints beside a scheduled run, picture by picture
(`flows.claims`).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from flows.files import write_whole
from flows.workspace import Workspace

__all__ = ["is_scheduled", "turn"]

_LOCK, _HOLDER = ".scheduled.lock", ".scheduled.json"


def is_scheduled() -> bool:
    """Whether the flow run around us was made by a schedule, and not by somebody."""
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    return bool(context and context.flow_run and context.flow_run.auto_scheduled)


@contextlib.contextmanager
def turn(workspace: Workspace, run: str) -> Iterator[str]:
    """Yield "" where it is the turn of `run`, else a sentence: who is painting, and since when.

    A run that was killed holds nothing: the lock is the kernel's.
    """
    lock = FileLock(workspace.root / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield _occupied(workspace)
        return
    try:
        since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        holder = json.dumps({"run": run, "since": since})
        write_whole(workspace.root / _HOLDER, holder.encode())
        yield ""
    finally:
        with contextlib.suppress(OSError):
            (workspace.root / _HOLDER).unlink()
        lock.release()


def _occupied(workspace: Workspace) -> str:
    try:
        named = json.loads((workspace.root / _HOLDER).read_text())
        who, since = f"another scheduled run, {named['run']},", f" since {named['since']}"
    except (OSError, ValueError, KeyError, TypeError):  # it has begun, or ended, this instant
        who, since = "another scheduled run", ""
    return f"{who} has been painting this workspace{since}"
