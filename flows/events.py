"""The log of a run: what happened, as it happens, one JSON object a line.

While a run goes on, everything the house logs goes to `runs/<id>.jsonl`; with ``ATELIER_LOG=json``
in the environment to standard error as well, in place of the progress, for a log collector. An
event has a name such as ``picture.painted`` and fields of its own; any other line of a library has
the event ``log``. `runs/<id>.json` is the sum of it all, the manifest what is kept of the pictures.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

__all__ = ["EventHandler", "as_json", "event", "logged", "on_stderr"]

_LOG = logging.getLogger(__name__)
_HOUSE = ("flows", "gallery", "images", "scraping", "stylize")


def event(name: str, message: str, /, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log that `name` happened: a sentence for people, `fields` (JSON values) for programs."""
    _LOG.log(level, "%s", message, extra={"event": name, "fields": fields})


def on_stderr() -> bool:
    """Whether the log is wanted on standard error, which leaves no room for progress there."""
    return os.environ.get("ATELIER_LOG", "").strip().lower() == "json"


@contextlib.contextmanager
def logged(path: Path, run: str) -> Iterator[None]:
    """Write the house's log of level INFO and above to `path` until the block ends.

    A log that cannot be written to stops no run.
    """
    with contextlib.ExitStack() as stack:
        handlers = []
        with contextlib.suppress(OSError):
            stream = stack.enter_context(path.open("a", encoding="utf-8", buffering=1))
            handlers.append(EventHandler(stream, run))
        if on_stderr():
            handlers.append(EventHandler(sys.stderr, run))
        for logger in map(logging.getLogger, _HOUSE):
            stack.enter_context(_listening(logger, handlers))
        yield


class EventHandler(logging.Handler):
    """Writes records as JSON lines to a stream."""

    def __init__(self, stream: TextIO, run: str) -> None:
        super().__init__(logging.INFO)
        self._stream = stream
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a full disk or a closed pipe is no reason to stop painting."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(as_json(record, self._run) + "\n")


def as_json(record: logging.LogRecord, run: str) -> str:
    """The line of a record: time in UTC, level, run, event, message and the event's fields."""
    moment = datetime.fromtimestamp(record.created, UTC)
    line = {
        "time": moment.isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "run": run,
        "event": getattr(record, "event", "log"),
        "message": record.getMessage(),
        **getattr(record, "fields", {"logger": record.name}),
    }
    if record.exc_info:
        line["exception"] = logging.Formatter().formatException(record.exc_info)
    text = json.dumps(line, ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace").decode("utf-8")


@contextlib.contextmanager
def _listening(logger: logging.Logger, handlers: list[EventHandler]) -> Iterator[None]:
    before = logger.level
    if logger.getEffectiveLevel() > logging.INFO:
        logger.setLevel(logging.INFO)
    for handler in handlers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
        logger.setLevel(before)
