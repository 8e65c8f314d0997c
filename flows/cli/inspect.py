"""`atelier manifest` and `atelier gallery`: what was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import Json, WorkspaceFolder
from flows.words import many, storage

if TYPE_CHECKING:
    import pandas as pd

    from flows.views import View
    from flows.workspace import Workspace

__all__ = ["gallery", "manifest"]

_DATA = "data"
_SHOWN = (
    "title",
    "style",
    "status",
    "width",
    "height",
    "content_loss",
    "style_loss",
    "seconds",
)
_HEADS = {"title": "photo"}

Where = Annotated[
    str, typer.Option(metavar="EXPR", help='Such as "style = mosaic and seconds > 10".')
]
Summary = Annotated[bool, typer.Option("--summary", help="Counts instead of rows.")]
By = Annotated[
    str,
    typer.Option(
        metavar="COLUMN", help="Sum up by style, source, preset, status, day, device or another."
    ),
]
Compare = Annotated[
    str,
    typer.Option(
        metavar="COLUMN",
        help="Set groups against each other: losses and seconds, quartiles, ratio to the first.",
    ),
]
Sort = Annotated[
    str, typer.Option(metavar="COLUMN", help="Order of the table; -COLUMN: largest first.")
]
Columns = Annotated[str, typer.Option(metavar="A,B,C", help="The columns to show or export.")]
Limit = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="The first N lines of the table.")
]
Export = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the table: .parquet, .csv or .json.")
]
Plot = Annotated[
    Path | None,
    typer.Option(metavar="FILE.png", help="Draw the losses over time, or by group with --by."),
]


def manifest(
    workspace: WorkspaceFolder = _DATA,
    where: Where = "",
    summary: Summary = False,
    by: By = "",
    compare: Compare = "",
    sort: Sort = "",
    columns: Columns = "",
    limit: Limit = None,
    export: Export = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Show the manifest: a row for every picture, or what the rows say together.

    A condition is: column operator value. Operators are = != < <= > >= and ~ (contains);
    conditions are joined by "and". Beside the manifest's columns there are source, day,
    total_loss and bytes to show, sort and group by.
    """
    from flows.manifest import Manifest
    from flows.views import View
    from flows.where import parse_where, select
    from flows.workspace import Workspace

    chosen = tuple(name.strip() for name in columns.split(",") if name.strip())
    view = View(by.strip(), compare.strip(), sort.strip(), chosen, limit)
    _check(view, export, plot)
    if where:
        parse_where(where)
    place = Workspace.at(workspace).check()
    rows = Manifest(place).rows()
    rows = select(rows, where) if where else rows
    if summary and not view.group and not export and not plot:
        _summarise(rows, as_json)
        return
    rows = view.enrich(rows, place, plotted=plot is not None)
    if export or plot:
        _write(rows, view, export, plot, as_json)
    else:
        _show(view.table(rows), view, place, as_json)


def gallery(workspace: WorkspaceFolder = _DATA, as_json: Json = False) -> None:
    """Build the gallery's pages from the manifest."""
    from flows.cli.console import emit_json, place, say
    from flows.stages import publish
    from flows.workspace import Workspace

    where = Workspace.at(workspace).check()
    published = publish(where)
    page = where.address(published.gallery)
    if as_json:
        emit_json({"gallery": str(page), "pictures": published.pictures})
    else:
        say(f"{many(published.pictures, 'picture')}: {place(page)}")


def _check(view: View, export: Path | None, plot: Path | None) -> None:
    """Find out before anything is read what cannot be had."""
    from flows.export import check_export
    from flows.manifest_plot import check_manifest_plot

    try:
        view.check()
        if export:
            check_export(export)
        if plot:
            check_manifest_plot(plot)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _write(
    rows: pd.DataFrame, view: View, export: Path | None, plot: Path | None, as_json: bool
) -> None:
    from flows.cli.console import emit_json, place, say
    from flows.export import export as write
    from flows.manifest_plot import plot_manifest

    told: dict[str, Any] = {}
    lines = []
    if export:
        table = view.table(rows)
        write(table, export)
        told |= {"export": str(export), "rows": len(table)}
        lines.append(f"{place(export)}: {many(len(table), 'row')}")
    if plot:
        pictures = plot_manifest(plot, rows, view.group)
        told |= {"plot": str(plot), "pictures": pictures}
        lines.append(f"{place(plot)}: the losses of {many(pictures, 'picture')}")
    if as_json:
        emit_json(told)
        return
    for line in lines:
        say(line, "bold")


def _show(frame: pd.DataFrame, view: View, workspace: Workspace, as_json: bool) -> None:
    from flows.cli.console import emit_json, place, say, table
    from flows.export import records

    if as_json:
        emit_json(records(frame))
        return
    shown = frame if view.group or view.columns else frame.loc[:, list(_SHOWN)]
    names = [str(name) for name in shown.columns]
    if len(shown):
        heads = [_HEADS.get(name, name.replace("_", " ")) for name in names]
        types = (shown.iloc[:, place].dtype.kind for place in range(len(names)))
        right = [head for head, kind in zip(heads, types, strict=True) if kind in "iuf"]
        rows = shown.itertuples(index=False)
        kinds = ["group" if name == view.by else name for name in names]
        cells = ([_cell(*pair) for pair in zip(kinds, row, strict=True)] for row in rows)
        table(heads, cells, right=right)
    what = many(len(shown), "group" if view.by else "row")
    csv = place(workspace.address(workspace.manifest_csv))
    rest = "" if view.group else f"; all columns: {csv}"
    say(f"{what}{rest}", "dim")


def _summarise(rows: pd.DataFrame, as_json: bool) -> None:
    from flows.cli.console import emit_json, say, table
    from flows.progress import duration

    counts = rows.groupby(["style", "status"]).size()
    if as_json:
        emit_json(
            {
                "rows": len(rows),
                "status": rows["status"].value_counts().to_dict(),
                "style": rows["style"].value_counts().to_dict(),
                "preset": rows["preset"].value_counts().to_dict(),
                "weights": rows["weights"].value_counts().to_dict(),
                "seconds": float(rows["seconds"].sum()),
            }
        )
        return
    lines = ((*key, count) for key, count in counts.items() if isinstance(key, tuple))
    table(("style", "status", "pictures"), lines, right=("pictures",))
    photos = rows["content_sha256"].nunique()
    say(
        f"{many(len(rows), 'row')} of {many(photos, 'photo')}, "
        f"{duration(rows['seconds'].sum())} of painting",
        "dim",
    )


def _cell(name: str, value: Any) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    if name == "group" and value == "":
        return "(none)"
    if name == "bytes":
        return storage(value)
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)
