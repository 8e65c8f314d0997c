"""The run's own Prefect server: it serves, it ends with the run, it leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import server, watchdog
from flows.server import ServerError, prefect_server, reap

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
HOLDER = """
import subprocess, sys, time
from flows import watchdog
child = subprocess.Popen(
    [sys.executable, "-I", watchdog.__file__, sys.argv[1], *sys.argv[2:]],
    stdin=subprocess.PIPE, start_new_session=True,
)
time.sleep(60)
"""


def wait_for(what: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return what()


def leash(note: Path, command: list[str]) -> subprocess.Popen[bytes]:
    started = subprocess.Popen(
        [sys.executable, "-I", str(watchdog.__file__), str(note), *command],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    assert wait_for(lambda: note.exists() and note.read_text().endswith("}"))
    return started


def alive(pid: int) -> bool:
    return watchdog.command_line(pid) != ""


def test_the_server_answers_on_loopback_and_prefect_uses_it(prefect_api: str) -> None:
    from prefect.settings import PREFECT_API_URL

    assert prefect_api.startswith("http://127.0.0.1:")
    assert PREFECT_API_URL.value() == prefect_api
    with urllib.request.urlopen(f"{prefect_api}/health") as answer:
        assert answer.status == 200


def test_a_configured_api_is_used_and_no_server_is_started(
    prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_own_server", None)
    with prefect_server() as url:
        assert url == prefect_api


def test_a_configured_api_that_is_down_is_one_sentence() -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with (
        temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}),
        pytest.raises(ServerError, match=r"http://127.0.0.1:9/api does not answer; start it"),
        prefect_server(),
    ):
        raise AssertionError


def test_a_home_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "file" / "home"))
    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(ServerError, match="set PREFECT_HOME to a folder"),
        prefect_server(),
    ):
        raise AssertionError


def test_what_takes_long_is_loaded_while_the_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for one after the other; a signal meanwhile ends the server, too."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    begun: list[str] = []

    def spawn(port: int, note: Path, log: Path, settings: object) -> subprocess.Popen[bytes]:
        begun.append("server")
        return leash(note, SLEEPER)

    def answers(api: str) -> bool:
        begun.append("asked")
        return True

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(server, "_spawn", spawn)
    monkeypatch.setattr(server, "answers", answers)
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        with prefect_server(meanwhile=lambda: begun.append("loaded")):
            assert begun == ["server", "loaded", "asked"]
        with pytest.raises(KeyboardInterrupt), prefect_server(meanwhile=interrupted):
            raise AssertionError
    assert wait_for(lambda: not list((tmp_path / "atelier").glob("*.json")))


def test_the_server_ends_when_the_run_lets_go(tmp_path: Path) -> None:
    note = tmp_path / "server.json"
    held = leash(note, SLEEPER)
    pid = json.loads(note.read_text())["server"]
    assert alive(pid)
    assert held.stdin is not None
    held.stdin.close()
    held.wait(10)
    assert wait_for(lambda: not alive(pid))
    assert not note.exists()


def test_the_server_ends_when_the_run_is_killed(tmp_path: Path) -> None:
    """SIGKILL gives a process no chance to clean up; the pipe closes all the same."""
    note = tmp_path / "server.json"
    run = subprocess.Popen([sys.executable, "-c", HOLDER, str(note), *SLEEPER])
    assert wait_for(note.exists)
    assert wait_for(lambda: note.read_text().endswith("}"))
    pid = json.loads(note.read_text())["server"]
    run.kill()
    run.wait()
    assert wait_for(lambda: not alive(pid))
    assert wait_for(lambda: not note.exists())


def test_a_server_that_ignores_a_polite_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)"
    child = subprocess.Popen(
        [sys.executable, "-uc", stubborn], stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdout is not None
    with child.stdout:
        child.stdout.readline()
    watchdog.end_group(child.pid, grace=0.3)
    assert child.wait(10) == -signal.SIGKILL


def test_ctrl_c_does_not_reach_the_leash(tmp_path: Path) -> None:
    """The run decides when its server goes: it has states to save first."""
    note = tmp_path / "server.json"
    held = leash(note, SLEEPER)
    os.kill(held.pid, signal.SIGINT)
    time.sleep(0.3)
    assert held.poll() is None
    assert held.stdin is not None
    held.stdin.close()
    held.wait(10)


def test_the_next_run_ends_what_a_killed_leash_left(tmp_path: Path) -> None:
    note = tmp_path / "server.json"
    held = leash(note, SLEEPER)
    pid = json.loads(note.read_text())["server"]
    held.kill()
    held.wait()
    assert held.stdin is not None
    held.stdin.close()
    assert alive(pid)
    note.with_suffix(".log").write_text("what the server said")
    assert reap(tmp_path) == 1
    assert reap(tmp_path) == 0
    assert not note.with_suffix(".log").exists()
    assert wait_for(lambda: not alive(pid))
    assert not note.exists()


def test_reaping_leaves_living_leashes_and_strangers_alone(tmp_path: Path) -> None:
    """A process number may belong to another program by now."""
    note = tmp_path / "server.json"
    held = leash(note, SLEEPER)
    stranger = {"leash": 2**22 + 1, "server": os.getpid(), "command": ["prefect", "server"]}
    (tmp_path / "old.json").write_text(json.dumps(stranger))
    (tmp_path / "torn.json").write_text('{"leash": 1')
    assert reap(tmp_path) == 0
    assert held.poll() is None
    assert not (tmp_path / "old.json").exists()
    assert held.stdin is not None
    held.stdin.close()
    held.wait(10)
