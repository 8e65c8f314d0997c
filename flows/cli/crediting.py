"""`atelier credits`: whose work the pictures rest on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flows.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from gallery import Credits

__all__ = ["credits"]

_DATA = "data"


def credits(  # noqa: A001 - what it hides is a word of Python's prompt, and no module's
    workspace: WorkspaceFolder = _DATA, as_json: Json = False
) -> None:
    """Say whose photos and styles the pictures were made of, and what their licences ask for.

    Writes CREDITS.md, and credits.html into the gallery.
    """
    from flows.cli.console import emit_json, place, say
    from flows.manifest import read_manifest
    from flows.stages import publish
    from flows.workspace import Workspace
    from gallery import write_credits

    where = Workspace.at(workspace).check()
    published = publish(where)
    rows = read_manifest(published.manifest)
    found = write_credits(rows, published.credits, title=published.title)
    file = where.address(published.credits)
    if as_json:
        emit_json({"file": str(file), **asdict(found)})
        return
    _show(found)
    say(f"\n  credits   {place(file)}")
    say(f"  page      {place(where.address(published.gallery.with_name('credits.html')))}")


def _show(found: Credits) -> None:
    from flows.cli.console import say, table

    if not found.pictures:
        say("No picture is painted yet.")
        return
    works = [("photo", work) for work in found.photos]
    works += [("style", work) for work in found.styles]
    works += [("", work) for work in found.unknown]
    rows = [
        (kind, work.title, work.maker, work.licence or "unknown", work.pictures)
        for kind, work in works
    ]
    table(("", "title", "maker", "licence", "pictures"), rows, right=("pictures",))
    for duty in found.duties:
        say(f"\n{duty}")
    for shared in found.shared:
        count = len(shared.pictures)
        say(f"  {shared.licence}: {count} {'picture' if count == 1 else 'pictures'}")
