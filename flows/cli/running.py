"""Running a flow from the command line: server, progress, summary, exit status."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from flows import interrupts
from flows.cli.exits import BROKEN, DONE, PARTIAL

if TYPE_CHECKING:
    from rich.console import Console

    from flows.report import RunReport

__all__ = ["run_flow"]


def run_flow(name: Literal["build_collection", "restyle"], as_json: bool, **given: Any) -> int:
    """Run the flow called `name` with the parameters `given`; return the exit status.

    Progress goes to standard error, or the log where ATELIER_LOG asks for it; the summary (or
    JSON) to standard output. Raises what the flow raised.
    """
    from dataclasses import asdict

    from flows.cli.console import console, emit_json
    from flows.cli.summary import summarise
    from flows.events import on_stderr

    screen = console(stderr=True)
    screen.quiet = on_stderr()
    with _api(screen, given["config"].run.runner != "dask"), _no_heartbeat():
        report = _run(screen, name, given)
    if as_json:
        emit_json(asdict(report))
    else:
        summarise(report)
    return {"partial": PARTIAL, "failed": BROKEN}.get(report.outcome, DONE)


def _run(screen: Console, name: str, given: dict[str, Any]) -> RunReport:
    from flows import pipeline
    from flows.progress import console_progress, reporting
    from flows.report import RunReport

    flow: Any = getattr(pipeline, name)
    with console_progress(screen) as progress, reporting(progress):
        state = flow(**given, return_state=True)
    report = state.result(raise_on_failure=False)
    if isinstance(report, BaseException):
        raise report
    if not isinstance(report, RunReport):
        raise TypeError(f"the flow {name} ended as {state.name} without a report")
    return report


@contextlib.contextmanager
def _api(screen: Console, paints: bool) -> Iterator[None]:
    """A Prefect API, and a word while it starts: on a fresh machine that takes ten seconds.

    Where this process `paints`, it loads the network's machinery meanwhile.
    """
    from flows.server import prefect_server

    with contextlib.ExitStack() as stack:
        with screen.status("Starting Prefect …", spinner="dots", spinner_style="cyan"):
            stack.enter_context(prefect_server(meanwhile=_load) if paints else prefect_server())
        yield


def _load() -> None:
    """Import what takes long. What is wrong with it is said where it is used."""
    for name in ("flows.pipeline", "stylize.backend"):
        with contextlib.suppress(Exception):
            import_module(name)
        interrupts.check()  # an import that a signal hit breaks in ways of its own


@contextlib.contextmanager
def _no_heartbeat() -> Iterator[None]:
    """Without the heartbeat, whose thread costs a second at the end of every flow."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield
