"""`atelier manifest` and `atelier gallery`: what was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["gallery", "manifest"]

_DATA = Path("data")
_SHOWN = {
    "title": "photo",
    "style": "style",
    "status": "status",
    "width": "width",
    "height": "height",
    "content_loss": "content loss",
    "style_loss": "style loss",
    "seconds": "seconds",
}
_NUMBERS = ("width", "height", "content loss", "style loss", "seconds")


def manifest(
    workspace: WorkspaceFolder = _DATA,
    where: Annotated[
        str,
        typer.Option(metavar="EXPR", help='Such as "style = mosaic and seconds > 10".'),
    ] = "",
    summary: Annotated[bool, typer.Option("--summary", help="Counts instead of rows.")] = False,
    as_json: Json = False,
) -> None:
    """Show the manifest: a row for every picture.

    A condition is: column operator value. Operators are = != < <= > >= and ~ (contains);
    conditions are joined by "and".
    """
    from flows.manifest import Manifest
    from flows.where import parse_where, select
    from flows.workspace import Workspace

    if where:
        parse_where(where)
    place = Workspace(workspace).check()
    rows = Manifest(place).rows()
    rows = select(rows, where) if where else rows
    if summary:
        _summarise(rows, as_json)
    else:
        _list(rows, place, as_json)


def gallery(workspace: WorkspaceFolder = _DATA, as_json: Json = False) -> None:
    """Build the gallery's pages from the manifest."""
    from flows.cli.console import emit_json, place, say
    from flows.stages import publish
    from flows.workspace import Workspace

    published = publish(Workspace(workspace).check())
    if as_json:
        emit_json({"gallery": str(published.gallery), "pictures": published.pictures})
    else:
        say(f"{published.pictures} pictures: {place(published.gallery)}")


def _list(rows: pd.DataFrame, workspace: Any, as_json: bool) -> None:
    from flows.cli.console import emit_json, place, say, table

    if as_json:
        emit_json(_records(rows))
        return
    shown = rows.loc[:, list(_SHOWN)]
    if len(shown):
        cells = ([_cell(value) for value in row] for row in shown.itertuples(index=False))
        table(tuple(_SHOWN.values()), cells, right=_NUMBERS)
    say(f"{len(rows)} rows; all columns: {place(workspace.manifest_csv)}", "dim")


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
        f"{len(rows)} rows of {photos} photos, {duration(rows['seconds'].sum())} of painting", "dim"
    )


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    plain = rows.astype(object).where(rows.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _cell(value: Any) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
