"""What keeps Prefect and TensorFlow quiet.

Their settings have to be made before they are imported. What a person has set stays:
`PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL=INFO` brings Prefect's lines back, `TF_CPP_MIN_LOG_LEVEL=0`
TensorFlow's. Prefect still sends every line to its API, where the run's page shows them.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterator, MutableMapping

__all__ = ["hush", "is_noise", "without_native_noise"]

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,scraping,stylize,gallery,images",
    # What the library says outside a flow run goes to the log alone.
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
_LOOPBACK = ("127.0.0.1", "localhost")
_NOISE = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog"
    rb"|[IWE]\d{4} \d\d:\d\d:\S+ +\d+ \S+:\d+\] "
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] "
    rb"|To enable the following instructions: "
)


def hush(environment: MutableMapping[str, str] = os.environ) -> None:
    """Fill in what is not set; loopback is reached without a proxy."""
    for name, value in _QUIET.items():
        environment.setdefault(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in environment.get(name, "").split(",") if host]
        hosts += [host for host in _LOOPBACK if host not in hosts and "*" not in hosts]
        environment[name] = ",".join(hosts)


def is_noise(line: bytes) -> bool:
    """Tell whether a line is one of those that TensorFlow's libraries write while they start."""
    return _NOISE.match(line) is not None


@contextlib.contextmanager
def without_native_noise() -> Iterator[None]:
    """Drop noise from file descriptor 2 until the block ends; other lines pass.

    TensorFlow writes its first lines before it reads any setting, and not through Python. Python's
    own standard error goes past the filter. `TF_CPP_MIN_LOG_LEVEL` below 3 lets everything through.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3") != "3" or not _is_plain(sys.stderr):
        yield
        return
    before = sys.stderr
    before.flush()
    real, (source, sink) = os.dup(2), os.pipe()
    pump = threading.Thread(target=_pump, args=(source, real), daemon=True)
    with open(os.dup(real), "w", buffering=1, encoding=before.encoding, errors="replace") as plain:  # noqa: PTH123
        os.dup2(sink, 2)
        os.close(sink)
        sys.stderr = plain
        pump.start()
        try:
            yield
        finally:
            sys.stderr = before
            before.flush()
            os.dup2(real, 2)  # the pipe's last writer: the pump ends
            pump.join(1)
            os.close(real)


def _is_plain(stream: object) -> bool:
    """Whether `stream` is file descriptor 2, and not something that stands in for it."""
    try:
        return bool(stream.fileno() == 2)  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return False


def _pump(source: int, real: int) -> None:
    with open(source, "rb") as lines:
        for line in lines:
            if not is_noise(line):
                with contextlib.suppress(OSError):
                    os.write(real, line)
