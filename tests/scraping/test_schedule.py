"""One request in flight per host, spaced; who waits holds nobody up."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import pytest
import responses

from scraping import FetchError, Policy, Session, WebSource, scrape_all
from scraping.address import AddressGuard, Scope
from scraping.schedule import Schedule
from scraping.turns import Stop, Stopped, Turn

Web = responses.RequestsMock
Picture = Callable[..., bytes]


class Clock(Protocol):
    now: float
    slept: list[float]


def apart(times: list[float]) -> float:
    """The shortest time between two requests."""
    return min(after - before for before, after in itertools.pairwise(times))


def test_many_threads_one_host(hosts: Any, many_hosts: Session) -> None:
    """Whatever the number of threads: never a second request beside the first, a second between
    two, robots.txt asked once and counted.
    """
    hosts.answers["a.test/x"] = b"x"
    with ThreadPoolExecutor(24) as threads:
        urls = [hosts.url("a.test/x")] * 48
        bodies = list(threads.map(lambda url: many_hosts.fetch(url, hosts.scope("a.test")), urls))
    assert len(bodies) == 48
    assert hosts.most == {"a.test": 1}
    assert [address for address, _ in hosts.asked].count("a.test/robots.txt") == 1
    assert len(hosts.asked) == 49
    assert apart(hosts.times("a.test")) >= 1.0


def test_a_run_keeps_its_distance_too(
    hosts: Any, many_hosts: Session, picture: Picture, tmp_path: Any
) -> None:
    """Twelve hosts, two sources on each: pages and pictures of one host come one at a time."""
    for number in range(12):
        host = f"h{number}.test"
        for page in ("one", "two"):
            names = [f"{page}{picture}.jpg" for picture in range(3)]
            html = "".join(f"<img src={name}>" for name in names)
            hosts.answers[f"{host}/{page}"] = html.encode()
            for at, name in enumerate(names):
                seed = 100 * number + 10 * (page == "two") + at
                hosts.answers[f"{host}/{name}"] = picture(seed)
    sources = [
        WebSource(hosts.url(f"h{number}.test/{page}"), allow_private=True)
        for number in range(12)
        for page in ("one", "two")
    ]
    rows = scrape_all(sources, tmp_path / "content", session=many_hosts)
    assert [row.status for row in rows] == ["taken"] * 72
    assert set(hosts.most.values()) == {1}
    assert len(hosts.most) == 12
    assert all(apart(hosts.times(host)) >= 1.0 for host in hosts.most)


def test_in_real_time(hosts: Any, picture: Picture, tmp_path: Any) -> None:
    """The same with the machine's own clock: waits end by themselves, few workers serve many."""
    for number in range(10):
        host = f"h{number}.test"
        hosts.answers[f"{host}/"] = b"<img src=a.jpg><img src=b.jpg><img src=c.jpg>"
        for at, name in enumerate("abc"):
            hosts.answers[f"{host}/{name}.jpg"] = picture(10 * number + at)
    sources = [hosts.source(f"h{number}.test", delay=0.05) for number in range(10)]
    with Session(resolve=lambda host, port: ["127.0.0.1"]) as session:
        rows = scrape_all(sources, tmp_path / "content", session=session, workers=3)
    assert [row.status for row in rows] == ["taken"] * 30
    assert set(hosts.most.values()) == {1}


def test_who_waits_occupies_no_worker(
    hosts: Any, many_hosts: Session, clock: Clock, picture: Picture, tmp_path: Any
) -> None:
    """One worker for twenty hosts: each is asked once a second, not one host after the other."""
    for number in range(20):
        hosts.answers[f"h{number}.test/"] = b"<img src=a.jpg><img src=b.jpg><img src=c.jpg>"
        for at, name in enumerate("abc"):
            hosts.answers[f"h{number}.test/{name}.jpg"] = picture(10 * number + at)
    sources = [hosts.source(f"h{number}.test") for number in range(20)]
    started = clock.now
    rows = scrape_all(sources, tmp_path / "content", session=many_hosts, workers=1)
    assert [row.status for row in rows] == ["taken"] * 60
    # robots.txt, page and three pictures, a second apart: 4 s; one after the other 60 s and more.
    assert clock.now - started < 12


def test_a_redirect_waits_for_its_turn(hosts: Any, many_hosts: Session) -> None:
    """The hop is a request like others: never beside another, and as far apart."""

    def elsewhere(handler: Any) -> None:
        handler.send_response(302)
        handler.send_header("Location", hosts.url("b.test/x"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    hosts.answers["b.test/x"] = b"x"
    hosts.answers["b.test/away"] = elsewhere
    scope = hosts.scope("b.test")
    with ThreadPoolExecutor(8) as threads:
        paths = ["b.test/x", "b.test/away"] * 4
        got = list(threads.map(lambda path: many_hosts.fetch(hosts.url(path), scope).body, paths))
    assert got == [b"x"] * 8
    assert len(hosts.times("b.test")) == 13
    assert hosts.most["b.test"] == 1
    assert apart(hosts.times("b.test")) >= 1.0


def test_a_hop_over_hosts(session: Session, web: Web, clock: Clock) -> None:
    """Both hosts keep their own time, and both robots.txt are asked."""
    times: list[tuple[str, float]] = []

    def answer(request: Any, status: int, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        times.append((request.url, clock.now))
        return status, headers, b"x"

    to = "https://cdn.test/a"
    for path in ("one", "two"):
        web.add_callback(
            "GET", f"https://site.test/{path}", lambda r: answer(r, 302, {"Location": to})
        )
    web.get("https://cdn.test/robots.txt", body="User-agent: *\nCrawl-delay: 4")
    web.add_callback("GET", to, lambda r: answer(r, 200, {}))
    for path in ("one", "two"):
        session.fetch(f"https://site.test/{path}", Scope())
    at_cdn = [time for url, time in times if url == to]
    assert at_cdn[1] - at_cdn[0] >= 4.0


def test_a_host_that_is_to_be_left_alone_holds_nobody_up(
    hosts: Any, many_hosts: Session, clock: Clock, picture: Picture, tmp_path: Any
) -> None:
    """Retry-After beyond the cap: its photos are deferred at once, the other host's are taken."""

    def busy(handler: Any) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", "90000")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    for host in ("busy.test", "good.test"):
        hosts.answers[f"{host}/"] = b"<img src=a.jpg><img src=b.jpg><img src=c.jpg>"
    hosts.answers["busy.test/a.jpg"] = busy
    for at, name in enumerate("abc"):
        hosts.answers[f"good.test/{name}.jpg"] = picture(at)
    started = clock.now
    sources = [hosts.source("busy.test"), hosts.source("good.test")]
    rows = scrape_all(sources, tmp_path / "content", session=many_hosts)
    assert [row.status for row in rows] == ["deferred"] * 3 + ["taken"] * 3
    assert clock.now - started < 30
    assert len(hosts.times("busy.test")) == 3


def test_a_host_that_fails_is_left_alone(
    hosts: Any, new_session: Callable[..., Session], picture: Picture, tmp_path: Any
) -> None:
    """After five failures in a row it gets no sixth request, whoever asks."""

    def hang_up(handler: Any) -> None:
        handler.connection.close()
        raise OSError

    hosts.answers["bad.test/"] = "".join(f"<img src={n}.jpg>" for n in range(9)).encode()
    for number in range(9):
        hosts.answers[f"bad.test/{number}.jpg"] = hang_up
    with new_session(resolve=lambda host, port: ["127.0.0.1"]) as session:
        rows = scrape_all([hosts.source("bad.test")], tmp_path / "content", session=session)
    assert [row.status for row in rows] == ["host_down"] * 9
    assert "left alone" in rows[-1].detail
    assert sum(address.endswith(".jpg") for address, _ in hosts.asked) == 5


def test_a_dead_name_is_given_up(new_session: Callable[..., Session]) -> None:
    """A name server is not asked for ever either."""
    asked: list[str] = []

    def fails(host: str, port: int) -> list[str]:
        asked.append(host)
        raise OSError("no such name")

    with new_session(resolve=fails) as session:
        for _ in range(4):
            with pytest.raises(FetchError) as caught:
                session.fetch("https://gone.test/a", Scope())
    assert caught.value.reason == "host_down"
    assert len(asked) == 5


def test_a_host_that_drips_counts_as_failing(new_session: Callable[..., Session], web: Web) -> None:
    """A time-out in the body speaks against a host as one without an answer does."""
    import requests

    web.get("https://site.test/a", body=requests.ReadTimeout())
    with new_session(Policy(attempts=1)) as session:
        for _ in range(5):
            with pytest.raises(FetchError):
                session.fetch("https://site.test/a", Scope())
        with pytest.raises(FetchError, match="left alone"):
            session.fetch("https://site.test/a", Scope())


def test_a_source_of_ones_own_may_not_hurry_others(
    new_session: Callable[..., Session], web: Web, clock: Clock
) -> None:
    """allow_private with a delay of 0 speeds up a private host, not a public one of that name."""
    web.get("https://site.test/a", body=b"x")
    scope = Scope("site.test", 443, private=True, delay=0)
    with new_session() as session:
        session.fetch("https://site.test/a", scope)
    assert clock.slept == [1.0]
    with new_session(resolve=lambda host, port: ["127.0.0.1"]) as session:
        session.fetch("https://site.test/a", scope)
    assert clock.slept == [1.0]


def test_a_name_is_resolved_once_by_many_threads() -> None:
    """Sixteen threads at once get the first answer; there is no second."""
    barrier = threading.Barrier(16)
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    def resolve(host: str, port: int) -> list[str]:
        found = next(answers)
        threading.Event().wait(0.01)
        return found

    guard = AddressGuard(resolve)

    def check(_: int) -> tuple[str, ...]:
        barrier.wait()
        return guard.addresses("rebind.test", 80)

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(check, range(16))) == {("93.184.216.34",)}


def test_a_wait_that_is_stopped_leaves_its_place(clock: Any) -> None:
    """Who is stopped while waiting is out of the queue; the next one gets the turn."""
    schedule = Schedule()
    turn, stop = Turn("a.test"), Stop()

    def steps() -> Any:
        yield turn

    def holds() -> Any:
        yield turn
        waiter = threading.Thread(target=run)
        waiter.start()
        while not schedule._slots["a.test"].waiting:
            threading.Event().wait(0.001)
        stop.set()
        schedule.wake()
        waiter.join()
        schedule.release(turn)
        yield turn
        schedule.release(turn)

    ended: list[type[BaseException]] = []

    def run() -> None:
        try:
            schedule.drive(steps(), stop)
        except Stopped as error:
            ended.append(type(error))

    schedule.drive(holds(), Stop())
    assert ended == [Stopped]
