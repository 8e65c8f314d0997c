"""Answers that come a byte now and then: no single read is late, the whole never ends in time."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

__all__ = ["drip", "drip_headers"]

PIECES, PAUSE_SECONDS = 40, 0.1


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A body that is announced, a byte at a time."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(PIECES):
        _send(handler, b"x")


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """Headers without an end, one at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(PIECES):
        _send(handler, f"X-{number}: y\r\n".encode())


def _send(handler: BaseHTTPRequestHandler, piece: bytes) -> None:
    handler.wfile.write(piece)
    handler.wfile.flush()
    time.sleep(PAUSE_SECONDS)
