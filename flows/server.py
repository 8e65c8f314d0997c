"""A Prefect API for the length of one run.

Where an API is configured (`PREFECT_API_URL`, a Prefect profile) that one is used. Otherwise a run
starts a server of its own, quiet and on loopback, and ends it: Prefect's built-in temporary server
loses the records of quick tasks and makes Ctrl-C hang for minutes. The server runs in a session of
its own, on the leash of `flows.watchdog`: a run killed at any instant takes its server with it, and
`reap` ends what a killed leash left behind. A serving server (`atelier serve`) also watches
schedules and automations.

`ServerError`: the configured API does not answer, or a server of our own could not be started.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from filelock import FileLock

from flows import watchdog
from flows.errors import AtelierError
from flows.leash import let_go, on_a_leash

__all__ = [
    "SERVER_ENVIRONMENT",
    "SERVING_ENVIRONMENT",
    "ServerError",
    "answers",
    "prefect_home",
    "prefect_server",
    "reap",
    "state_folder",
]

START_SECONDS = 300.0  # a fresh database takes ten seconds, on a busy machine minutes
DRAIN_SECONDS = 2.0

#: What a server that serves one run needs, and nothing it does not: without the recorder's three
#: settings it loses task records at the end; the services left out watch deployments and schedules.
SERVER_ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}

#: The same for a server that serves collections: schedules become runs, automations are heeded.
SERVING_ENVIRONMENT = {
    **SERVER_ENVIRONMENT,
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "true",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "true",
}


class ServerError(AtelierError):
    """No Prefect API to talk to."""


@contextlib.contextmanager
def prefect_server(
    serving: bool = False, meanwhile: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """Yield the URL of a Prefect API, ".../api", and make Prefect use it until the block ends.

    A server of our own heeds schedules and automations where it is `serving`; while it starts, some
    seconds, `meanwhile` is called.

    Raises `ServerError` when the configured API does not answer or no server could be started.
    """
    from prefect.settings import PREFECT_API_URL, temporary_settings

    configured = PREFECT_API_URL.value()
    if configured:
        # An address elsewhere may need certificates, keys or a proxy, which Prefect knows about.
        if configured.startswith("http://") and not answers(configured):
            raise ServerError(
                f"Prefect's API at {configured} does not answer; start it, or unset "
                "PREFECT_API_URL: the run then brings a server of its own."
            )
        yield configured
        return
    with _own_server(serving, meanwhile) as url, temporary_settings({PREFECT_API_URL: url}):
        try:
            yield url
        finally:
            time.sleep(DRAIN_SECONDS)


def prefect_home() -> Path:
    """Return the folder that holds Prefect's database: `PREFECT_HOME`, by default ~/.prefect."""
    return Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser().absolute()


def state_folder() -> Path:
    """Return the folder of the files that name what runs on a leash; it is made where missing.

    Raises `ServerError` where it cannot be.
    """
    notes = prefect_home() / "atelier"
    try:
        notes.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(error) from error
    return notes


def reap(notes: Path) -> int:
    """End every server named in `notes` whose leash is gone; return how many there were.

    Logs of runs that were killed are removed.
    """
    ended = 0
    for note in sorted(notes.glob("*.json")):
        try:
            named = json.loads(note.read_text())
            leash, server, command = named["leash"], named["server"], " ".join(named["command"])
        except (OSError, ValueError, KeyError):
            continue
        if note.name in watchdog.command_line(leash):
            continue
        # A process number may have been given to another program since.
        if command in watchdog.command_line(server):
            watchdog.end_group(server)
            ended += 1
        note.unlink(missing_ok=True)
    for log in notes.glob("*.log"):
        if not log.with_suffix(".json").exists():
            log.unlink(missing_ok=True)
    return ended


@contextlib.contextmanager
def _own_server(serving: bool, meanwhile: Callable[[], object]) -> Iterator[str]:
    notes = state_folder()
    try:
        # Two servers that create one database at the same moment would be in each other's way.
        with FileLock(notes / "start.lock", timeout=START_SECONDS):
            reap(notes)
            leash, url, log = _start(notes, serving, meanwhile)
    except OSError as error:
        raise _unusable(error) from error
    try:
        yield url
    finally:
        let_go(leash)
        log.unlink(missing_ok=True)


def _unusable(error: OSError) -> ServerError:
    return ServerError(
        f"Prefect's folder {prefect_home()} cannot be used ({error.strerror or error}); "
        "set PREFECT_HOME to a folder that can be written to."
    )


def _start(
    notes: Path, serving: bool, meanwhile: Callable[[], object]
) -> tuple["subprocess.Popen[bytes]", str, Path]:
    port = _free_port()
    url, log = f"http://127.0.0.1:{port}/api", notes / f"server-{port}.log"
    environment = SERVING_ENVIRONMENT if serving else SERVER_ENVIRONMENT
    leash = _spawn(port, notes / f"server-{port}.json", log, environment)
    deadline = time.monotonic() + START_SECONDS
    try:
        meanwhile()
        while not answers(url):
            if leash.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"Prefect's server did not start; {log} says why.")
            time.sleep(0.1)
    except BaseException:
        let_go(leash)
        raise
    return leash, url, log


def _spawn(
    port: int, note: Path, log: Path, settings: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    server = ["-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    inherited = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
    environment = {**inherited, "PREFECT_HOME": str(prefect_home()), **settings}
    with log.open("wb") as stream:
        # Settings files and .env of the working directory are not for it.
        return on_a_leash([sys.executable, *server], note, stream, environment, cwd=note.parent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(api: str) -> bool:
    """Tell whether a Prefect API answers, without any proxy on the way."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{api}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
