"""The page: its three tabs."""

from __future__ import annotations

from html import escape
from typing import Any

from studio.collection_tab import CollectionTab
from studio.desk import Desk
from studio.easel import Easel
from studio.paint_events import Painting
from studio.paint_tab import lay_out
from studio.programs import lay_out_programs
from studio.runs_tab import RunsTab
from studio.thumbs import Thumbs
from studio.visits import Visits

__all__ = ["make_page"]


def make_page(desk: Desk, visits: Visits) -> Any:
    """The page as a `gr.Blocks`, over `desk`, for `visits`."""
    import gradio as gr

    easel = Easel(desk, Thumbs(visits.shelf))
    # What somebody uploaded and never painted goes after a day.
    kept = (3600, 86_400)
    title = "Atelier: the studio"
    with gr.Blocks(title=title, analytics_enabled=False, delete_cache=kept) as page:
        gr.HTML(
            '<div id="head"><h1>Atelier</h1>'
            "<p>Your photo, painted in the style of another picture. "
            f"Collection: {escape(desk.title)}</p></div>"
        )
        with gr.Tabs():
            with gr.Tab("Paint", id="paint"):
                paint = lay_out(desk)
            with gr.Tab("Collection", id="collection") as collection_tab:
                collection = CollectionTab(easel, visits, paint)
                collection.lay_out()
            with gr.Tab("Runs", id="runs") as runs_tab:
                runs = RunsTab(easel)
                runs.lay_out()
        Painting(paint, easel, visits).wire(page)
        collection.wire(collection_tab)
        runs.wire(runs_tab)
        lay_out_programs(easel, visits)

        def leave(request: Any) -> None:
            visit = visits.known(request.session_hash)
            if visit:
                # Gradio has forgotten what the page waited for.
                easel.leave(visit)
            visits.leave(request.session_hash)

        leave.__annotations__ = {"request": gr.Request}
        page.unload(leave)
    return page
