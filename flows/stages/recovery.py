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
    """How many temporary files were swept away, and finished pictures given their row.

    `notes` holds a sentence for what a person should know of the manifest that was found.
    """

    swept: int
    adopted: int
    notes: tuple[str, ...] = ()


def recover(workspace: Workspace, run: str = "recover") -> Recovered:
    """Put right what killed runs, editors and accidents left behind.

    Temporary files of dead processes go, finished pictures without a row get it, the manifest
    becomes what Atelier writes, and reports of runs that are gone say so.
    """
    from flows.living import close_broken_off

    swept = workspace.sweep()
    manifest = Manifest(workspace)
    if workspace.mirror:
        from flows.remote.leases import sweep_claims
        from flows.remote.pictures import upload_leftovers

        swept += sweep_claims(workspace.mirror)
        upload_leftovers(workspace.mirror)
    found = manifest.read()
    rows = adoptable(workspace, history_of(manifest.rows(found)))
    with open_journal(workspace, run) as journal:
        for row in rows:
            journal.append(row)
    manifest.compact(anew=not found.tidy)
    close_broken_off(workspace)
    return Recovered(swept=swept, adopted=len(rows), notes=tuple(manifest.notes))
