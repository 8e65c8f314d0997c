"""`atelier styles`: the style images of a workspace, and adding to them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json, WorkspaceFolder
from flows.cli.plain_help import PlainCommand, PlainGroup

__all__ = ["add", "app", "styles"]

_DATA = "data"

app = typer.Typer(
    cls=PlainGroup,
    name="styles",
    help="List the styles of a workspace, or add to them.",
    invoke_without_command=True,
    no_args_is_help=False,
)


@app.callback()
def styles(
    context: typer.Context, workspace: WorkspaceFolder = _DATA, as_json: Json = False
) -> None:
    """List the styles of a workspace; of the package where there is none yet."""
    from flows.cli.console import emit_json, say, table
    from flows.workspace import Workspace

    if context.invoked_subcommand:
        context.obj = workspace
        return
    found = Workspace.at(workspace).pull().style_files()
    if as_json:
        emit_json(
            [
                {"name": s.name, "path": str(s.path), "sha256": s.sha256}
                | {"title": s.title, "licence": s.licence, "attribution": s.attribution}
                | {"creator": s.creator, "licence_url": s.licence_url}
                | {"landing_url": s.landing_url}
                for s in found
            ]
        )
        return
    table(
        ("style", "title", "licence", "attribution"),
        ((s.name, s.title, s.licence, s.attribution) for s in found),
    )
    if not found:
        say("There are no styles here; add some with: atelier styles add FILE")


@app.command(cls=PlainCommand)
def add(
    context: typer.Context,
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|URL|MUSEUM…",
            help="Pictures, their web addresses, or a museum: artic, cleveland, met, rijksmuseum.",
        ),
    ],
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", metavar="DIR", help="The workspace.")
    ] = None,
    query: Annotated[
        str, typer.Option("--query", "-q", metavar="TEXT", help="What to look for in a museum.")
    ] = "",
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=100, help="Paintings of each museum.")
    ] = 3,
    title: Annotated[str, typer.Option(metavar="TEXT", help="What the picture is called.")] = "",
    licence: Annotated[str, typer.Option(metavar="TEXT", help="What its licence is.")] = "",
    attribution: Annotated[str, typer.Option(metavar="TEXT", help="Whom to credit.")] = "",
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Allow addresses on this machine or network."),
    ] = False,
) -> int:
    """Add style images from files, web addresses or museums, after a full decode.

    A museum gives paintings in the public domain, with their titles, artists and licences.
    """
    from flows.cli.exits import DONE
    from flows.workspace import Workspace

    museums = [place for place in places if _is_collection(place)]
    said = {"title": title, "licence": licence, "attribution": attribution}
    _check_options(museums, places, query, said)
    made = Workspace.at(workspace or context.obj or _DATA).create()
    statuses = [
        _add_paintings(made.styles, place, query, limit)
        if place in museums
        else _add_picture(made.styles, place, allow_private, said)
        for place in places
    ]
    made.save_styles()
    return max(statuses, default=DONE)


def _is_collection(place: str) -> bool:
    """Tell whether `place` names an open collection; a file of that name comes first."""
    if "/" in place or "." in place or Path(place).exists():
        return False
    from scraping.collections import COLLECTIONS

    return place in COLLECTIONS


def _check_options(
    museums: list[str], places: list[str], query: str, said: Mapping[str, str]
) -> None:
    given = [f"--{name}" for name, value in said.items() if value]
    if museums and given:
        raise typer.BadParameter(
            f"{museums[0]} says itself what its pictures are; leave out {' and '.join(given)}"
        )
    if query and len(museums) < len(places):
        other = next(place for place in places if place not in museums)
        raise typer.BadParameter(f"--query is for museums, and {other!r} is none")


def _add_picture(folder: Path, place: str, allow_private: bool, said: Mapping[str, str]) -> int:
    from flows.cli.console import say
    from flows.cli.exits import DONE
    from flows.style_images import add_style

    name, data = _read(place, allow_private)
    say(f"added {add_style(folder, name, data, **said).name}")
    return DONE


def _add_paintings(folder: Path, museum: str, query: str, limit: int) -> int:
    """Add, and show what was added; a painting that could not be had is a line below."""
    from flows.cli.console import console, say, table
    from flows.cli.exits import BROKEN, DONE
    from flows.collected_styles import add_collected, style_source
    from flows.progress import console_progress
    from scraping import Session

    source = style_source(museum, query, limit)
    with console_progress(console(stderr=True)) as progress, Session() as session:
        additions = add_collected(folder, source, session, progress)
    kept = [(addition.outcome, addition.style) for addition in additions if addition.style]
    if kept:
        table(
            ("style", "title", "artist", "licence", ""),
            ((s.name, s.title, s.creator, s.licence, outcome) for outcome, s in kept),
        )
    for addition in additions:
        if addition.style is None:
            say(f"  left out  {addition.outcome}: {addition.detail}", "dim")
    if any(addition.outcome == "blocked" for addition in additions):
        say(f"{museum} keeps programs from its pictures now; try another museum.")
    return DONE if kept else BROKEN


def _read(place: str, allow_private: bool) -> tuple[str, bytes]:
    """Return a name for the picture, and its bytes."""
    from flows.errors import StyleError

    if place.startswith(("http://", "https://")):
        return _download(place, allow_private)
    path = Path(place).expanduser()
    try:
        return path.stem, path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise StyleError(
            f"The style {place} cannot be read ({why}); check the path, or name a museum: "
            "artic, cleveland, met or rijksmuseum."
        ) from error


def _download(url: str, allow_private: bool) -> tuple[str, bytes]:
    from urllib.parse import unquote, urlsplit

    from scraping import Session, WebSource

    scope = WebSource(url, allow_private=allow_private).scope
    with Session() as session:
        fetched = session.fetch(url, scope)
    return Path(unquote(urlsplit(url).path)).stem or "style", fetched.body
