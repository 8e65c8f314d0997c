"""Many sources and hosts at once: the rows do not show it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scraping import (
    FolderSource,
    PageError,
    Photo,
    Policy,
    ScrapeError,
    Session,
    Source,
    SourceError,
    StoreError,
    scrape,
    scrape_all,
)

Picture = Callable[..., bytes]


def send(handler: Any, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def after(event: threading.Event, body: bytes) -> Callable[[Any], None]:
    """An answer that waits for another one to be given."""

    def answer(handler: Any) -> None:
        event.wait(10)
        send(handler, body)

    return answer


def giving(event: threading.Event, body: bytes) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        send(handler, body)
        event.set()

    return answer


@pytest.mark.parametrize("first", ["a.test", "b.test"])
def test_duplicates_do_not_depend_on_who_answers_first(
    hosts: Any, many_hosts: Session, picture: Picture, tmp_path: Path, first: str
) -> None:
    """The first in the order of discovery is taken, however late its bytes come."""
    given = threading.Event()
    for host in ("a.test", "b.test"):
        hosts.answers[f"{host}/"] = b"<img src=x.jpg>"
        how = giving if host == first else after
        hosts.answers[f"{host}/x.jpg"] = how(given, picture(1))
    sources = [hosts.source("a.test"), hosts.source("b.test")]
    rows = scrape_all(sources, tmp_path / "content", session=many_hosts)
    assert [(row.source, row.status) for row in rows] == [
        (sources[0].name, "taken"),
        (sources[1].name, "duplicate"),
    ]
    assert len(list((tmp_path / "content").iterdir())) == 1


def test_the_limit_is_exact(
    hosts: Any, many_hosts: Session, picture: Picture, tmp_path: Path
) -> None:
    """Of twenty photos, of which every third fails and one is a duplicate, the first five good ones
    are taken, and not one more is asked for.
    """
    hosts.answers["a.test/"] = "".join(f"<img src={n}.jpg>" for n in range(20)).encode()
    for number in range(20):
        if number % 3:
            hosts.answers[f"a.test/{number}.jpg"] = picture(1 if number == 2 else number)
    rows = scrape(
        hosts.source("a.test", limit=5, delay=0), tmp_path / "content", session=many_hosts
    )
    words = ["http_404", "taken", "duplicate", "http_404", "taken", "taken", "http_404"]
    assert [row.status for row in rows] == [*words, "taken", "taken", *["limit"] * 11]
    asked = {address for address, _ in hosts.asked if address.endswith(".jpg")}
    assert asked == {f"a.test/{number}.jpg" for number in range(9)}


def test_rows_come_in_order_and_one_at_a_time(
    hosts: Any, many_hosts: Session, picture: Picture, tmp_path: Path
) -> None:
    """Sources in the order given, photos in that of discovery; callbacks in the caller's thread."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jpg").write_bytes(picture(50 + number))
    for host in ("a.test", "b.test"):
        hosts.answers[f"{host}/"] = b"<img src=1.jpg><img src=2.jpg>"
        for number in (1, 2):
            hosts.answers[f"{host}/{number}.jpg"] = picture(ord(host[0]) + number)
    sources: list[Source] = [hosts.source("b.test"), FolderSource(folder), hosts.source("a.test")]
    seen: list[tuple[Photo, int, int, int]] = []
    rows = scrape_all(
        sources,
        tmp_path / "content",
        session=many_hosts,
        on_photo=lambda row, made, total: seen.append((row, made, total, threading.get_ident())),
    )
    assert [row.source for row in rows] == [
        *[sources[0].name] * 2,
        *[sources[1].name] * 6,
        *[sources[2].name] * 2,
    ]
    assert [row.source_id for row in rows[2:8]] == [f"{number}.jpg" for number in range(6)]
    assert [row for row, *_ in seen] == rows
    assert [made for _, made, *_ in seen] == list(range(1, 11))
    totals = [total for _, _, total, _ in seen]
    assert totals == sorted(totals)
    assert totals[-1] == 10
    assert {thread for *_, thread in seen} == {threading.get_ident()}


def test_a_source_that_fails_leaves_the_others_alone(
    hosts: Any, many_hosts: Session, picture: Picture, tmp_path: Path
) -> None:
    """It goes to `on_error`; without, the first error is raised when all else is done."""
    hosts.answers["good.test/"] = b"<img src=a.jpg>"
    hosts.answers["good.test/a.jpg"] = picture(1)
    sources: list[Source] = [
        hosts.source("gone.test"),
        FolderSource(tmp_path / "nowhere"),
        hosts.source("good.test"),
    ]
    errors: list[tuple[Source, ScrapeError]] = []
    rows = scrape_all(
        sources,
        tmp_path / "content",
        session=many_hosts,
        on_error=lambda source, error: errors.append((source, error)),
    )
    assert [row.status for row in rows] == ["taken"]
    assert [source for source, _ in errors] == sources[:2]
    assert [type(error) for _, error in errors] == [PageError, SourceError]
    made: list[Photo] = []
    with pytest.raises(PageError):
        scrape_all(
            sources,
            tmp_path / "content",
            rows,
            session=many_hosts,
            on_photo=lambda row, at, total: made.append(row),
        )
    assert [row.status for row in made] == ["unchanged"]


def left_behind() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("atelier-scrape", "atelier-discover"))]


@pytest.mark.parametrize("ending", [KeyboardInterrupt, ValueError])
def test_an_interrupted_run_ends_at_once(
    hosts: Any,
    new_session: Callable[..., Session],
    picture: Picture,
    tmp_path: Path,
    ending: type[BaseException],
) -> None:
    """Transfers are cut, waits end, threads are gone, and what was not judged yet is no file; the
    session goes on serving others.
    """
    free = threading.Event()
    given = threading.Event()
    for host in ("a.test", "slow.test", "waits.test"):
        hosts.answers[f"{host}/"] = b"<img src=1.jpg><img src=2.jpg><img src=3.jpg>"
    for number in (1, 2, 3):
        hosts.answers[f"a.test/{number}.jpg"] = giving(given, picture(number))
        hosts.answers[f"slow.test/{number}.jpg"] = after(free, picture(9))
    hosts.answers["waits.test/1.jpg"] = giving(given, picture(5))

    def interrupt(row: Photo, made: int, total: int) -> None:
        given.wait(5)
        raise ending

    sources = [
        hosts.source("a.test", delay=0),
        hosts.source("slow.test", delay=0),
        hosts.source("waits.test", delay=50),
    ]
    started = time.monotonic()
    policy = Policy(read_timeout=30)
    with Session(policy, resolve=lambda host, port: ["127.0.0.1"]) as session:
        with pytest.raises(ending):
            scrape_all(sources, tmp_path / "content", session=session, on_photo=interrupt)
        assert time.monotonic() - started < 5
        assert left_behind() == []
        files = [path.name for path in (tmp_path / "content").iterdir()]
        assert len(files) == 1
        assert files[0].endswith(".jpg")
        assert not files[0].startswith(".")
        rows = scrape(sources[0], tmp_path / "content", session=session)
        assert len(rows) == 3
    free.set()


def test_an_interrupted_discovery_ends_at_once(hosts: Any, tmp_path: Path) -> None:
    """Also while pages are read, or waited for."""
    free = threading.Event()
    hosts.answers["slow.test/"] = after(free, b"<p>")
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "note.txt").write_text("x")
    sources: list[Source] = [FolderSource(folder), hosts.source("slow.test", delay=0)]

    def interrupt(row: Photo, made: int, total: int) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with Session(Policy(read_timeout=30), resolve=lambda host, port: ["127.0.0.1"]) as session:
        with pytest.raises(KeyboardInterrupt):
            scrape_all(sources, tmp_path / "content", session=session, on_photo=interrupt)
        assert time.monotonic() - started < 5
        assert left_behind() == []
    free.set()


def test_a_full_disk_ends_all_sources(
    hosts: Any, many_hosts: Session, picture: Picture, tmp_path: Path, monkeypatch: Any
) -> None:
    """It is no matter of one source: the run ends with one sentence and without a partial file."""
    import os

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for host in ("a.test", "b.test"):
        hosts.answers[f"{host}/"] = b"<img src=1.jpg>"
        hosts.answers[f"{host}/1.jpg"] = picture(ord(host[0]))
    sources = [hosts.source("a.test"), hosts.source("b.test")]
    with pytest.raises(StoreError, match="No space left"):
        scrape_all(sources, tmp_path / "content", session=many_hosts)
    assert list((tmp_path / "content").iterdir()) == []


def test_what_a_killed_run_left_is_swept_up(picture: Picture, tmp_path: Path) -> None:
    """A partial file of yesterday goes; one of a run beside this one stays."""
    import os

    content, folder = tmp_path / "content", tmp_path / "mine"
    content.mkdir()
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture(1))
    (content / ".old.part").write_bytes(b"x")
    (content / ".new.part").write_bytes(b"x")
    os.utime(content / ".old.part", (1, 1))
    (row,) = scrape(FolderSource(folder), content)
    names = sorted(path.name for path in content.iterdir())
    assert names == sorted([".new.part", Path(row.file).name])


def test_connections_are_kept(hosts: Any, picture: Picture, tmp_path: Path) -> None:
    """One connection a host serves robots.txt, page, pictures and what it does not have."""
    for number in range(30):
        hosts.answers[f"h{number}.test/"] = b"<img src=1.jpg><img src=gone.jpg><img src=2.jpg>"
        for at in (1, 2):
            hosts.answers[f"h{number}.test/{at}.jpg"] = picture(10 * number + at)
    sources = [hosts.source(f"h{number}.test", delay=0) for number in range(30)]
    with Session(resolve=lambda host, port: ["127.0.0.1"]) as session:
        rows = scrape_all(sources, tmp_path / "content", session=session)
    assert [row.status for row in rows] == ["taken", "http_404", "taken"] * 30
    assert len(hosts.asked) == 150
    assert len(hosts.connections) == 30
