"""`atelier studio`: the page to paint on."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.exits import DONE, EndedError
from flows.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from flows.workspace import Workspace

__all__ = ["studio"]

_CLOSED = "The studio is closed. What was saved is in the collection; other pictures are gone."
_PASSWORD = "ATELIER_STUDIO_PASSWORD"  # noqa: S105 - the variable's name


def studio(
    workspace: WorkspaceFolder = "data",
    weights: Annotated[
        str,
        typer.Option(metavar="W", help="imagenet, cifar10 or a file; else what was used last."),
    ] = "",
    host: Annotated[
        str, typer.Option(metavar="H", help="Where to listen; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=65535, help="The port; the first free from 7860 on."),
    ] = None,
    user: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=f"Ask for this name and a password: that in {_PASSWORD}, else one typed now.",
        ),
    ] = "",
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the page in a browser.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Open a page to paint on: photos by upload or webcam, a live preview, the collection.

    It serves until Ctrl-C. Several people may use it at once; one picture is painted at a time.
    """
    from flows.cli.console import emit_json, say
    from flows.desk import StudioDesk
    from studio.serving import Access, serving

    access = Access(host, port, user or "atelier", _password(user)).check()
    desk = StudioDesk(_folder(workspace).create(), weights)
    known = desk.weights()
    if not as_json:
        say("Starting the studio …", "dim")
    with serving(desk, access, browser=not no_browser) as url:
        if as_json:
            emit_json({"url": url, "workspace": str(workspace), "weights": known.first})
        else:
            say(f"The studio is open at {url} until Ctrl-C.", "bold")
            if access.password:
                say(f"  It asks for the name {access.user} and the password.", "dim")
            if known.note:
                say(f"  {known.note}", "dim")
        sys.stdout.flush()
        # A wait without end would not let Ctrl-C through everywhere.
        never = threading.Event()
        try:
            while not never.wait(3600):
                pass
        except KeyboardInterrupt:
            raise EndedError(_CLOSED) from None
    return DONE


def _folder(place: str) -> Workspace:
    """The workspace in a folder. Raises `WorkspaceError` for the address of a store."""
    from flows.errors import WorkspaceError
    from flows.workspace import Workspace

    opened = Workspace.at(place)
    if opened.url:
        raise WorkspaceError(
            f"The studio works in a folder, and {opened.url} is a store; name a folder with "
            "--workspace."
        )
    return opened


def _password(user: str) -> str:
    """The password in the environment; where a user is named and there is none, one that is typed.

    Never one of the command line: others on this machine could read it there.
    """
    given = os.environ.get(_PASSWORD, "")
    if given or not user:
        return given
    return str(typer.prompt(f"Password for {user}", hide_input=True, confirmation_prompt=True))
