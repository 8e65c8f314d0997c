"""How bytes come in: over connections to checked addresses only, up to a cap, by a deadline."""

from __future__ import annotations

import contextlib
import functools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError
from urllib3.response import HTTPResponse
from urllib3.util.ssl_ import create_urllib3_context

from scraping.deadline import Deadline, Watchdog
from scraping.errors import FetchError

__all__ = ["PinnedAdapter", "drain", "read_body"]

_CHUNK = 65_536
_DRAINED = 65_536
_TRIED_ADDRESSES = 3
_KEPT_HOSTS = 256
Dial = Callable[[str, int], Sequence[str]]


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
    secure: ClassVar[bool] = False

    def _new_conn(self) -> socket.socket:
        name, port = self.host, self.port or self.default_port
        failure: HTTPError | None = None
        for address in tuple(self.plan.dial(name, port))[:_TRIED_ADDRESSES]:
            try:
                self.host = address
                return self._watched(super()._new_conn())
            except (NewConnectionError, ConnectTimeoutError) as error:
                failure = error
            finally:
                self.host = name
        raise failure or NewConnectionError(self, "no address to connect to")

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        if self.plan.deadline is not None and self.sock is not None:
            self.plan.deadline.attach(self.sock)
        return super().getresponse()

    def _watched(self, sock: socket.socket) -> socket.socket:
        if self.plan.deadline is not None:
            self.plan.deadline.attach(sock, copy=self.secure)
        return sock


class PinnedAdapter(HTTPAdapter):
    """An adapter whose connections go to what `dial(host, port)` returns and to nothing else.

    It serves any number of threads and keeps a connection to each of the last hosts. Certificates
    are verified against the bundle at `authorities`, without one against certifi's.
    """

    def __init__(self, dial: Dial, authorities: str | None = None) -> None:
        self._plan = _Plan(dial)
        self._authorities = authorities
        self._watchdog = Watchdog()
        super().__init__(pool_connections=_KEPT_HOSTS, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build the pools on pinned connections that share one TLS context."""
        context = _context(self._authorities or DEFAULT_CA_BUNDLE_PATH)
        super().init_poolmanager(*args, **kwargs, ssl_context=context)
        self.poolmanager.pool_classes_by_scheme = _pinned_pools(self._plan)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave it to the context, which has read the authorities once for all connections."""
        conn.cert_reqs = "CERT_REQUIRED"

    @contextlib.contextmanager
    def until(self, deadline: Deadline) -> Iterator[None]:
        """Cut what this thread asks for in the block off at `deadline`."""
        self._plan.deadline = deadline
        try:
            with self._watchdog.over(deadline):
                yield
        finally:
            self._plan.deadline = None


@functools.cache
def _context(authorities: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.load_verify_locations(authorities)
    return context


def _pinned_pools(plan_of: _Plan) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(_Pinned):
        plan = plan_of

    class Secure(_Pinned, HTTPSConnection):
        plan = plan_of
        secure = True

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


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
    if deadline.was_cut:
        # A body without a length looks whole where it was cut off.
        raise _too_slow(url, deadline)
    return b"".join(parts)[:cap]


def drain(response: requests.Response, deadline: Deadline) -> None:
    """Read what is left of a small body that nobody wants, so that the connection can be kept."""
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) <= _DRAINED:
        with contextlib.suppress(HTTPError, OSError):
            while not deadline.passed and response.raw.read1(_CHUNK, decode_content=False):
                pass


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
