"""A real server on loopback that stands for many public hosts: what is dialled is led to it."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scraping import Policy, Session, WebSource, scrape
from tests.scraping.catalogue.outcome import GOOD, Outcome, check_promise
from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.web import PUBLIC

__all__ = ["QUICK", "Handle", "Town", "open_town", "whole"]

Handle = Callable[[BaseHTTPRequestHandler], None]

QUICK = Policy(connect_timeout=2, read_timeout=2, total_timeout=0.5, attempts=1, backoff=0)
"""Seconds that a test can wait for."""


def whole(body: bytes, kind: str = "image/jpeg", **headers: str) -> Handle:
    """An answer as it should be, unless `headers` say otherwise (an underscore is a dash)."""
    length = {"Content_Type": kind, "Content_Length": str(len(body))}

    def handle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for name, value in {**length, **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = "Content_Length" in headers

    return handle


class JumpingClock:
    """The clock on the wall, but for politeness nobody waits: it jumps ahead instead."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Let `seconds` be over."""
        self._ahead += max(0.0, seconds)


class Town:
    """Hosts with paths, all behind one port; `dialled` keeps every address that was connected to.

    The page is the server's own; the other hosts are public as far as the guard can tell.
    """

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.dialled: list[tuple[str, int]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.paths: dict[str, Handle] = {}
        self._content = folder / "content"
        self.paths[f"{GOOD}/good.jpg"] = whole(photo(990))

    @property
    def url(self) -> str:
        """The address of its own page."""
        return f"http://127.0.0.1:{self.port}/"

    def visit(self, *photos: str, policy: Policy = QUICK, **session: Any) -> Outcome:
        """Scrape a page that shows `photos` and, after them, the good host's; hold the outcome to
        the promise.
        """
        shown = "".join(f'<img src="{url}">' for url in (*photos, f"http://{GOOD}/good.jpg"))
        self.paths[f"127.0.0.1:{self.port}/"] = whole(shown.encode(), "text/html")
        return self.again((), policy, **session)

    def again(self, known: Any, policy: Policy = QUICK, **session: Any) -> Outcome:
        """Scrape the same page, knowing the rows `known`."""
        source = WebSource(self.url, delay=0, allow_private=True)
        clock = JumpingClock()
        settings = {
            "resolve": lambda host, port: ["127.0.0.1" if host[0] == "1" else PUBLIC],
            "clock": clock,
            "sleep": clock.sleep,
        }
        with Session(policy, **(settings | session)) as asking:
            outcome = Outcome(scrape(source, self._content, known, session=asking), self._content)
        check_promise(outcome)
        return outcome

    def count(self, path: str) -> int:
        """How often `path`, with its host, was asked for."""
        return sum(asked == path for asked, _ in self.asked)


class Server(ThreadingHTTPServer):
    """A server that takes it in good part when a client hangs up."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def open_town(folder: Path) -> Iterator[Town]:
    """Serve a town for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = f"{self.headers['Host']}{self.path}"
            town.asked.append((path, dict(self.headers)))
            try:
                town.paths.get(path, lambda handler: handler.send_error(404))(self)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    server = Server(("127.0.0.1", 0), Handler)
    town = Town(server.server_address[1], folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        _lead_in(patch, town)
        yield town
    server.shutdown()
    thread.join()
    server.server_close()


def _lead_in(patch: pytest.MonkeyPatch, town: Town) -> None:
    """Connect to the town where a public address is dialled: the guard above sees none of it."""
    connect = socket.socket.connect

    def led(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple):
            town.dialled.append(tuple(address[:2]))
        public = isinstance(address, tuple) and address[0] == PUBLIC
        connect(self, ("127.0.0.1", town.port) if public else address)

    patch.setattr(socket.socket, "connect", led)
