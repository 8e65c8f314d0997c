"""`atelier styles`: the style images of a workspace, and adding to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json, WorkspaceFolder

__all__ = ["add", "app", "styles"]

_DATA = Path("data")

app = typer.Typer(
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
    found = Workspace(workspace).style_files()
    if as_json:
        emit_json(
            [
                {"name": s.name, "path": str(s.path), "sha256": s.sha256}
                | {"title": s.title, "licence": s.licence, "attribution": s.attribution}
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


@app.command()
def add(
    context: typer.Context,
    places: Annotated[list[str], typer.Argument(metavar="FILE|URL…", help="Pictures.")],
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", metavar="DIR", help="The workspace.")
    ] = None,
    title: Annotated[str, typer.Option(help="What the picture is called.")] = "",
    licence: Annotated[str, typer.Option(help="What its licence is.")] = "",
    attribution: Annotated[str, typer.Option(help="Whom to credit.")] = "",
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Allow addresses on this machine or network."),
    ] = False,
) -> None:
    """Add style images from files or web addresses, after a full decode."""
    from flows.cli.console import say
    from flows.style_images import add_style
    from flows.workspace import Workspace

    made = Workspace(workspace or context.obj or _DATA).create()
    for place in places:
        name, data = _read(place, allow_private)
        style = add_style(
            made.styles, name, data, title=title, licence=licence, attribution=attribution
        )
        say(f"added {style.name}")


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
        raise StyleError(f"The style {place} cannot be read ({why}); check the path.") from error


def _download(url: str, allow_private: bool) -> tuple[str, bytes]:
    from urllib.parse import unquote, urlsplit

    from scraping import Session, WebSource

    scope = WebSource(url, allow_private=allow_private).scope
    with Session() as session:
        fetched = session.fetch(url, scope)
    return Path(unquote(urlsplit(url).path)).stem or "style", fetched.body
