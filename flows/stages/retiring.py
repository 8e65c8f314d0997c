"""`--replace`: pictures that were painted otherwise give way to those of the recipe in use.

A retired picture keeps its row, with that status, and its file until `atelier prune`. Where a
later run asks for just that picture again, its row is done again, and nothing is painted.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flows.claims import claimed
from flows.columns import DONE, RETIRED
from flows.journal import open_journal
from flows.manifest import Manifest
from flows.outputs import time_ns
from flows.plan import Job, Plan
from flows.rows import now
from flows.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["reinstate", "retire", "superseded"]


def superseded(frame: pd.DataFrame, jobs: Iterable[Job]) -> pd.DataFrame:
    """The done rows of the photo and style of any of `jobs` that are not its picture.

    Blends are pictures of their own: they are never superseded by one of their styles.
    """
    current = {(job.content.sha256, job.style.sha256): job.fingerprint for job in jobs}
    done = frame[frame["status"] == DONE]
    columns = (done[name] for name in ("content_sha256", "style_sha256", "fingerprint", "styles"))
    return done[
        [
            current.get((content, style), name) != name and not _is_blend(styles)
            for content, style, name, styles in zip(*columns, strict=True)
        ]
    ]


def retire(workspace: Workspace, plan: Plan, run: str) -> int:
    """Retire what the pictures of `plan` that are done by now replace; how many there were."""
    frame = Manifest(workspace).rows()
    painted = set(frame["fingerprint"][frame["status"] == DONE])
    wanted = (job for job in (*plan.jobs, *plan.present) if job.fingerprint in painted)
    rows = superseded(frame, wanted).to_dict("records")
    with open_journal(workspace, run) as journal:
        for row in rows:
            journal.append(_restated(row, RETIRED, run))
    return len(rows)


def reinstate(workspace: Workspace, jobs: Iterable[Job], run: str) -> int:
    """Call done again what was retired, is wanted again and is whole; how many there were."""
    names = {job.fingerprint for job in jobs if job.reason == "retired before"}
    if not names:
        return 0
    frame = Manifest(workspace).rows()
    again = 0
    with open_journal(workspace, run) as journal:
        for row in frame[frame["fingerprint"].isin(names)].to_dict("records"):
            path = workspace.root / str(row["output"])
            with claimed(path, workspace.mirror) as ours:  # else it is being pruned or painted
                if ours and _is_whole(workspace, row):
                    restated = _restated(row, DONE, run)
                    _stamp(workspace, restated)
                    journal.append(restated)
                    again += 1
    return again


def _restated(row: Mapping[Any, Any], status: str, run: str) -> dict[str, Any]:
    """The row with another status; later than it was, also where the clock went back."""
    when = now(time_ns(row["created_at"]))
    plain = {str(name): value for name, value in row.items()}
    return plain | {"status": status, "flow_run": run, "created_at": when}


def _is_whole(workspace: Workspace, row: Mapping[Any, Any]) -> bool:
    try:
        return workspace.sha256(str(row["output"])) == str(row["output_sha256"])
    except OSError:
        return False


def _stamp(workspace: Workspace, row: Mapping[str, Any]) -> None:
    """A file with the time of its row need not be hashed again; without it, it is.

    Of an object in a store the mirror remembers the hash.
    """
    if workspace.mirror:
        return
    moment = time_ns(row["created_at"])
    with contextlib.suppress(OSError):
        os.utime(workspace.root / row["output"], ns=(moment, moment))


def _is_blend(styles: str) -> bool:
    try:
        return len(json.loads(styles)) > 1
    except (ValueError, TypeError):
        return False
