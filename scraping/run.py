"""One run over several sources at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraping.errors import ScrapeError
from scraping.folder import FolderWork, folder_files
from scraping.known import Known
from scraping.lane import Lane
from scraping.photo import Photo
from scraping.pool import Pool
from scraping.schedule import Schedule
from scraping.session import Session
from scraping.sources import FolderSource, Source
from scraping.store import Store
from scraping.tasks import Outcome, Task
from scraping.turns import Steps, Stop
from scraping.web import WebWork

if TYPE_CHECKING:
    from scraping.found import Discovery

__all__ = ["Run"]

_DISCOVERIES = 256
_LEAVING_SECONDS = 2.0


class Run:
    """Discovers all `sources`, asks for their photos as their hosts allow, and makes the rows.

    Everything is decided in the thread that calls `rows`: others fetch, decode and leave a message.
    A context: at its end, however it comes, the threads are stopped.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        store: Store,
        known: Known,
        session: Session | None,
        *,
        refresh: bool = False,
        workers: int = 32,
    ) -> None:
        self.total = 0
        self._sources = sources
        self._store = store
        self._known = known
        self._refresh = refresh
        self._stop = Stop()
        self._session = session.until(self._stop) if session is not None else None
        self._schedule = session.schedule if session is not None else Schedule()
        self._messages: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._pool = Pool(self._schedule, self._stop, self._post_failure, workers)
        self._lanes: list[Lane | ScrapeError | None] = [None] * len(sources)
        self._undiscovered = iter(range(len(sources)))
        self._lock = threading.Lock()
        self._discoverers: list[threading.Thread] = []

    def rows(self, on_error: Callable[[Source, ScrapeError], None]) -> Iterator[Photo]:
        """Yield the rows of each source in turn, in the order of discovery.

        `on_error` gets the sources about which nothing can be known. Raises `StoreError`.
        """
        for number in range(min(len(self._sources), _DISCOVERIES)):
            name = f"atelier-discover-{number}"
            thread = threading.Thread(target=self._discover_some, name=name, daemon=True)
            self._discoverers.append(thread)
            thread.start()
        for number, source in enumerate(self._sources):
            while (lane := self._lanes[number]) is None:
                self._messages.get()()
            if isinstance(lane, ScrapeError):
                on_error(source, lane)
                continue
            while not lane.finished:
                row = lane.next_row()
                if row is None:
                    self._messages.get()()
                else:
                    yield row

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._schedule.wake()
        self._pool.close()
        for thread in self._discoverers:
            thread.join(_LEAVING_SECONDS)

    def _discover_some(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                number = next(self._undiscovered, None)
            if number is None:
                return
            try:
                self._discover(number)
            except ScrapeError as error:
                self._messages.put(partial(self._set, number, error))
            except BaseException as error:  # noqa: BLE001 - whatever it is ends the run, in its thread
                self._post_failure(error)
                return

    def _discover(self, number: int) -> None:
        source = self._sources[number]
        if isinstance(source, FolderSource):
            files = folder_files(source)
            self._messages.put(lambda: self._begin_folder(number, source, files))
        elif self._session is not None:
            with self._session.permits.computing():
                discovery = source.discover(self._session)
            self._messages.put(lambda: self._begin_web(number, source, discovery))

    def _begin_folder(self, number: int, source: FolderSource, files: list[Path]) -> None:
        tasks = FolderWork(source, self._store, self._known).tasks(files)
        self._begin(number, source, tasks)

    def _begin_web(self, number: int, source: Source, discovery: Discovery) -> None:
        if self._session is None:
            raise AssertionError("a source on the web needs a session")
        work = WebWork(source, self._session, self._store, self._known, refresh=self._refresh)
        self._begin(number, source, work.tasks(discovery))

    def _begin(self, number: int, source: Source, tasks: Iterator[Task]) -> None:
        lane = Lane(
            tasks,
            source.limit,
            self._store,
            self._known,
            takes_near=source.scope is None,
            submit=self._submit,
        )
        self.total += lane.total
        self._lanes[number] = lane
        lane.begin()

    def _set(self, number: int, error: ScrapeError) -> None:
        self._lanes[number] = error

    def _submit(self, steps: Steps[Outcome], came: Callable[[Outcome], None]) -> None:
        self._pool.submit(steps, lambda outcome: self._messages.put(lambda: came(outcome)))

    def _post_failure(self, error: BaseException) -> None:
        def fail() -> None:
            raise error

        if not self._stop.is_set():
            self._messages.put(fail)
