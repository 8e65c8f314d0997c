"""Ctrl-C and SIGTERM reach the painting, also where the exception got lost on its way."""

import os
import signal
import sys
from typing import Any

import pytest

from flows import interrupts
from flows.cli.signals import hearing_sigterm
from flows.plan import Job
from flows.stages import stylize_jobs
from flows.workspace import Workspace


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_somebody_swallowed_is_raised_again(sign: int) -> None:
    """While the command runs; the next one begins anew, with the handlers of before."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with hearing_sigterm() as heard:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), sign)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
        assert heard.number == sign
    interrupts.check()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_painting_ends_at_its_next_step(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    """Whoever lost the exception: no row is made of it, and nothing more is painted."""
    interrupts.ask()
    try:
        with pytest.raises(KeyboardInterrupt):
            stylize_jobs(workspace, jobs, weights, "run", stylizer=painter)
    finally:
        interrupts.forget()
    assert painter.calls == 1
    assert not list(workspace.stylized.glob("*.png"))


def test_what_breaks_on_a_signal_is_no_failed_picture(
    workspace: Workspace, jobs: tuple[Job, ...], painter: Any, weights: Any
) -> None:
    """An import or a trace that the signal hit raises something of its own."""

    def broken(call: int) -> Exception:
        interrupts.ask()
        return ImportError("half a module")

    painter.fail = broken
    try:
        with pytest.raises(KeyboardInterrupt):
            stylize_jobs(workspace, jobs, weights, "run", stylizer=painter)
    finally:
        interrupts.forget()
    assert not list(workspace.journal.glob("*.jsonl"))


def test_a_handler_within_a_run_is_overheard() -> None:
    """Prefect answers SIGTERM in its own way; that it came is known all the same."""
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        with interrupts.overheard():
            os.kill(os.getpid(), signal.SIGTERM)
            with pytest.raises(KeyboardInterrupt):
                interrupts.check()
        assert heard == [signal.SIGTERM]
        assert interrupts.asked() == signal.SIGTERM
    finally:
        interrupts.forget()
        signal.signal(signal.SIGTERM, before)


class _Collected:
    """Its end is a callback of the garbage collector, where an exception goes nowhere."""

    def __init__(self, raised: type[BaseException] | None = None) -> None:
        self._raised = raised

    def __del__(self) -> None:
        if self._raised:
            raise self._raised
        os.kill(os.getpid(), signal.SIGINT)


def test_a_signal_in_a_callback_leaves_no_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is raised again later; what a callback raises without a signal is still reported."""
    told: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_type))
    with hearing_sigterm() as heard:
        _Collected(ValueError)
        _Collected()
        assert heard.number == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
    _Collected(KeyboardInterrupt)
    assert told == [ValueError, KeyboardInterrupt]
