"""As many threads compute as there are processors, and the network is not computing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scraping import FolderSource, Session, scrape, scrape_all, store
from scraping.permits import Permits


class Counter:
    """How many are inside at a time, at most."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        threading.Event().wait(0.002)

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._now -= 1


@pytest.mark.parametrize("count", [1, 3])
def test_no_more_than_permitted(count: int) -> None:
    """Of twelve threads one, or three, are inside; each gets its turn."""
    permits, counter = Permits(count), Counter()

    def work(_: int) -> int:
        with permits.computing(), counter:
            return 1

    with ThreadPoolExecutor(12) as threads:
        assert sum(threads.map(work, range(24))) == 24
    assert counter.most == count


def test_who_waits_for_the_network_lets_another_in() -> None:
    """A permit set aside is free for others and taken up again at the end of the block."""
    permits, inside = Permits(1), []

    def other() -> None:
        with permits.computing():
            inside.append("other")

    with permits.computing():
        with permits.set_aside():
            thread = threading.Thread(target=other)
            thread.start()
            thread.join(5)
        assert inside == ["other"]
        thread = threading.Thread(target=other)
        thread.start()
        assert inside == ["other"]
    thread.join(5)
    assert inside == ["other", "other"]
    with permits.set_aside():
        pass


def test_decoding_and_parsing_are_bounded(
    hosts: Any, many_hosts: Session, picture: Callable[..., bytes], tmp_path: Path, monkeypatch: Any
) -> None:
    """With one permit one thread decodes or parses at a time, whatever the number of workers."""
    many_hosts.permits = Permits(1)
    counter = Counter()
    real = store.inspect

    def counted(*args: Any) -> Any:
        with counter:
            return real(*args)

    monkeypatch.setattr(store, "inspect", counted)
    for number in range(12):
        hosts.answers[f"h{number}.test/"] = b"<img src=a.jpg>"
        hosts.answers[f"h{number}.test/a.jpg"] = picture(number)
    sources = [hosts.source(f"h{number}.test", delay=0) for number in range(12)]
    rows = scrape_all(sources, tmp_path / "content", session=many_hosts)
    assert [row.status for row in rows] == ["taken"] * 12
    assert counter.most == 1


def test_a_folder_is_read_by_several_threads(
    picture: Callable[..., bytes], tmp_path: Path, monkeypatch: Any
) -> None:
    """Its rows are in the order of its names all the same."""
    threads: set[int] = set()
    barrier = threading.Barrier(2, timeout=10)
    real = store.inspect

    def noted(*args: Any) -> Any:
        if threading.get_ident() not in threads:
            threads.add(threading.get_ident())
            barrier.wait()
        return real(*args)

    monkeypatch.setattr(store, "inspect", noted)
    monkeypatch.setattr(store, "Permits", lambda: Permits(2))
    folder = tmp_path / "mine"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.jpg").write_bytes(picture(number))
    rows = scrape(FolderSource(folder), tmp_path / "content", workers=2)
    assert [row.source_id for row in rows] == [f"{number}.jpg" for number in range(8)]
    assert len(threads) == 2
