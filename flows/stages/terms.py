"""On what terms pictures are painted, whatever they are."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Terms"]


@dataclass(frozen=True)
class Terms:
    """How a run paints.

    `deterministic`: the same bytes each time. `spread`: several processes paint this run, each
    with its own journal; the flow alone compacts, a chunk may come a second time after its painter
    was killed, and the statistics of the styles are shared through the workspace.
    """

    deterministic: bool = False
    spread: bool = False
