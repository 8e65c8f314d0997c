"""The tab Runs: what the flows did."""

from __future__ import annotations

from typing import Any

from studio import words
from studio.easel import Easel
from studio.errors import sentence_of
from studio.wiring import HIDDEN

__all__ = ["RunsTab"]


class RunsTab:
    """What the runs did."""

    def __init__(self, easel: Easel) -> None:
        self._easel = easel
        self._table: Any = None

    def lay_out(self) -> None:
        """Make the tab's components."""
        import gradio as gr

        self._table = gr.HTML(elem_id="runs")

    def wire(self, tab: Any) -> None:
        """Read the reports whenever the tab comes to the front."""
        tab.select(self.read, None, self._table, **HIDDEN)

    def read(self) -> str:
        """The reports as a table."""
        try:
            return words.run_table(self._easel.desk.reports())
        except Exception as error:  # noqa: BLE001 - said on the page
            return words.failed(sentence_of(error))
