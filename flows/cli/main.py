"""The entry point: runs a command, and turns whatever goes wrong into a sentence and a status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from flows.cli.app import app
from flows.cli.exits import (
    BROKEN,
    DONE,
    INTERRUPTED,
    TERMINATED,
    EndedError,
    debugging,
    sentence_of,
    status_of,
)
from flows.cli.signals import hearing_sigterm
from flows.quiet import hush, without_native_noise

__all__ = ["main"]

_STOPPED = "Stopped. Every finished picture is kept; run the same command again to go on."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `atelier` with `arguments` (those of the process by default); return the exit status."""
    hush()
    given = sys.argv[1:] if arguments is None else arguments
    said = _STOPPED
    with hearing_sigterm() as heard:
        try:
            with without_native_noise():
                status = app(args=list(given), prog_name="atelier", standalone_mode=False)
        except KeyboardInterrupt:
            status = INTERRUPTED
        except EndedError as end:
            said, status = str(end), INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the last one to look at it
            # What was being imported or traced when the signal came breaks in ways of its own.
            status = INTERRUPTED if heard.number else _explain(error)
    if heard.number or status == INTERRUPTED:
        return _interrupted(TERMINATED if heard.number == signal.SIGTERM else INTERRUPTED, said)
    return status if isinstance(status, int) else DONE


def _explain(error: Exception) -> int:
    from flows.cli.console import complain

    if debugging():
        raise error
    if hasattr(error, "format_message"):  # wrong usage, found by typer
        complain(f"{error.format_message().rstrip('.')}. {_see(error)}")
        return int(getattr(error, "exit_code", BROKEN))
    sentence = sentence_of(error)
    if sentence is None:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        complain(f"Something unforeseen went wrong ({what}); ATELIER_DEBUG=1 shows where.")
        return BROKEN
    complain(sentence)
    return status_of(error)


def _see(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return f"See: {context.command_path} --help" if context else "See: atelier --help"


def _interrupted(status: int, said: str) -> int:
    from flows.cli.console import complain

    complain(said)
    if "prefect" in sys.modules and Path(sys.argv[0]).name in ("atelier", "__main__.py"):
        # Prefect's threads would wait at exit for a server that has ended.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status
