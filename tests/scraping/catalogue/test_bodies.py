"""Rows 1–8: bodies that do not come, do not end, are not what was announced, or are nothing."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
import zlib
from functools import cache
from http.server import BaseHTTPRequestHandler

from scraping import Policy
from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.town import QUICK, Handle, Town, whole
from tests.scraping.catalogue.web import BAD, Answer, Web
from tests.scraping.dripping import drip, drip_headers

URL = "http://bad.test/photo.jpg"
PATH = "bad.test/photo.jpg"
CAP = Policy(attempts=1, max_bytes=300_000)


def stream(pause: float) -> Handle:
    """A body without an announced length that only a broken connection ends."""

    def handle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        for _ in range(1_000_000):
            handler.wfile.write(b"\xff" * 10_000)
            time.sleep(pause)

    return handle


def chunked(chunks: int, end: bool = True) -> Handle:
    def handle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(chunks):
            handler.wfile.write(b"10000\r\n" + b"\xff" * 65_536 + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n" if end else b"")
        handler.close_connection = True

    return handle


@catalogued(
    Row(1, "H", "a body of one byte every 0.2 s", "timeout", drip, "the whole is late, no read is"),
    Row(1, "H", "a header line every 0.2 s", "timeout", drip_headers),
    Row(2, "H", "an endless stream, slow", "timeout", stream(0.05), "ended by the deadline"),
)
def test_a_body_that_does_not_come(row: Row, town: Town) -> None:
    """The clock on the wall ends it, however the bytes arrive."""
    town.paths[PATH] = row.setup
    started = time.monotonic()
    outcome = town.visit(URL, policy=QUICK)
    assert outcome.words == row.words
    assert outcome.row.sha256 == ""
    assert time.monotonic() - started < 2.5


@catalogued(
    Row(2, "H", "an endless stream, fast", "too_many_bytes", stream(0), "ended by the cap"),
    Row(4, "H", "a chunked body over the cap", "too_many_bytes", chunked(2000)),
)
def test_a_body_over_the_cap(row: Row, town: Town) -> None:
    """Reading stops at the cap; it is a refusal, so nothing is asked twice."""
    town.paths[PATH] = row.setup
    outcome = town.visit(URL, policy=Policy(max_bytes=300_000))
    assert outcome.words == row.words
    assert outcome.row.attempts == town.count(PATH) == 1


@catalogued(Row(3, "R", "Content-Length over the cap", "too_many_bytes", 26_000_000, "unread"))
def test_an_announced_length_over_the_cap(row: Row, net: Web) -> None:
    """Refused by its header: of the body not a byte is read."""
    reads: list[int] = []

    class Untouched(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            reads.append(1)
            return 0

    def body() -> io.BufferedReader:
        return io.BufferedReader(Untouched())

    net.has(BAD, Answer(body, headers={"Content-Length": str(row.setup)}))
    assert net.visit(BAD).words == row.words
    assert reads == []


@cache
def zeros(megabytes: int) -> bytes:
    """So many million zeros, packed to a thousandth."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)]
    return b"".join([*parts, packer.flush()])


BOUND = "decoded bytes count; at most 60 MB of memory under a cap of 25 MB"


@catalogued(
    Row(5, "H", "a gzip bomb, 194 kB → 200 MB", "too_many_bytes", 200, BOUND),
    Row(5, "H", "a gzip bomb, 29 kB → 30 MB", "too_many_bytes", 30, BOUND),
)
def test_a_gzip_bomb(row: Row, town: Town) -> None:
    """Unpacking stops at the cap, whatever length was announced."""
    bomb = zeros(row.setup)
    assert len(bomb) < 1000 * row.setup
    town.paths[PATH] = whole(bomb, Content_Encoding="gzip")
    tracemalloc.start()
    try:
        outcome = town.visit(URL, policy=Policy(attempts=1))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome.words == row.words
    assert peak < 60_000_000


def packed(data: bytes) -> bytes:
    return gzip.compress(data)


@catalogued(
    Row(5, "H", "a photo packed with gzip", "taken", packed(photo(1)), "unpacked"),
    Row(5, "H", "garbage announced as gzip", "truncated", b"\x1f\x8bgarbage" * 9, "no exception"),
    Row(5, "H", "gzip cut in half", "truncated", packed(photo(1))[:1500], "as if cut plain"),
)
def test_a_packed_body(row: Row, town: Town) -> None:
    """What cannot be unpacked to its end is a transfer that broke off."""
    town.paths[PATH] = whole(row.setup, Content_Encoding="gzip")
    outcome = town.visit(URL)
    assert outcome.words == row.words
    if row.expected == "taken":
        assert outcome.data(outcome.row) == photo(1)


@catalogued(
    Row(
        6,
        "H",
        "a body shorter than its Content-Length",
        "truncated",
        lambda body: whole(body[:900], Content_Length=str(len(body))),
        "three attempts, no file; taken by the next run",
    ),
    Row(
        6,
        "H",
        "chunks that break off",
        "truncated",
        lambda body: chunked(1, end=False),
        "three attempts, no file; taken by the next run",
    ),
)
def test_a_transfer_that_breaks_off(row: Row, town: Town) -> None:
    """Retried now, and again by the next run, as nothing whole was ever seen."""
    body = photo(1)
    town.paths[PATH] = row.setup(body)
    outcome = town.visit(URL, policy=Policy(backoff=0, total_timeout=5))
    assert outcome.words == row.words
    assert outcome.row.attempts == town.count(PATH) == 3
    assert outcome.row.sha256 == outcome.row.file == ""
    town.paths[PATH] = whole(body)
    assert town.again(outcome.every).words == ["taken"]


@catalogued(
    Row(7, "R", "200 with an empty body", "empty", Answer(b""), "one attempt"),
    Row(8, "R", "404 with a picture as body", "http_404", Answer(photo(1), 404), "one attempt"),
    Row(8, "R", "410 with a picture as body", "http_410", Answer(photo(1), 410), "one attempt"),
)
def test_an_answer_without_a_photo(row: Row, net: Web) -> None:
    """Nothing to keep, nothing to try again: the next run asks nothing either."""
    net.has(BAD, row.setup)
    outcome = net.visit(BAD)
    assert outcome.words == row.words
    assert outcome.row.attempts == len(net.times(BAD)) == 1
    assert net.scrape(outcome.every).words == row.words
    assert len(net.times(BAD)) == 1
