"""How bytes come in: connections to checked addresses only, and an end to every wait."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError
from urllib3.response import HTTPResponse

from scraping.errors import FetchError

__all__ = ["Deadline", "PinnedAdapter", "read_body"]

_CHUNK = 65_536
_TRIED_ADDRESSES = 3
Dial = Callable[[str, int], Sequence[str]]


class Deadline:
    """`seconds` from now by `clock`, for a whole request: connection, headers and body."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self._end - self._clock())

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return self.left <= 0


class _Plan(threading.local):
    """What the connections of one thread go by at the moment."""

    def __init__(self, dial: Dial) -> None:
        self.dial = dial
        self.deadline: Deadline | None = None


class _Pinned(HTTPConnection):
    """A connection that dials the addresses it is given, under the name it was asked for.

    TLS still verifies the name: only what is dialled changes.
    """

    plan: ClassVar[_Plan]

    def _new_conn(self) -> socket.socket:
        name, port = self.host, self.port or self.default_port
        failure: HTTPError | None = None
        for address in tuple(self.plan.dial(name, port))[:_TRIED_ADDRESSES]:
            try:
                self.host = address
                return super()._new_conn()
            except (NewConnectionError, ConnectTimeoutError) as error:
                failure = error
            finally:
                self.host = name
        raise failure or NewConnectionError(self, "no address to connect to")

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        with _cut_at(self.plan.deadline, self.sock):
            return super().getresponse()


class PinnedAdapter(HTTPAdapter):
    """An adapter whose connections go to what `dial(host, port)` returns and to nothing else."""

    def __init__(self, dial: Dial) -> None:
        self._plan = _Plan(dial)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build the pools on pinned connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pinned_pools(self._plan)

    @contextlib.contextmanager
    def until(self, deadline: Deadline) -> Iterator[None]:
        """Let the connections of this thread end their waits at `deadline`."""
        self._plan.deadline = deadline
        try:
            yield
        finally:
            self._plan.deadline = None


def _pinned_pools(plan_of: _Plan) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(_Pinned):
        plan = plan_of

    class Secure(_Pinned, HTTPSConnection):
        plan = plan_of

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


@contextlib.contextmanager
def _cut_at(deadline: Deadline | None, sock: socket.socket | None) -> Iterator[None]:
    """Shut `sock` at the deadline: a header that drips in would renew the time-out for ever."""
    if deadline is None or sock is None:
        yield
        return
    timer = threading.Timer(deadline.left, _shut, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def read_body(
    response: requests.Response, cap: int, deadline: Deadline, *, cut: bool = False
) -> bytes:
    """Read the decoded body of a streamed `response`, at most `cap` bytes of it, by `deadline`.

    With `cut` the rest beyond the cap is left unread; else that is a `FetchError`: too_many_bytes.
    Other reasons: timeout, truncated (the connection ended before the announced length).
    """
    url = str(response.url)
    declared = response.headers.get("Content-Length", "")
    if not cut and declared.isdecimal() and int(declared) > cap:
        raise _too_many(url, cap)
    parts: list[bytes] = []
    size = 0
    while chunk := _read_some(response, deadline, url):
        parts.append(chunk)
        size += len(chunk)
        if size > cap:
            if not cut:
                raise _too_many(url, cap)
            break
        if deadline.passed:
            raise _too_slow(url, deadline)
    return b"".join(parts)[:cap]


def _read_some(response: requests.Response, deadline: Deadline, url: str) -> bytes:
    """Return what one read brings, decoded; a full buffer is never waited for."""
    try:
        return bytes(response.raw.read1(_CHUNK, decode_content=True) or b"")
    except ReadTimeoutError as error:
        raise _too_slow(url, deadline) from error
    except (HTTPError, OSError) as error:
        if deadline.passed:
            raise _too_slow(url, deadline) from error
        raise FetchError(
            "truncated", f"{url}: the transfer broke off before its end", transient=True
        ) from error


def _too_many(url: str, cap: int) -> FetchError:
    return FetchError("too_many_bytes", f"{url}: has more than the {cap:,} bytes that are read")


def _too_slow(url: str, deadline: Deadline) -> FetchError:
    return FetchError(
        "timeout", f"{url}: did not arrive within {deadline.seconds:g} seconds", transient=True
    )
