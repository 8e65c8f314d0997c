"""Serving collections: what a schedule makes due is run, until somebody says stop.

Prefect's server makes the runs. This loop, in place of Prefect's own runner, starts each in a
process on a leash, follows the collection files, and ends within seconds.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.leash import let_go
from flows.served_run import ServedRun
from flows.server import ServerError, answers

if TYPE_CHECKING:
    from pathlib import Path

    from flows.schedule import When
    from flows.served import Served

__all__ = ["Event", "Serving"]

POLL_SECONDS = 1.0
PROCESSES = 2  # of one collection: one paints, and one is told that it does
GIVE_UP_SECONDS = 60.0
STOPPED = "atelier serve was stopped; what is painted is kept, the next run goes on from there"


@dataclass(frozen=True)
class Event:
    """What happened, in words and for programs.

    `event` is serving, started, ended, changed, refused, silent, answering or stopping; `run` is
    Prefect's id of a flow run, `next_run` a time in ISO 8601, UTC.
    """

    text: str
    event: str
    collection: str = ""
    run: str = ""
    outcome: str = ""
    message: str = ""
    seconds: float | None = None
    next_run: str = ""


class Serving:
    """Serves collections at a Prefect API until `stopped`; `tell` takes each event."""

    def __init__(
        self, served: Sequence[Served], schedule: When, api: str, tell: Callable[[Event], None]
    ) -> None:
        self._served, self._schedule, self._api, self._tell = list(served), schedule, api, tell
        self._runs: list[ServedRun] = []
        self._began: dict[str, float] = {}
        self._silent_since = 0.0

    def serve(self, stopped: Callable[[], bool], own: bool) -> None:
        """Register the collections and run what is due; `own` is a server that we started.

        At the end, schedules are paused and runs ended. Raises `ServerError` when a server of our
        own has ended, or the API refuses a collection.
        """
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            try:
                self._register(client)
                while not stopped():
                    with self._through_silence(own):
                        self._follow_files(client)
                        self._end_finished(client)
                        self._start_due(client)
                    _sleep(POLL_SECONDS, stopped)
                self._tell(Event("Stopping …", "stopping"))
            finally:
                self._end_all(client)

    def _register(self, client: Any) -> None:
        from httpx import HTTPError
        from prefect.exceptions import PrefectException

        for one in self._served:
            try:
                one.register(client, self._schedule)
            except (HTTPError, PrefectException, RuntimeError) as error:
                why = " ".join(str(error).split())
                raise ServerError(f"Prefect did not take {one.file}: {why}") from error
            due, then = self._next(client, one)
            text = f"{one.name}: {self._schedule.words}; {then}"
            self._tell(Event(text, "serving", one.name, message=self._api, next_run=due))

    def _next(self, client: Any, one: Served) -> tuple[str, str]:
        """When the next run is due, "" for never; and the same in words."""
        now = datetime.now(UTC)
        far = now + timedelta(days=4000)
        found = client.get_scheduled_flow_runs_for_deployments([one.deployment], far)
        times = [run.next_scheduled_start_time for run in found]
        due = min((time for time in times if time and time > now), default=None)
        if due is None:
            return "", "no run is due"
        return due.astimezone(UTC).isoformat(), f"next run {self._schedule.local(due)}"

    def _follow_files(self, client: Any) -> None:
        for one in self._served:
            if trouble := one.follow():
                text = f"{one.name}: {trouble} Until that is mended, runs go by what it was."
                self._tell(Event(text, "refused", one.name, message=trouble))
            if one.changed:
                one.register(client, self._schedule)
                text = f"{one.name}: {one.file.name} has changed; the next run goes by it"
                self._tell(Event(text, "changed", one.name))

    def _end_finished(self, client: Any) -> None:
        for run in list(self._runs):
            if not run.over:
                if run.is_cancelling(client):
                    let_go(run.leash)
                    run.cancel(client, "Cancelled; what is painted is kept.")
                continue
            name, message = run.conclude(client)
            self._runs.remove(run)
            run.close()
            one = next(one for one in self._served if one.name == run.name)
            self._tell(_ended(run, name, message, *self._next(client, one)))

    def _start_due(self, client: Any) -> None:
        """Start what is due.

        Collections of one workspace take turns, who has waited longest first: skipped for each
        other's sake, one of two with the same schedule would never be painted.
        """
        now = datetime.now(UTC)
        taken: set[Path | str] = set()
        for one in sorted(self._served, key=lambda one: self._began.get(one.name, 0.0)):
            due = client.get_scheduled_flow_runs_for_deployments([one.deployment], now)
            by_hand = [run for run in due if not run.auto_scheduled]
            by_schedule = [run for run in due if run.auto_scheduled]
            if by_schedule and self._has_room(one):
                if one.place in taken or self._neighbour_paints(one):
                    taken.add(one.place)
                else:
                    self._drop(client, one, by_schedule[:-1])
                    self._start(client, by_schedule[-1], one)
            for run in by_hand:
                if self._has_room(one):
                    self._start(client, run, one)

    def _has_room(self, one: Served) -> bool:
        return sum(run.name == one.name for run in self._runs) < PROCESSES

    def _neighbour_paints(self, one: Served) -> bool:
        others = {o.name for o in self._served if o.place == one.place} - {one.name}
        return any(run.name in others for run in self._runs)

    def _drop(self, client: Any, one: Served, runs: Sequence[Any]) -> None:
        """Of runs that came due meanwhile, the last one does what all would."""
        from prefect.states import Completed

        why = "a later run was due before this one could begin"
        for run in runs:
            client.set_flow_run_state(run.id, Completed(name="Skipped", message=why), force=True)
        if runs:
            count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
            text = f"{one.name}: {count} skipped: {why}"
            self._tell(Event(text, "ended", one.name, outcome="skipped", message=why))

    def _start(self, client: Any, run: Any, one: Served) -> None:
        from prefect.client.schemas.responses import SetStateStatus
        from prefect.states import Pending

        # Who has it accepted runs it: another atelier serve may have seen it too.
        if client.set_flow_run_state(run.id, Pending()).status != SetStateStatus.ACCEPT:
            return
        self._runs.append(ServedRun(run.id, one.name, self._api))
        self._began[one.name] = time.monotonic()
        how = "started" if run.auto_scheduled else "started by hand"
        self._tell(Event(f"{one.name}: {how}", "started", one.name, str(run.id)))

    def _end_all(self, client: Any) -> None:
        """Pause the schedules, so that no run comes due while nobody serves; end the runs."""
        from httpx import HTTPError
        from prefect.exceptions import PrefectException

        let_go(*(run.leash for run in self._runs))
        for run in self._runs:
            with contextlib.suppress(HTTPError, PrefectException):
                name, message = run.conclude(client)
                if name == "Crashed":
                    run.cancel(client, STOPPED)
                    name, message = "Cancelled", "what it painted is kept"
                self._tell(_ended(run, name, message))
            run.close()
        for one in self._served:
            with contextlib.suppress(HTTPError, PrefectException):
                one.pause(client)

    @contextlib.contextmanager
    def _through_silence(self, own: bool) -> Iterator[None]:
        """An API that does not answer for a while stops nothing; our own that is gone does."""
        from httpx import HTTPError
        from prefect.exceptions import ObjectNotFound

        try:
            yield
        except ObjectNotFound:  # a run that somebody deleted this instant
            return
        except HTTPError as error:
            now = time.monotonic()
            if not self._silent_since:
                self._silent_since = now
                why = " ".join(str(error).split()) or type(error).__name__
                text = f"Prefect's API at {self._api} does not answer ({why}); trying on"
                self._tell(Event(text, "silent", message=why))
            if own and now - self._silent_since > GIVE_UP_SECONDS and not answers(self._api):
                raise ServerError("Prefect's server has ended; run atelier serve again.") from error
            return
        if self._silent_since:
            self._silent_since = 0.0
            self._tell(Event(f"Prefect's API at {self._api} answers again", "answering"))


def _ended(run: ServedRun, name: str, message: str, due: str = "", then: str = "") -> Event:
    """The end of a run in Prefect's state `name`; Prefect's words become ours."""
    outcome = {"Completed": "complete", "PartiallyCompleted": "partial"}.get(name, name.lower())
    why = message.rstrip(".")
    text = f"{run.name}: {outcome}" + (f": {why}" if why else "")
    if outcome != "skipped":
        text += f", in {run.seconds:.0f} s"
    text += f"; {then}" if then else ""
    seconds = round(run.seconds, 1)
    return Event(text, "ended", run.name, str(run.id), outcome, why, seconds, due)


def _sleep(seconds: float, stopped: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stopped():
        time.sleep(0.1)
