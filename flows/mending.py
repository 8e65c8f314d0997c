"""`atelier verify --repair`: what is damaged is set aside, and what is gone becomes a failed row.

Nothing is deleted. A picture that is no longer what its row says gets a failed row, so that the
manifest speaks the truth and the next run of its recipe paints it again; a damaged photo makes room
for the one that the next scrape fetches.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.claims import claimed
from flows.files import ASIDE, aside_of, sync_folder
from flows.history import history_of
from flows.journal import open_journal
from flows.manifest import Manifest
from flows.outputs import time_ns
from flows.report import RunReport, new_run, outcome, write_report
from flows.rows import now
from flows.stages import recover
from flows.verify import Expected, Finding, Verified, expected_pictures, look
from flows.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ASIDE", "Mended", "mend"]

_LOT = 100
"""Pictures that are claimed at once: each claim is an open file."""


@dataclass(frozen=True)
class Mended:
    """What a repair did: pictures that got their row, or a failed one; files that were set aside;
    photos that the next scrape fetches. `left` is what a person has to see to.
    """

    adopted: int = 0
    queued: int = 0
    aside: int = 0
    to_fetch: int = 0
    left: tuple[Finding, ...] = ()


def mend(workspace: Workspace, verified: Verified) -> Mended:
    """Put right what `verify` found, as far as that can be done; runs/<id>.json tells of it.

    Every file is looked at once more before it is touched, and what a living process is painting
    is left to it. Raises `OSError` where the workspace cannot be written.
    """
    run, began, started_at = new_run(), time.monotonic(), now()
    broken = [one for one in verified.findings if one.kind in ("missing", "damaged")]
    pictures = [one for one in broken if one.what == "picture"]
    photos = [one for one in broken if one.what == "photo"]
    queued, aside, busy = _queue(workspace, pictures, run)
    aside += _make_room(workspace, photos)
    mended = Mended(
        adopted=recover(workspace, run).adopted,
        queued=queued,
        aside=aside,
        to_fetch=len(photos),
        left=(*busy, *(one for one in verified.findings if _is_left(one))),
    )
    report = RunReport(
        run=run,
        name="verify --repair",
        started_at=started_at,
        finished_at=now(),
        outcome=outcome(verified.pictures, 0, len(mended.left)),
        errors=tuple(f"{one.file}: {one.kind}: {one.problem}" for one in verified.findings),
        seconds=round(time.monotonic() - began, 1),
    )
    write_report(workspace, report)
    return mended


def _is_left(finding: Finding) -> bool:
    return finding.kind == "unreadable" or finding.what == "style"


def _queue(
    workspace: Workspace, findings: Sequence[Finding], run: str
) -> tuple[int, int, list[Finding]]:
    """How many pictures got a failed row, how many were set aside, and which are being painted."""
    queued = aside = 0
    busy: list[Finding] = []
    with open_journal(workspace, run) as journal:
        for start in range(0, len(findings), _LOT):
            with _claims(workspace, findings[start : start + _LOT]) as claims:
                busy += [finding for finding, mine in claims if not mine]
                mine = [finding.fingerprint for finding, mine in claims if mine]
                for row, finding in _still_broken(workspace, mine):
                    aside += finding.kind == "damaged" and _set_aside(workspace, finding.file)
                    journal.append(_failed(row, finding, run))
                    queued += 1
    return queued, aside, busy


@contextlib.contextmanager
def _claims(
    workspace: Workspace, findings: Sequence[Finding]
) -> Iterator[list[tuple[Finding, bool]]]:
    """Each finding, and whether its picture is ours to touch."""
    with contextlib.ExitStack() as stack:
        places = [workspace.stylized / f"{one.fingerprint}.png" for one in findings]
        claims = [stack.enter_context(claimed(place, workspace.mirror)) for place in places]
        yield list(zip(findings, claims, strict=True))


def _still_broken(
    workspace: Workspace, fingerprints: Sequence[str]
) -> Iterator[tuple[dict[str, Any], Finding]]:
    """The rows as they are now, of those pictures that are not as their rows say."""
    frame = Manifest(workspace).rows()
    chosen = frame[frame["fingerprint"].isin(set(fingerprints))]
    expected = expected_pictures(history_of(chosen))
    for row in _plain(chosen):
        wanted: Expected | None = expected.get(row["fingerprint"])
        finding = look(workspace, wanted) if wanted else None
        if finding and finding.kind in ("missing", "damaged"):
            yield row, finding


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    values = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in values.to_dict("records")]


def _failed(row: Mapping[str, Any], finding: Finding, run: str) -> dict[str, Any]:
    """The row of a picture that was lost; later than it was, also where the clock went back."""
    why = f"verify found it {finding.kind}: {finding.problem}"
    return dict(row) | {
        "status": "failed",
        "output": "",
        "output_sha256": "",
        "flow_run": run,
        "created_at": now(time_ns(row["created_at"])),
        "error": f"{why}; a run of its recipe paints it again.",
    }


def _make_room(workspace: Workspace, photos: Sequence[Finding]) -> int:
    """Set damaged photos aside; whoever scrapes next sees that they are gone. How many."""
    aside = 0
    for finding in photos:
        expected = Expected(finding.file, Path(finding.file).stem)
        seen = look(workspace, expected)
        if seen and seen.kind == "damaged":
            aside += _set_aside(workspace, finding.file)
    return aside


def _set_aside(workspace: Workspace, name: str) -> bool:
    """Rename a damaged file, never over another; False where it went meanwhile."""
    if workspace.mirror:
        return workspace.mirror.set_aside(name, ASIDE)
    path = workspace.root / name
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside_of(path))
        sync_folder(path.parent)
        return True
    return False
