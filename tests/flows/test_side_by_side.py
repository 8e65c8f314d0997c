"""Calls that wait together."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from flows.side_by_side import side_by_side


def test_results_come_in_the_order_of_what_was_asked() -> None:
    """Also where the first one ends last; what is raised is a result."""
    last = threading.Event()

    def call(number: int) -> int:
        if number == 0:
            assert last.wait(10)
        if number == 2:
            last.set()
            raise ValueError("two")
        return number * number

    zero, one, two = side_by_side(call, [0, 1, 2])
    assert (zero, one) == (0, 1)
    assert isinstance(two, ValueError)
    assert side_by_side(call, []) == []


def test_no_more_than_the_workers_at_once() -> None:
    lock, now, most = threading.Lock(), [0], [0]
    together = threading.Barrier(3)

    def call(_: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        together.wait(10)
        with lock:
            now[0] -= 1

    side_by_side(call, list(range(9)), workers=3)
    assert most == [3]


def test_ctrl_c_does_not_wait_for_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are daemons: what still waits for an answer does not keep the process."""
    release, threads = threading.Event(), list[threading.Thread]()

    def interrupted(self: threading.Thread, timeout: Any = None) -> None:
        threads.append(self)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "join", interrupted)
        with pytest.raises(KeyboardInterrupt):
            side_by_side(lambda _: release.wait(10), [1, 2])
    assert threads[0].daemon
    release.set()
