"""The application: every command, in the order of its help."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from flows.cli import (
    about,
    care,
    collections,
    crediting,
    inspect,
    picture,
    plots,
    runs,
    serving,
    sources,
    studio,
    styles,
)
from flows.cli.optional_value import StylizeCommand
from flows.cli.plain_help import PlainCommand, PlainGroup

__all__ = ["app", "atelier"]

app = typer.Typer(
    cls=PlainGroup,
    help="Turn web pages into stylized collections: scrape photos, paint every photo in every "
    "style with VGG19, keep a manifest of every picture.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)

_PAINT = "To begin with"
_COLLECT = "Collections"
_LOOK = "What there is, and how it came about"
_CARE = "Care"
_KNOW = "What to paint with"

command = partial(app.command, cls=PlainCommand)
command(rich_help_panel=_PAINT)(collections.demo)
app.command(cls=StylizeCommand, rich_help_panel=_PAINT)(picture.stylize)
command(rich_help_panel=_PAINT)(studio.studio)
command(rich_help_panel=_COLLECT)(sources.scrape)
command(rich_help_panel=_COLLECT)(collections.plan)
command(rich_help_panel=_COLLECT)(collections.build)
command(rich_help_panel=_COLLECT)(collections.restyle)
command(rich_help_panel=_COLLECT)(serving.serve)
command(rich_help_panel=_LOOK)(inspect.manifest)
command(rich_help_panel=_LOOK)(inspect.gallery)
command(rich_help_panel=_LOOK)(runs.runs)
command(rich_help_panel=_LOOK)(crediting.credits)
command(rich_help_panel=_LOOK)(plots.plot)
command(rich_help_panel=_CARE)(care.verify)
command(rich_help_panel=_CARE)(care.prune)
app.add_typer(styles.app, rich_help_panel=_KNOW)
command(rich_help_panel=_KNOW)(about.presets)
command(rich_help_panel=_KNOW)(about.weights)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"atelier {version('atelier')}")
        raise typer.Exit


@app.callback(
    epilog="Exit status: 0 everything planned exists, 3 some failed, 1 none succeeded or the run "
    "broke, 2 wrong usage, 130 and 143 stopped by Ctrl-C or SIGTERM."
)
def atelier(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Turn web pages into stylized collections."""
