"""The application: every command, in the order of its help."""

from __future__ import annotations

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

__all__ = ["app", "atelier"]

app = typer.Typer(
    help="Turn web pages into stylized collections: scrape photos, paint every photo in every "
    "style with VGG19, keep a manifest of every picture.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)

app.command()(collections.demo)
app.command(cls=StylizeCommand)(picture.stylize)
app.command()(sources.scrape)
app.command()(collections.build)
app.command()(collections.restyle)
app.command()(serving.serve)
app.add_typer(styles.app)
app.command()(collections.plan)
app.command()(inspect.manifest)
app.command()(inspect.gallery)
app.command()(runs.runs)
app.command()(care.verify)
app.command()(care.prune)
app.command()(crediting.credits)
app.command()(plots.plot)
app.command()(studio.studio)
app.command()(about.presets)
app.command()(about.weights)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"atelier {version('atelier')}")
        raise typer.Exit


@app.callback(
    epilog="Exit status: 0 everything planned exists, 3 some failed, 1 none succeeded or the run "
    "broke, 2 wrong usage, 130 stopped with Ctrl-C."
)
def atelier(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Turn web pages into stylized collections."""
