"""What can go from a store, while other machines go on writing rows."""

from __future__ import annotations

import time
from collections.abc import Hashable

from flows.debris import Debris, find_debris
from flows.remote.mirror import Mirror
from flows.workspace import Workspace

__all__ = ["Judged"]


class Judged:
    """What nothing in the store of a `mirror` refers to: `found`, and whether that still holds."""

    def __init__(self, workspace: Workspace, mirror: Mirror) -> None:
        self._workspace = workspace
        self.mirror = mirror
        self._judge()

    def still(self, debris: Debris) -> bool:
        """Whether nothing refers to it now: judged anew where rows were written meanwhile."""
        if self._rows() != self._seen:
            self._judge()
        return debris in self.found

    def _judge(self) -> None:
        self._seen = self._rows()  # first: what is written meanwhile makes it judge again
        self._workspace.pull()
        self.found = tuple(find_debris(self._workspace, time.time_ns()))

    def _rows(self) -> Hashable:
        """What tells that a row was written: the journals and the manifest that are there."""
        manifest = self.mirror.store.head("manifest.csv")
        there = [*self.mirror.listed("journal").values(), manifest]
        return frozenset((entry.key, entry.etag) for entry in there if entry)
