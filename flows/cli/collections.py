"""`atelier demo`, `build`, `restyle` and `plan`: whole collections."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import options
from flows.cli.exits import BROKEN, DONE, PARTIAL

if TYPE_CHECKING:
    from flows.config import Collection
    from flows.order import Order
    from flows.selection import Selection
    from flows.survey import Survey

__all__ = ["build", "demo", "plan", "restyle"]

_DATA = "data"
_DEMO = (
    "A small site on this machine has four photos, and some of the web's troubles on purpose: "
    "what is broken, tiny, missing or closed to robots is left out."
)
_NEXT = "Next, a photo of yours: atelier stylize PHOTO mosaic -o painted.png --weights cifar10"
CollectionFile = Annotated[
    Path,
    typer.Argument(
        metavar="COLLECTION.toml", help="The file that names photos, styles and recipe."
    ),
]


def demo(workspace: options.WorkspaceFolder = _DATA, as_json: options.Json = False) -> int:
    """Build the demo collection: four photos of a small site on this machine, in three styles."""
    import tomllib

    from flows.cli.console import console, say
    from flows.config import make_collection
    from flows.demo.collection import collection_text
    from flows.demo.site import serve_demo_site
    from flows.selection import Selection

    if not as_json:
        console(stderr=True).print(_DEMO, style="dim")
    with serve_demo_site() as url:
        given = tomllib.loads(collection_text(url))
        given["workspace"] = workspace
        status = _build(make_collection(given, Path.cwd()), Selection(), as_json)
    if status == DONE and not as_json:
        say(_NEXT, "dim")
    return status


def build(
    collection: CollectionFile,
    environment: options.Environment = "",
    dask: options.Dask = "",
    only: options.Only = None,
    force: options.Force = False,
    refresh: options.Refresh = False,
    retry_failed: options.RetryFailed = False,
    replace: options.Replace = False,
    as_json: options.Json = False,
) -> int:
    """Scrape the sources of a collection, paint every photo in every style, build the gallery.

    Whatever exists is left alone: run it again after adding photos or styles, or after a stop.
    """
    from flows.config import load_collection
    from flows.selection import Selection

    selection = Selection(force, refresh, only, retry_failed, replace)
    config = load_collection(collection, environment)
    config = config.model_copy(update={"run": config.run.through(dask)})
    return _build(config, selection, as_json)


def restyle(
    style: Annotated[str, typer.Argument(metavar="STYLE", help="A style's name, or a file.")],
    workspace: options.WorkspaceFolder = _DATA,
    preset: options.Preset = "default",
    size: options.Size = None,
    strength: options.Strength = None,
    weights: options.Weights = "imagenet",
    seed: options.Seed = None,
    settings: options.Setting = None,
    dask: options.Dask = "",
    only: options.Only = None,
    force: options.Force = False,
    refresh: options.Refresh = False,
    retry_failed: options.RetryFailed = False,
    replace: options.Replace = False,
    as_json: options.Json = False,
) -> int:
    """Paint every photo of a workspace in one style.

    The recipe is that of these options: no collection file is read. Another recipe makes new
    pictures beside the old ones; with --replace it retires those.
    """
    from flows.cli.running import run_flow
    from flows.config import RunChoice
    from flows.lanes import address_of
    from flows.order import order
    from flows.place import anchored
    from flows.restyle import Restyle
    from flows.selection import Selection
    from flows.survey import survey
    from flows.workspace import Workspace

    selection = Selection(force, refresh, only, retry_failed, replace)
    recipe = options.recipe_choice(preset, weights, size, strength, seed, settings)
    base = Path.cwd()
    given = anchored(workspace, base)
    what = order(Workspace.at(given).check(), recipe, [style], base, selection, adopt=False)
    found = survey(what, None)
    if found.idle:
        return _nothing_to_do(f"restyle {style}", what, found, as_json)
    run = RunChoice().through(dask)
    address_of(run)
    config = Restyle(style=style, workspace=given, base=base, recipe=recipe, run=run)
    return run_flow("restyle", as_json, config=config, **asdict(selection))


def plan(
    collection: CollectionFile,
    environment: options.Environment = "",
    only: options.Only = None,
    force: options.Force = False,
    refresh: options.Refresh = False,
    retry_failed: options.RetryFailed = False,
    replace: options.Replace = False,
    as_json: options.Json = False,
) -> int:
    """Show what `build` with the same options would do and why, and how long; change nothing."""
    from flows.cli.console import emit_json
    from flows.cli.planned import as_plain, show
    from flows.config import load_collection
    from flows.selection import Selection
    from flows.survey import survey
    from flows.workspace import Workspace

    selection = Selection(force, refresh, only, retry_failed, replace)
    config = load_collection(collection, environment)
    Workspace.at(config.workspace).pull()
    what = _order(config, selection, adopt=False)
    found = survey(what, [entry.source() for entry in config.sources])
    if as_json:
        emit_json(as_plain(found))
    else:
        show(config.name, found)
    if not found.trouble:
        return DONE
    return PARTIAL if found.photos or found.to_fetch else BROKEN


def _build(config: Collection, selection: Selection, as_json: bool) -> int:
    from flows.cli.running import run_flow
    from flows.lanes import address_of
    from flows.survey import survey
    from flows.workspace import Workspace

    address_of(config.run)
    Workspace.at(config.workspace).create()
    what = _order(config, selection, adopt=True)
    found = survey(what, [entry.source() for entry in config.sources])
    if found.idle:
        return _nothing_to_do(config.name, what, found, as_json)
    return run_flow("build_collection", as_json, config=config, **asdict(selection))


def _order(config: Collection, selection: Selection, adopt: bool) -> Order:
    from flows.order import order
    from flows.workspace import Workspace

    workspace = Workspace.at(config.workspace)
    return order(workspace, config.recipe, config.styles, config.base, selection, adopt=adopt)


def _nothing_to_do(name: str, what: Order, found: Survey, as_json: bool) -> int:
    """Say so, and where everything lies; the pages are made where they show less."""
    from flows.cli.console import complain, emit_json
    from flows.cli.summary import summarise_idle
    from flows.stages import is_published, publish, recover

    workspace = what.workspace
    for note in recover(workspace).notes:
        complain(note)
    page = workspace.gallery / "index.html"
    if not is_published(workspace):
        publish(workspace)
    manifest, gallery = workspace.address(workspace.manifest_csv), workspace.address(page)
    for sentence in found.trouble:
        complain(sentence)
    if as_json:
        places = {"manifest": str(manifest), "gallery": str(gallery)}
        counts = {"pictures": found.plan.done, "left_out": found.plan.left_out}
        emit_json({**counts, "errors": found.trouble, **places})
    elif found.plan.done or not found.trouble:
        summarise_idle(name, found.plan, manifest, gallery)
    if not found.trouble:
        return DONE
    return PARTIAL if found.plan.done else BROKEN
