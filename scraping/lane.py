"""One source's photos on their way, and its rows in the order of discovery."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scraping.known import Known
from scraping.photo import Photo
from scraping.store import Store
from scraping.tasks import Outcome, Task
from scraping.turns import Steps

__all__ = ["Lane"]

_COUNTED = frozenset({"taken", "unchanged"})

Submit = Callable[[Steps[Outcome], Callable[[Outcome], None]], None]
"""Do this, and call that with what came of it, in this thread, later."""


class Lane:
    """Begins `tasks` as the limit allows and judges what came of them, one after the other.

    At no time are more photos on their way or taken than `limit`: each failure lets the next one
    begin. As rows are made in the order of discovery whatever comes first, what is taken, and what
    is a duplicate of what, does not depend on the network. For one thread.
    """

    def __init__(
        self,
        tasks: Iterable[Task],
        limit: int | None,
        store: Store,
        known: Known,
        *,
        takes_near: bool,
        submit: Submit,
    ) -> None:
        self._tasks: list[Task | None] = list(tasks)
        self._limit = limit
        self._store = store
        self._known = known
        self._takes_near = takes_near
        self._submit = submit
        self._outcomes: dict[int, Outcome] = {}
        self._begun = 0
        self._made = 0
        self._hopeful = 0

    @property
    def total(self) -> int:
        """How many rows there will be."""
        return len(self._tasks)

    @property
    def finished(self) -> bool:
        """Whether every row was made."""
        return self._made == len(self._tasks)

    def begin(self) -> None:
        """Begin every task that the limit leaves room for."""
        while self._begun < len(self._tasks):
            task = self._tasks[self._begun]
            if task is None or not self._begins(self._begun, task):
                return
            self._begun += 1

    def next_row(self) -> Photo | None:
        """Return the next row, or None where its photo is still on its way."""
        if self._made == self._begun:
            self.begin()
        task = self._tasks[self._made]
        if task is None:
            raise AssertionError("a row is made once")
        if self._made == self._begun:
            # Everything before it is judged, and the limit is reached.
            self._begun += 1
            row = task.beyond
        elif self._made in self._outcomes:
            row = self._judged(self._outcomes.pop(self._made))
        else:
            return None
        self._tasks[self._made] = None
        self._made += 1
        return row

    def _begins(self, place: int, task: Task) -> bool:
        if task.row is not None:
            self._hopeful += task.row.status in _COUNTED
            self._outcomes[place] = Outcome(task.row)
            return True
        if self._limit is not None and self._hopeful >= self._limit:
            return False
        self._hopeful += 1
        self._submit(task.start(), lambda outcome: self._came(place, outcome))
        return True

    def _came(self, place: int, outcome: Outcome) -> None:
        self._outcomes[place] = outcome
        if outcome.kept is None and outcome.row.status not in _COUNTED:
            self._hopeful -= 1
            self.begin()

    def _judged(self, outcome: Outcome) -> Photo:
        kept = outcome.kept
        if kept is None:
            return outcome.row
        row = self._known.judged(outcome.row, kept.temporary, takes_near=self._takes_near)
        if row.present:
            self._store.publish(kept)
        else:
            self._store.discard(kept)
        self._hopeful -= row.status not in _COUNTED
        return row
