"""What paints, as far as the state is concerned; the one that is kept from chunk to chunk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from flows.stages.terms import Terms
from flows.workspace import Workspace

if TYPE_CHECKING:
    from stylize import Result

__all__ = ["BatchPainter", "Painter", "stylizer_for"]


class Painter(Protocol):
    """What paints: `stylize.Stylizer`, or a stand-in."""

    def stylize(self, content: Any, styles: Any, recipe: Any, *, on_iterate: Any = None) -> Result:
        """Paint `content` (H,W,3 in [0,1]) in `styles`."""
        ...


@runtime_checkable
class BatchPainter(Painter, Protocol):
    """A painter that may paint several pictures at once, as a GPU does."""

    def together(self, recipe: Any, height: int, width: int) -> int:
        """How many pictures of that shape it paints at once."""
        ...

    def run(self, jobs: Any, on_iterate: Any = None) -> Iterator[Result]:
        """Paint `stylize.StylizeJob`s, in their order."""
        ...


_lock = threading.Lock()
_kept: list[tuple[Any, Painter]] = []


def stylizer_for(workspace: Workspace, weights: Any, terms: Terms) -> Painter:
    """The `stylize.Stylizer` of these weights and terms.

    The last one is kept, so that the next chunk of the same run need not build its network again.
    Raises `PaintError` where this process cannot paint deterministically any more.
    """
    import stylize

    if terms.deterministic:
        from stylize import backend

        backend.make_deterministic()

    more: dict[str, Any] = {"deterministic": True} if terms.deterministic else {}
    if terms.spread:
        more["statistics"] = workspace.statistics
    key = (stylize.Stylizer, weights, more)
    with _lock:
        if not _kept or _kept[0][0] != key:
            _kept[:] = [(key, stylize.Stylizer(weights, **more))]
        return _kept[0][1]
