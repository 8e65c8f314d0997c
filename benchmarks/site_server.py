"""A small server for the scraper to be measured against: whole files, kept connections, one thread.

    python -m benchmarks.site_server FOLDER

Prints the port it listens on, and once its standard input has ended what it saw, both as a line of
JSON. It answers for every host name, and gives the files of the folder away with `sendfile`, so
that it takes little of the processors that are measured.
"""

from __future__ import annotations

import json
import mimetypes
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Answer", "Server", "Serving", "Sight", "answers_of", "main", "serving"]

_BUFFER = 1 << 20
_LONGEST_HEAD = 65_536
_ROBOTS = b"User-agent: *\nAllow: /\n"


class Answer(NamedTuple):
    """The head of an answer, and the file that follows it; without a file all is in the head."""

    head: bytes
    file: Path | None = None
    size: int = 0


class Sight(NamedTuple):
    """What a server saw: requests, connections, hosts, the seconds between two requests to one host
    at least, and how often a host was asked while it was still answering.
    """

    requests: int
    connections: int
    hosts: int
    shortest_gap: float
    overlaps: int


def answers_of(folder: Path) -> dict[str, Answer]:
    """Return the answer to every path of a site: the files of `folder`, and a robots.txt."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    answers = {f"/{file.relative_to(folder).as_posix()}": _of_file(file) for file in files}
    if "/index.html" in answers:
        answers["/"] = answers["/index.html"]
    robots = Answer(_head("200 OK", "text/plain", len(_ROBOTS)) + _ROBOTS)
    return {"/robots.txt": robots, **answers}


def _of_file(file: Path) -> Answer:
    size = file.stat().st_size
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Answer(_head("200 OK", kind, size, f'ETag: "{file.stem}-{size}"\r\n'), file, size)


def _head(status: str, kind: str, size: int, more: str = "") -> bytes:
    lines = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n{more}\r\n"
    return lines.encode("ascii")


_MISSING = Answer(_head("404 Not Found", "text/plain", 0))


class _Visitor:
    """One connection: what was read of the next request, and what is left of the answer."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.read = b""
        self.head = b""
        self.file: int | None = None
        self.sent = 0
        self.size = 0
        self.host = b""

    @property
    def answering(self) -> bool:
        return bool(self.head) or self.file is not None

    def take(self, answer: Answer) -> None:
        self.head, self.sent, self.size = answer.head, 0, answer.size
        self.file = os.open(answer.file, os.O_RDONLY) if answer.file else None

    def go_on(self) -> None:
        """Send what the socket takes now; raises `BlockingIOError` where that is nothing."""
        if self.head:
            flags = socket.MSG_MORE if self.file is not None else 0
            self.head = self.head[self.sock.send(self.head, flags) :]
        while not self.head and self.file is not None:
            self.sent += os.sendfile(
                self.sock.fileno(), self.file, self.sent, self.size - self.sent
            )
            if self.sent >= self.size:
                os.close(self.file)
                self.file = None

    def close(self) -> None:
        if self.file is not None:
            os.close(self.file)
        self.sock.close()


class Server:
    """Serves `answers` on 127.0.0.1 under a free `port`, whatever host is asked for."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._answers = {path.encode("ascii"): answer for path, answer in answers.items()}
        self._selector = selectors.DefaultSelector()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._socket.setblocking(False)
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._visitors: dict[int, _Visitor] = {}
        self._asked: dict[bytes, float] = {}
        self._busy: set[bytes] = set()
        self._requests = self._connections = self._overlaps = 0
        self._gap = float("inf")

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    @property
    def sight(self) -> Sight:
        """What it saw so far."""
        gap = self._gap if self._gap < float("inf") else 0.0
        return Sight(self._requests, self._connections, len(self._asked), gap, self._overlaps)

    def serve_until_closed(self, line: int) -> None:
        """Serve until the file descriptor `line` can be read, as when its other end is closed."""
        self._selector.register(line, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fd == line:
                    return
                if key.fileobj is self._socket:
                    self._welcome()
                else:
                    self._serve(self._visitors[key.fd])

    def close(self) -> None:
        """Close every connection."""
        for visitor in self._visitors.values():
            visitor.close()
        self._selector.close()
        self._socket.close()

    def _welcome(self) -> None:
        sock, _ = self._socket.accept()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self._connections += 1
        self._visitors[sock.fileno()] = _Visitor(sock)
        self._selector.register(sock, selectors.EVENT_READ)

    def _serve(self, visitor: _Visitor) -> None:
        try:
            if not visitor.answering and not self._read(visitor):
                return
            visitor.go_on()
            self._busy.discard(visitor.host)
            self._selector.modify(visitor.sock, selectors.EVENT_READ)
        except BlockingIOError:
            self._selector.modify(visitor.sock, selectors.EVENT_WRITE)
        except OSError:
            self._leave(visitor)

    def _read(self, visitor: _Visitor) -> bool:
        """Read; tell whether there is an answer to send now. Requests have no body."""
        part = visitor.sock.recv(_LONGEST_HEAD)
        visitor.read += part
        head, end, rest = visitor.read.partition(b"\r\n\r\n")
        if not part or (not end and len(visitor.read) > _LONGEST_HEAD):
            self._leave(visitor)
        elif end:
            visitor.read = rest
            visitor.host = _host(head)
            self._note(visitor.host)
            visitor.take(self._answers.get(head.split(b" ", 2)[1], _MISSING))
        return bool(end and part)

    def _note(self, host: bytes) -> None:
        now = time.monotonic()
        self._requests += 1
        self._gap = min(self._gap, now - self._asked.get(host, -float("inf")))
        self._asked[host] = now
        self._overlaps += host in self._busy
        self._busy.add(host)

    def _leave(self, visitor: _Visitor) -> None:
        self._selector.unregister(visitor.sock)
        del self._visitors[visitor.sock.fileno()]
        self._busy.discard(visitor.host)
        visitor.close()


def _host(head: bytes) -> bytes:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"host":
            return value.strip()
    return b""


class Serving:
    """A server in a process of its own: its `port`, and once it has ended its `sight`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sight = Sight(0, 0, 0, 0.0, 0)


@contextmanager
def serving(folder: Path) -> Iterator[Serving]:
    """Serve `folder` from another process while the block lasts; then `sight` is known."""
    command = [sys.executable, "-m", "benchmarks.site_server", str(folder)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    # All of it is this interpreter and a folder.
    with subprocess.Popen(command, text=True, **pipes) as process:  # noqa: S603
        served = Serving(json.loads(process.stdout.readline())["port"])  # type: ignore[union-attr]
        try:
            yield served
        finally:
            told, _ = process.communicate()
            served.sight = Sight(**json.loads(told))


def main(folder: str) -> None:
    """Serve `folder` until standard input ends."""
    with closing(Server(answers_of(Path(folder)))) as server:
        _say({"port": server.port})
        server.serve_until_closed(sys.stdin.fileno())
        _say(server.sight._asdict())


def _say(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
