"""The guards that live below `requests`, against a real server on loopback."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scraping import FetchError, Policy, Session, WebSource, scrape
from scraping.address import Scope
from tests.scraping.dripping import drip, drip_headers

Answer = Callable[[BaseHTTPRequestHandler], None]
QUICK = Policy(connect_timeout=2, read_timeout=2, total_timeout=0.6, attempts=1, backoff=0)


class Site:
    """Paths and what answers them."""

    def __init__(self) -> None:
        self.paths: dict[str, Answer] = {}
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    def serves(self, path: str, body: bytes, kind: str = "image/jpeg") -> None:
        self.paths[path] = lambda handler: whole(handler, body, kind)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def scope(self) -> Scope:
        return Scope("127.0.0.1", self.port, private=True, delay=0)


def whole(
    handler: BaseHTTPRequestHandler, body: bytes, kind: str, announced: int | None = None
) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body) if announced is None else announced))
    handler.end_headers()
    handler.wfile.write(body)
    handler.close_connection = announced is not None


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers["Host"]))
            try:
                made.paths.get(self.path, lambda handler: handler.send_error(404))(self)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def failure(session: Session, site: Site, path: str, cap: int | None = None) -> FetchError:
    with pytest.raises(FetchError) as caught:
        session.fetch(site.url + path, site.scope, cap=cap)
    return caught.value


def silence(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


@pytest.mark.parametrize("answer", [drip, drip_headers])
def test_a_byte_now_and_then_meets_the_deadline(site: Site, answer: Answer) -> None:
    """Row 1: no single read is late, the whole is, whether body or headers drip."""
    site.paths["/a"] = answer
    started = time.monotonic()
    with Session(QUICK) as session:
        error = failure(session, site, "/a")
    assert error.reason == "timeout"
    assert time.monotonic() - started < 2


def test_a_silent_server(site: Site) -> None:
    """A server that takes the request and says nothing runs into the read time-out."""
    site.paths["/a"] = silence
    with Session(Policy(read_timeout=0.3, attempts=1)) as session:
        assert failure(session, site, "/a").reason == "timeout"


def chunked(handler: BaseHTTPRequestHandler, chunks: int, end: bool = True) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for _ in range(chunks):
        handler.wfile.write(b"10000\r\n" + b"\0" * 65_536 + b"\r\n")
    if end:
        handler.wfile.write(b"0\r\n\r\n")
    handler.close_connection = True


def test_endless_and_chunked_bodies(site: Site) -> None:
    """Rows 2 and 4: a stream without a length is stopped at the cap; a whole one is not."""
    site.paths["/endless"] = lambda handler: chunked(handler, 100_000)
    site.paths["/whole"] = lambda handler: chunked(handler, 3)
    with Session(Policy(attempts=1)) as session:
        assert failure(session, site, "/endless", cap=300_000).reason == "too_many_bytes"
        assert len(session.fetch(f"{site.url}/whole", site.scope).body) == 3 * 65_536


def test_a_gzip_bomb(site: Site) -> None:
    """Row 5: 200 MB in 200 kB are never unpacked."""
    import tracemalloc

    bomb = gzip.compress(b"\0" * 200_000_000, compresslevel=1)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)

    site.paths["/bomb"] = answer
    tracemalloc.start()
    with Session(Policy(attempts=1)) as session:
        assert failure(session, site, "/bomb", cap=1_000_000).reason == "too_many_bytes"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("kind", ["length", "chunked"])
def test_a_body_that_breaks_off(site: Site, kind: str) -> None:
    """Row 6: fewer bytes than announced are "truncated" and asked for again."""
    site.paths["/a"] = (
        (lambda handler: whole(handler, b"half", "image/jpeg", announced=1000))
        if kind == "length"
        else (lambda handler: chunked(handler, 1, end=False))
    )
    with Session(Policy(attempts=3, backoff=0)) as session:
        error = failure(session, site, "/a")
    assert (error.reason, error.attempts) == ("truncated", 3)
    assert len(site.asked) == 4


def test_a_broken_transfer_is_retried_and_leaves_no_file(
    site: Site, picture: Callable[..., bytes], tmp_path: Path
) -> None:
    """Row 6: the next run asks again, as nothing whole was ever seen."""
    body = picture(1)
    site.serves("/", b"<img src=a.jpg>", "text/html")
    site.paths["/a.jpg"] = lambda handler: whole(handler, body[:500], "image/jpeg", len(body))
    source = WebSource(f"{site.url}/", delay=0, allow_private=True)
    with Session(Policy(backoff=0)) as session:
        (row,) = scrape(source, tmp_path / "content", session=session)
        assert (row.status, row.attempts, row.sha256, row.file) == ("truncated", 3, "", "")
        assert list((tmp_path / "content").iterdir()) == []
        site.serves("/a.jpg", body)
        (row,) = scrape(source, tmp_path / "content", [row], session=session)
    assert row.status == "taken"


def test_the_checked_address_is_the_one_connected_to(site: Site) -> None:
    """Row 19: the name does not exist, its checked address does; the Host header keeps the name."""
    calls: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        calls.append(host)
        return ["127.0.0.1"]

    site.serves("/a", b"hello")
    scope = Scope("no-such-host.invalid", site.port, private=True, delay=0)
    url = f"http://no-such-host.invalid:{site.port}/a"
    with Session(resolve=resolve) as session:
        assert session.fetch(url, scope).body == b"hello"
        assert session.fetch(url, scope).body == b"hello"
    assert calls == ["no-such-host.invalid"]
    assert site.asked[-1] == ("/a", f"no-such-host.invalid:{site.port}")


def test_the_next_address_is_tried(site: Site) -> None:
    """A host with a dead first address is reached at its second."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.2", 0))
        site.serves("/a", b"hello")
        with Session(resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"]) as session:
            scope = Scope("two.invalid", site.port, private=True, delay=0)
            assert session.fetch(f"http://two.invalid:{site.port}/a", scope).body == b"hello"


def test_a_loopback_server_needs_allow_private(site: Site, tmp_path: Path) -> None:
    """A page on loopback is refused unless its source says so, before any connection."""
    from scraping import PageError

    site.serves("/", b"<p>hi", "text/html")
    with pytest.raises(PageError, match="allow_private") as caught:
        scrape(WebSource(f"{site.url}/"), tmp_path / "content")
    assert caught.value.reason == "refused_address"
    assert site.asked == []


def test_a_site_that_is_down(tmp_path: Path) -> None:
    """Nothing listens there: one sentence that says what to do."""
    from scraping import PageError

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        source = WebSource(url, delay=0, allow_private=True)
        with Session(Policy(backoff=0)) as session, pytest.raises(PageError) as caught:
            scrape(source, tmp_path / "content", session=session)
    assert caught.value.reason == "host_down"
    assert url in str(caught.value)
    assert "check the address and that the site is up" in str(caught.value)
