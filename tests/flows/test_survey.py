"""What a build would find to do, whatever its sources are."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from flows.config import Collection
from flows.order import Order, order
from flows.stages import Visit
from flows.survey import survey
from flows.workspace import Workspace

from .sources_at_hand import SourceAtHand, down, found


@pytest.fixture
def what(workspace: Workspace, collection: Collection, fake_engine: Any) -> Order:
    return order(workspace, collection.recipe, [], collection.base)


def test_any_source_tells_what_it_has_to_fetch(what: Order, workspace: Workspace) -> None:
    """By source; one that fails is a sentence and stops no other; nothing is written."""
    good = SourceAtHand("good", [found(1), found(2)])
    Visit(workspace, [SourceAtHand("good", [found(1)])]).go()
    before = sorted(workspace.root.rglob("*"))
    seen = survey(what, [good, down("gone"), SourceAtHand("other", [found(3)])])
    assert seen.pending == {"good": 1, "other": 1}
    assert seen.trouble == ("gone cannot be read (host_down).",)
    assert (seen.photos, len(seen.plan.jobs), seen.to_fetch) == (1, 2, 2)
    assert sorted(workspace.root.rglob("*")) == before


def test_sources_are_looked_at_side_by_side(what: Order) -> None:
    """By one session, so that a host of two of them is asked by its rules."""
    together, sessions = threading.Barrier(2), list[Any]()

    class Slow(SourceAtHand):
        def discover(self, session: Any) -> Any:
            sessions.append(session)
            together.wait(10)
            return super().discover(session)

    survey(what, [Slow("a", [found(1)]), Slow("b", [found(2)])])
    assert len(sessions) == 2
    assert sessions[0] is sessions[1]


def test_a_fault_of_ours_is_not_hidden(what: Order) -> None:
    with pytest.raises(LookupError):
        survey(what, [SourceAtHand("s", errors=[LookupError("a bug")])])
