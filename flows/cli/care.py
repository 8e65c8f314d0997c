"""`atelier verify` and `atelier prune`: whether a workspace is whole, and what it may lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import Json, WorkspaceFolder
from flows.words import many, storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.mending import Mended
    from flows.prune import Pruned
    from flows.verify import Finding, Verified
    from flows.workspace import Workspace

__all__ = ["prune", "verify"]

_DATA = "data"
_LINES = 40
_NAMES = 3


def verify(
    workspace: WorkspaceFolder = _DATA,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Trust a picture's time, and that a photo is there."),
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Set damaged files aside, adopt and re-queue pictures."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Check that every file is what the tables say, by its hash; without --repair change nothing.

    Exit status 3 where something is wrong; with --repair, where something is left to you.
    """
    from flows.cli.console import console
    from flows.cli.exits import DONE, PARTIAL
    from flows.mending import mend
    from flows.progress import console_progress
    from flows.verify import verify
    from flows.workspace import Workspace

    place = Workspace.at(workspace).check()
    with console_progress(console(stderr=True)) as progress:
        found = verify(place, quick=quick, progress=progress)
    mended = mend(place, found) if repair and found.findings else None
    if as_json:
        _emit_verified(place, found, mended)
    else:
        _show_verified(place, found, mended)
    wrong = found.findings if mended is None else mended.left
    return PARTIAL if wrong else DONE


def prune(
    workspace: WorkspaceFolder = _DATA,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete, instead of counting.")] = False,
    as_json: Json = False,
) -> int:
    """Show what nothing refers to any more, by kind and size; delete it with --yes.

    Prepared photos are a cache: what is needed again is made again. Reports of runs are kept.
    """
    from flows.cli.console import console
    from flows.cli.exits import DONE, PARTIAL
    from flows.progress import console_progress
    from flows.prune import prune
    from flows.workspace import Workspace

    place = Workspace.at(workspace).check()
    with console_progress(console(stderr=True)) as progress:
        pruned = prune(place, delete=yes, progress=progress)
    if as_json:
        _emit_pruned(place, pruned)
    else:
        _show_pruned(place, pruned)
    return PARTIAL if pruned.left else DONE


def _emit_verified(where: Workspace, found: Verified, mended: Mended | None) -> None:
    from dataclasses import asdict

    from flows.cli.console import emit_json

    emit_json(
        {
            "workspace": str(where.url or where.root),
            "pictures": found.pictures,
            "photos": found.photos,
            "styles": found.styles,
            "counts": found.counts,
            "findings": [asdict(finding) for finding in found.findings],
            "repair": asdict(mended) if mended else None,
        }
    )


def _show_verified(where: Workspace, found: Verified, mended: Mended | None) -> None:
    from flows.cli.console import place, say

    parts = {"picture": found.pictures, "photo": found.photos, "style": found.styles}
    looked = ", ".join(many(count, thing) for thing, count in parts.items())
    if not found.findings:
        say(f"{place(where.url or where.root)}: {looked}, all as recorded", "bold")
        return
    _show_findings(found.findings)
    counts = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
    say(f"{place(where.url or where.root)}: {counts} among {looked}", "bold")
    if mended is None:
        can = any(finding.mendable for finding in found.findings)
        how = "; the same with --repair puts right what it can" if can else ""
        say(f"Nothing was changed{how}.", "dim")
        return
    for count, words in (
        (mended.adopted, "finished pictures have their row now"),
        (mended.queued, "pictures have a failed row; a run of their recipe paints them again"),
        (mended.to_fetch, "photos are fetched by the next scrape or build"),
        (mended.aside, "damaged files set aside (.changed), until they are replaced and pruned"),
        (len(mended.left), "left to you, as the table says"),
    ):
        if count:
            say(f"  {count:>5}  {words}")


def _show_findings(findings: Sequence[Finding]) -> None:
    from flows.cli.console import say, table

    rows = [(one.kind, one.file, one.remedy) for one in findings[:_LINES]]
    table(("finding", "file", "what to do"), rows, shares={"file": 0.4})
    more = len(findings) - _LINES
    say(f"… and {more} more; all of them: atelier verify --json\n" if more > 0 else "")


def _emit_pruned(where: Workspace, pruned: Pruned) -> None:
    from flows.cli.console import emit_json
    from flows.debris import KINDS

    kinds: dict[str, Any] = {}
    for kind, words in KINDS.items():
        of_kind = [one for one in pruned.found if one.kind == kind]
        kinds[kind] = {
            "what": words,
            "files": len(of_kind),
            "bytes": sum(one.size for one in of_kind),
            "names": [one.file for one in of_kind],
        }
    emit_json(
        {
            "workspace": str(where.url or where.root),
            "deleted": pruned.deleted,
            "files": len(pruned.gone),
            "bytes": sum(one.size for one in pruned.gone),
            "kinds": kinds,
            "left": pruned.left,
        }
    )


def _show_pruned(where: Workspace, pruned: Pruned) -> None:
    from flows.cli.console import complain, place, say, table
    from flows.debris import KINDS

    if not pruned.found:
        say(f"{place(where.url or where.root)}: nothing to prune", "bold")
        return
    rows = []
    for kind, words in KINDS.items():
        of_kind = [one for one in pruned.found if one.kind == kind]
        if of_kind:
            size = storage(sum(one.size for one in of_kind))
            rows.append((words, str(len(of_kind)), size, of_kind[0].file))
            rows += [("", "", "", one.file) for one in of_kind[1:_NAMES]]
    table(("what", "files", "size", "first of them"), rows, right=("files", "size"))
    went = f"{many(len(pruned.gone), 'file')}, {storage(sum(one.size for one in pruned.gone))}"
    say("")
    say(
        f"{place(where.url or where.root)}: {went} {'deleted' if pruned.deleted else 'can go'}",
        "bold",
    )
    if not pruned.deleted:
        say("Nothing was deleted; the same with --yes deletes them.", "dim")
    for name, why in list(pruned.left.items())[:_LINES]:
        complain(f"  {name} was left: {why}")
