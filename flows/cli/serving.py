"""`atelier serve`: collections built by a schedule."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import options
from flows.cli.exits import DONE, INTERRUPTED

if TYPE_CHECKING:
    from flows.schedule import When
    from flows.served import Served
    from flows.serving import Event

__all__ = ["serve"]


def serve(
    collections: Annotated[
        list[Path],
        typer.Argument(
            metavar="COLLECTION.toml…", help="The files that name photos, styles and recipe."
        ),
    ],
    cron: Annotated[
        str, typer.Option(metavar="CRON", help='When, such as "0 3 * * *" for every night at 3.')
    ] = "",
    interval: Annotated[
        str, typer.Option(metavar="TIME", help="How often: 30s, 15m, 6h, 1d.")
    ] = "",
    timezone: Annotated[
        str, typer.Option(metavar="NAME", help="Whose clock cron goes by.")
    ] = "UTC",
    environment: options.Environment = "",
    as_json: options.Json = False,
) -> int:
    """Build collections by a schedule, until Ctrl-C; a Prefect server comes with it.

    A file that is edited counts from the next run on. A run that comes due while another paints
    the same workspace is skipped. With --json every event is an object on a line of its own.
    """
    from flows.schedule import when
    from flows.served import serve_files

    schedule = when(cron, interval, timezone)
    return _serve(serve_files(collections, environment), schedule, as_json)


def _serve(served: list[Served], schedule: When, as_json: bool) -> int:
    from flows.cli.console import console, say
    from flows.server import prefect_server
    from flows.serving import Serving

    screen = console(stderr=True)
    with contextlib.ExitStack() as stack:
        with screen.status("Starting Prefect …", spinner="dots", spinner_style="cyan"):
            own = _is_own()
            api = stack.enter_context(prefect_server(serving=True))
        caught = stack.enter_context(_signals())
        if not as_json:
            _show(api, served)
        tell = _emit if as_json else _tell
        Serving(served, schedule, api, tell).serve(lambda: bool(caught), own)
    if signal.SIGINT in caught:
        return INTERRUPTED  # the entry point has the last word
    if not as_json:
        say("Stopped. Every finished picture is kept; run the same command again to go on.")
    return DONE


def _show(api: str, served: list[Served]) -> None:
    from flows.cli.console import place, say

    say(f"Prefect's pages: {_pages(api)}", "bold")
    for one in served:
        say(f"  {one.name}: {place(one.file)}, into {place(one.collection.workspace)}")
    say("Ctrl-C ends it; a collection file that is edited counts from the next run on.", "dim")


def _is_own() -> bool:
    from prefect.settings import PREFECT_API_URL

    return not PREFECT_API_URL.value()


def _pages(api: str) -> str:
    from prefect.settings import PREFECT_UI_URL

    return PREFECT_UI_URL.value() or api.removesuffix("/api")


def _tell(event: Event) -> None:
    from flows.cli.console import say

    say(f"{datetime.now():%Y-%m-%d %H:%M:%S}  {event.text}")


def _emit(event: Event) -> None:
    given = {key: value for key, value in asdict(event).items() if value not in ("", None)}
    line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), **given}
    sys.stdout.write(
        json.dumps(line, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"
    )
    sys.stdout.flush()


@contextlib.contextmanager
def _signals() -> Iterator[list[int]]:
    """The signals that asked for the end, as they come; a second one does not wait for it."""
    caught: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if caught:
            raise KeyboardInterrupt
        caught.append(number)

    before = {sign: signal.signal(sign, note) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
