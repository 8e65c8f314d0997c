"""What a run does first: put right what a killed one left behind."""

from __future__ import annotations

from dataclasses import dataclass

from flows.history import history_of
from flows.journal import open_journal
from flows.manifest import Manifest
from flows.outputs import adoptable
from flows.workspace import Workspace

__all__ = ["Recovered", "recover"]


@dataclass(frozen=True)
class Recovered:
    """How many temporary files were swept away, and finished pictures given their row."""

    swept: int
    adopted: int


def recover(workspace: Workspace, run: str = "recover") -> Recovered:
    """Sweep temporary files of dead processes, adopt finished pictures without a row, compact."""
    swept = workspace.sweep()
    manifest = Manifest(workspace)
    if workspace.mirror:
        from flows.remote.leases import sweep_claims
        from flows.remote.pictures import upload_leftovers

        swept += sweep_claims(workspace.mirror)
        upload_leftovers(workspace.mirror)
    rows = adoptable(workspace, history_of(manifest.rows()))
    with open_journal(workspace, run) as journal:
        for row in rows:
            journal.append(row)
    manifest.compact()
    return Recovered(swept=swept, adopted=len(rows))
