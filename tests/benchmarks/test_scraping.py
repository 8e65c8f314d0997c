"""The benchmark's site is what it says, and measuring twenty pictures gives every figure."""

from __future__ import annotations

import http.client
import json
import socket
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image
from urllib3.util import connection

import benchmarks.scraping as benchmark
import benchmarks.site_pictures as site_pictures
from benchmarks.site_pictures import diptych, distinct, write_pictures
from benchmarks.site_server import Server, answers_of, serving
from images import inspect
from scraping.near import BITS


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_pictures, "_CHUNK", 10)


def test_pictures_are_like_photos_and_each_is_another() -> None:
    """1200×800, 150 to 300 kB, the same every time, and no two look alike."""
    pictures = [diptych(seed) for seed in range(6)]
    assert diptych(3) == pictures[3]
    for data in pictures:
        with Image.open(BytesIO(data)) as opened:
            assert (opened.format, opened.size) == ("JPEG", (1200, 800))
        assert 150_000 < len(data) < 300_000
    hashes = [int(inspect(data).dhash, 16) for data in pictures]
    assert min((a ^ b).bit_count() for a in hashes for b in hashes if a != b) > BITS
    assert list(distinct(iter([*pictures, pictures[0]]))) == pictures


def test_pictures_are_made_once(tmp_path: Path) -> None:
    """Where all are there none is made; where more are wanted the first are the same."""
    before = write_pictures(tmp_path, 2)
    bytes_before = [path.read_bytes() for path in before]
    times = [path.stat().st_mtime_ns for path in before]
    assert write_pictures(tmp_path, 2) == before
    assert [path.stat().st_mtime_ns for path in before] == times
    after = write_pictures(tmp_path, 3)
    assert [path.read_bytes() for path in after[:2]] == bytes_before
    assert len({path.read_bytes() for path in after}) == 3


def test_the_server_gives_files_away_over_one_connection(tmp_path: Path) -> None:
    """Whole bytes in order, a robots.txt, 404 for what is not there, whatever host is asked."""
    large = np.random.default_rng(1).bytes(3_000_000)
    (tmp_path / "large.jpg").write_bytes(large)
    (tmp_path / "index.html").write_text("<title>a page</title>")
    with serving(tmp_path) as server:
        asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        for path, status, body in (
            ("/large.jpg", 200, large),
            ("/", 200, b"<title>a page</title>"),
            ("/none.jpg", 404, b""),
            ("/robots.txt", 200, b"User-agent: *\nAllow: /\n"),
        ):
            asked.request("GET", path)
            answer = asked.getresponse()
            assert (answer.status, answer.read()) == (status, body)
        asked.close()
    assert (server.sight.requests, server.sight.connections, server.sight.hosts) == (4, 1, 1)
    assert 0 < server.sight.shortest_gap < 1


def test_the_server_sees_two_requests_to_one_host_at_a_time(tmp_path: Path) -> None:
    """A second request while the first is still being answered is an overlap."""
    (tmp_path / "large.bin").write_bytes(bytes(50_000_000))
    with serving(tmp_path) as server:
        visitors = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(3)]
        for visitor, host in zip(visitors, (b"a", b"a", b"b"), strict=True):
            visitor.sendall(b"GET /large.bin HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
            assert visitor.recv(1)
        for visitor in visitors:
            visitor.close()
    assert (server.sight.hosts, server.sight.overlaps) == (2, 1)


def test_every_path_of_a_folder_has_an_answer(tmp_path: Path) -> None:
    """Files by their names, the page at the root; a server without visitors saw nothing."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "1.jpg").write_bytes(b"x")
    answers = answers_of(tmp_path)
    assert set(answers) == {"/robots.txt", "/p/1.jpg"}
    assert b"image/jpeg" in answers["/p/1.jpg"].head
    server = Server(answers)
    assert server.sight == (0, 0, 0, 0.0, 0)
    server.close()


def test_connections_are_led_away_and_back(tmp_path: Path) -> None:
    """Only within the block; the guard judged a public address before."""
    original = connection.create_connection
    (tmp_path / "index.html").write_text("here")
    with serving(tmp_path) as server, benchmark.led_to(server.port):
        assert requests.get("http://93.184.0.1/", timeout=10).text == "here"
    assert connection.create_connection is original


def test_every_host_has_a_public_address_of_its_own() -> None:
    """Up to a thousand hosts and the page's."""
    hosts = ["www.page.example", *(f"photos{at:03}.example.org" for at in range(1000))]
    assert len({benchmark.resolve(host, 80)[0] for host in hosts}) == len(hosts)


def test_twenty_pictures_give_every_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Taken and prepared, all of them; a host is asked for one thing at a time, a second apart."""
    benchmark.main(["--pictures", "20", "--hosts", "20", "--site", str(tmp_path)])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = {line["metric"]: line for line in lines}
    assert {line["benchmark"] for line in lines} == {"scraping"}
    metrics = ("pictures_per_second", "cpu_ms_per_picture", "peak_mb", "prepared_per_second")
    assert all(told[metric]["value"] > 0 and told[metric]["unit"] for metric in metrics)
    assert told["pictures_per_second"]["statuses"] == {"taken": 20}
    parts = told["cpu_ms_per_picture"]
    assert parts["value"] == pytest.approx(parts["scraped"] + parts["prepared"], rel=0.01)
    sight = told["shortest_gap"]
    assert (sight["requests"], sight["hosts"], sight["overlaps"]) == (41 + 1, 21, 0)
    assert sight["value"] > 0.5


def test_pictures_that_do_not_come_are_no_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A benchmark of failures says so."""
    monkeypatch.setattr(benchmark, "scrape", lambda *args, **options: [])
    with pytest.raises(SystemExit, match="of 2 pictures"):
        benchmark.main(["--pictures", "2", "--hosts", "2", "--site", str(tmp_path)])


def test_the_page_names_every_picture_on_its_host(tmp_path: Path) -> None:
    """In order, the hosts one after the other."""
    paths = [tmp_path / "p" / f"{at}.jpg" for at in range(3)]
    page = benchmark.page_of(paths, tmp_path, 2)
    for at in range(3):
        assert f'src="http://photos{at % 2:03}.example.org/p/{at}.jpg"' in page
