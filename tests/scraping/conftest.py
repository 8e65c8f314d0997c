"""A web without a network: answers by `responses`, names by a table, time by a told clock."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import responses
from PIL import Image

from scraping import Policy, Session, WebSource
from scraping.address import Scope

SITE = "https://site.test"
PUBLIC = "93.184.216.34"


class FakeClock:
    """A clock that only sleeping moves, and the list of sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def names() -> dict[str, Sequence[str]]:
    """The name server's table; every other name is a public host."""
    return {}


@pytest.fixture
def new_session(clock: FakeClock, names: dict[str, Sequence[str]]) -> Callable[..., Session]:
    def make(policy: Policy | None = None, **options: Any) -> Session:
        settings: dict[str, Any] = {
            "resolve": lambda host, port: names.get(host, [PUBLIC]),
            "clock": clock,
            "sleep": clock.sleep,
            "now": lambda: datetime(2030, 1, 1, tzinfo=UTC),
        }
        return Session(policy, **(settings | options))

    return make


@pytest.fixture
def session(new_session: Callable[..., Session]) -> Iterator[Session]:
    with new_session() as made:
        yield made


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    """A web where site.test has no robots.txt and everything else is to be added."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{SITE}/robots.txt", status=404)
        yield mock


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """picture(seed, form="JPEG", size=(96, 80)): a file of noise, another for each seed."""

    def make(seed: int = 0, form: str = "JPEG", size: tuple[int, int] = (96, 80)) -> bytes:
        noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        out = BytesIO()
        Image.fromarray(noise).save(out, form)
        return out.getvalue()

    return make


class Hosts:
    """A real server under any number of names: what it answers, who asked, how many at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None] | bytes] = {}
        self.asked: list[tuple[str, float]] = []
        self.most: Counter[str] = Counter()
        self.connections: set[object] = set()
        self.port = 0
        self._clock = clock
        self._now: Counter[str] = Counter()
        self._lock = threading.Lock()

    def url(self, address: str) -> str:
        """url("a.test/x") with scheme and port."""
        host, _, path = address.partition("/")
        return f"http://{host}:{self.port}/{path}"

    def scope(self, host: str, delay: float = 1.0) -> Scope:
        return Scope(host, self.port, private=True, delay=delay)

    def source(self, host: str, **options: Any) -> WebSource:
        return WebSource(self.url(f"{host}/"), allow_private=True, **options)

    def times(self, host: str) -> list[float]:
        return [time for address, time in self.asked if address.startswith(f"{host}/")]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers["Host"].partition(":")[0]
        address = host + handler.path
        with self._lock:
            self.asked.append((address, self._clock()))
            self.connections.add(handler.client_address)
            self._now[host] += 1
            self.most[host] = max(self.most[host], self._now[host])
        try:
            # Long enough for a second request to be seen beside the first.
            threading.Event().wait(0.002)
            found = self.answers.get(address)
            if callable(found):
                found(handler)
            else:
                send(handler, 404 if found is None else 200, b"nothing" if found is None else found)
        except OSError:
            handler.close_connection = True
        finally:
            with self._lock:
                self._now[host] -= 1


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def hosts(clock: FakeClock) -> Iterator[Hosts]:
    """A real server whose times are those of the told clock."""
    made = Hosts(clock)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def many_hosts(new_session: Callable[..., Session]) -> Iterator[Session]:
    """A session for which every name is this machine."""
    with new_session(resolve=lambda host, port: ["127.0.0.1"]) as made:
        yield made
