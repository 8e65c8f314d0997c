"""An end to every wait, however its bytes drip in."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

from scraping.turns import Stop

__all__ = ["Deadline", "Watchdog"]

_TICK = 0.1
_IDLE_TICKS = 50


class Deadline:
    """`seconds` from now by `clock`, for a whole request: connection, headers and body.

    `stop` ends it early. What it is to be cut off from is attached while the request goes on.
    """

    def __init__(
        self,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        stop: Stop | None = None,
    ) -> None:
        self.seconds = seconds
        self.was_cut = False
        self.stop = stop or Stop()
        self._clock = clock
        self._end = clock() + seconds
        self._socket: socket.socket | None = None
        self._copy: socket.socket | None = None

    @property
    def left(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self._end - self._clock())

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return self.was_cut or self.left <= 0

    def attach(self, sock: socket.socket, *, copy: bool = False) -> None:
        """Shut `sock` at the deadline; with `copy` its connection, whoever takes over the socket.

        TLS takes a socket's descriptor away, and its handshake can drip too.
        """
        self.detach()
        if copy:
            self._copy = sock = sock.dup()
        self._socket = sock

    def detach(self) -> None:
        """Let go of the socket."""
        self._socket = None
        if self._copy is not None:
            self._copy.close()
            self._copy = None

    def cut(self) -> None:
        """End the request now: whoever reads from its socket is woken."""
        self.was_cut = True
        sock = self._socket
        if sock is not None:
            with contextlib.suppress(OSError):
                # Not a TLS socket's own method, which would leave it open to reading plain bytes.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class Watchdog:
    """One thread that cuts the requests whose time is up, or whose run was stopped.

    Time-outs of sockets begin again with every byte, so they end no request whose headers drip
    in. The thread lives while there is something to watch, and a few seconds longer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[int, tuple[float, Deadline]] = {}
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def over(self, deadline: Deadline) -> Iterator[None]:
        """Watch `deadline` for the time of the block."""
        key = id(deadline)
        with self._lock:
            self._watched[key] = (time.monotonic() + deadline.left, deadline)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._watch, name="atelier-deadlines", daemon=True
                )
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._watched[key]
            deadline.detach()

    def _watch(self) -> None:
        idle = 0
        while True:
            time.sleep(_TICK)
            with self._lock:
                idle = 0 if self._watched else idle + 1
                if idle > _IDLE_TICKS:
                    self._thread = None
                    return
                watched = list(self._watched.values())
            now = time.monotonic()
            for end, deadline in watched:
                if now >= end or deadline.stop.is_set():
                    deadline.cut()
