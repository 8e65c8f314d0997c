"""Serving the demo site on loopback, for as long as a `with` block lasts."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flows.demo.content import Resource, site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["HOST", "PORT", "serve_demo_site"]

HOST = "127.0.0.1"
PORT = 8765
"""The port that is taken if it is free, so that a picture's address is the same in every run."""

_NOT_FOUND = Resource(b"<!doctype html><title>404</title><p>Not here.", "text/html; charset=utf-8")
_LAST_MODIFIED = "Wed, 01 Jan 2025 00:00:00 GMT"


@contextmanager
def serve_demo_site(port: int = PORT) -> Iterator[str]:
    """Serve the site on 127.0.0.1 and yield its address, "http://127.0.0.1:8765/".

    Where `port` is taken, any free one serves. The server answers from memory, logs nothing and
    stops with the block. Raises `AtelierError` where scikit-image lacks the photos.
    """
    resources: dict[str, Resource] = {}
    server = _listen(port, resources)
    host = f"{HOST}:{server.server_address[1]}"
    # A short poll lets the block end at once.
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    try:
        resources.update(site(host))
        thread.start()
        yield f"http://{host}/"
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join()
        server.server_close()


def _listen(port: int, resources: Mapping[str, Resource]) -> _Server:
    handler = partial(_Handler, resources)
    try:
        return _Server((HOST, port), handler)
    except OSError:
        return _Server((HOST, 0), handler)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # On Windows "reuse" means that two servers may share a port.
    allow_reuse_address = os.name == "posix"

    def server_bind(self) -> None:
        # HTTPServer's own asks the resolver for the host's full name, which can take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is its own business; any other fault deserves its traceback.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server_version = "AtelierDemo"
    sys_version = ""

    def __init__(self, resources: Mapping[str, Resource], *connection: Any) -> None:
        self._resources = resources
        # The base class answers the request within its constructor.
        super().__init__(*connection)

    def do_GET(self) -> None:
        found = self._resources.get(urlsplit(self.path).path)
        if found is not None and self.headers.get("If-None-Match") == found.etag:
            self._head(HTTPStatus.NOT_MODIFIED, found)
            return
        resource = found or _NOT_FOUND
        self._head(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND, resource)
        if self.command != "HEAD":
            self.wfile.write(resource.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as named above
        """Stay quiet: the run's own report says what was asked for."""

    def _head(self, status: HTTPStatus, resource: Resource) -> None:
        self.send_response(status)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", resource.media_type)
            self.send_header("Content-Length", str(len(resource.body)))
        if status != HTTPStatus.NOT_FOUND:
            self.send_header("ETag", resource.etag)
            self.send_header("Last-Modified", _LAST_MODIFIED)
        self.end_headers()
