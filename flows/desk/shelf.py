"""The pictures of the manifest as the studio shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flows.manifest import Manifest
from flows.views import View
from flows.where import select
from flows.workspace import Workspace

if TYPE_CHECKING:
    from studio import Picture, Shelf

__all__ = ["ORDERS", "shelf"]

ORDERS: Mapping[str, str] = {
    "newest first": "-created_at",
    "oldest first": "created_at",
    "by photo": "title",
    "by style": "style",
    "closest to the style": "style_loss",
    "closest to the photo": "content_loss",
    "took longest": "-seconds",
}
"""How the pictures can be sorted, and by which column."""

_FACTS = (
    *(("Photo", "title"), ("By", "creator"), ("Licence", "licence"), ("Credit", "attribution")),
    *(("Page", "landing_url"), ("Style", "style_title"), ("Style by", "style_creator")),
    *(("Style's licence", "style_licence"), ("This picture's licence", "picture_licence")),
    *(("Preset", "preset"), ("Weights", "weights"), ("Seed", "seed"), ("Steps", "steps")),
    *(("Content loss", "content_loss"), ("Style loss", "style_loss"), ("File", "output")),
)


def shelf(workspace: Workspace, where: str, sort: str, first: int, count: int) -> Shelf:
    """The finished pictures for which `where` holds, sorted by a word of `ORDERS`.

    Raises `WhereError` for an expression that cannot be understood.
    """
    from studio import Shelf

    rows = Manifest(workspace).rows()
    rows = rows[rows["status"] == "done"]
    if where.strip():
        rows = select(rows, where)
    table = View(sort=ORDERS.get(sort, "-created_at")).table(rows)
    page = table.iloc[max(first, 0) : max(first, 0) + count]
    made = tuple(_picture(workspace, row) for row in page.to_dict("records"))
    return Shelf(made, len(table))


def _picture(workspace: Workspace, row: Mapping[Any, Any]) -> Picture:
    from studio import Picture

    photo = workspace.root / str(row["content"])
    facts = {name: _said(row[column]) for name, column in _FACTS}
    facts["Size"] = f"{_said(row['width'])} × {_said(row['height'])} pixels"
    facts["Painted"] = f"{str(row['created_at'])[:16]} UTC, in {_said(row['seconds'])} s"
    facts["Recipe"] = _recipe(str(row["recipe"]))
    return Picture(
        fingerprint=str(row["fingerprint"]),
        caption=f"{row['title'] or str(row['content_sha256'])[:8]} × {row['style']}",
        path=workspace.root / str(row["output"]),
        photo=photo if photo.is_file() else None,
        facts=facts,
    )


def _said(value: Any) -> str:
    if value is None or str(value) in ("<NA>", "nan", "NaT"):
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _recipe(text: str) -> str:
    """What a person looks for in a recipe; the rest is in the picture's file."""
    try:
        found = json.loads(text)
    except ValueError:
        return ""
    keys = ("size", "strength", "colours", "optimiser", "steps")
    return ", ".join(f"{key} {found[key]}" for key in keys if key in found)
