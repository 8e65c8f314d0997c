"""Which runs are going on: runs/<id>.json says so until they end, a lock beside it proves it.

A run that was killed leaves both. The system lets go of the lock, which is how the next run knows.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

from filelock import FileLock, Timeout

from flows.files import write_whole
from flows.manifest import Manifest
from flows.report import RunReport, read_report, write_report
from flows.workspace import Workspace

__all__ = ["Living", "any_living", "close_broken_off"]


class Living:
    """The report of a run from its beginning on, with the outcome ``running`` until `end`."""

    def __init__(self, workspace: Workspace, report: RunReport) -> None:
        self._workspace = workspace
        self._path = workspace.runs / f".{report.run}.lock"
        self._lock = FileLock(self._path, thread_local=False)
        self._lock.acquire(timeout=10)
        try:
            write_report(workspace, report)
        except BaseException:
            self._let_go()
            raise

    def end(self, report: RunReport) -> None:
        """Write how the run ended; where that fails, the next run will say that it broke off."""
        try:
            write_report(self._workspace, report)
        except BaseException:
            self._lock.release()
            raise
        self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink()
        self._lock.release()


def any_living(workspace: Workspace) -> bool:
    """Whether a run is going on, be it before its first picture."""
    for path in sorted(workspace.runs.glob(".*.lock")):
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
    return False


def close_broken_off(workspace: Workspace) -> tuple[str, ...]:
    """Write into the report of every run whose process is gone that it broke off; their names."""
    gone = []
    for path in sorted(workspace.runs.glob(".*.lock")):
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        try:
            name = path.name.removeprefix(".").removesuffix(".lock")
            if _close(workspace, name):
                gone.append(name)
            path.unlink(missing_ok=True)
        finally:
            lock.release()
    return tuple(gone)


def _close(workspace: Workspace, run: str) -> bool:
    path = workspace.runs / f"{run}.json"
    try:
        report: dict[str, Any] = read_report(path)
        if report["outcome"] != "running":
            return False
    except (OSError, ValueError, KeyError, TypeError):
        return False  # killed before its first word
    rows = Manifest(workspace).rows()
    mine = rows["status"][rows["flow_run"] == run]
    said = {
        "outcome": "broken off",
        "done": int((mine == "done").sum()),
        "failed": int((mine == "failed").sum()),
        "errors": [
            *report.get("errors", ()),
            "The run's process was killed; the next one went on.",
        ],
    }
    text = json.dumps(report | said, indent=2, ensure_ascii=False)
    write_whole(path, f"{text}\n".encode("utf-8", "replace"))
    if workspace.mirror:
        from flows.remote.reports import push_reports

        push_reports(workspace.mirror, f"runs/{path.name}")
    return True
