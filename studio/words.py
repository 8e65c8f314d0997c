"""The page's words: what is said about a painting, a picture, a run, as HTML with all escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from gallery.values import duration
from studio.lane import Turn
from studio.painting import Moment
from studio.visits import Made

__all__ = [
    "bar",
    "facts",
    "failed",
    "finished",
    "getting_ready",
    "note",
    "painting",
    "ready",
    "run_table",
    "seconds",
    "waiting",
]

_RUN_COLUMNS = ("Began", "Run", "Outcome", "Painted", "Failed", "There already", "Took", "An hour")


def ready() -> str:
    """Before anything was painted."""
    return note("Choose a photo and a style, then press <b>Paint</b>.", plain=False)


def note(text: str, kind: str = "", *, plain: bool = True) -> str:
    """A sentence on a quiet ground; `kind` is ``good`` or ``bad``."""
    said = escape(text) if plain else text
    role = "alert" if kind == "bad" else "status"
    return f'<div class="say {kind}" role="{role}">{said}</div>'


def failed(sentence: str) -> str:
    """What went wrong, to be seen."""
    return note(sentence, "bad")


def bar(share: float, text: str) -> str:
    """A bar that is full by `share`, with what it means."""
    percent = round(100 * min(max(share, 0.0), 1.0))
    return (
        f'<div class="say" role="status"><div class="bar" role="progressbar" '
        f'aria-valuenow="{percent}" aria-valuemin="0" aria-valuemax="100">'
        f'<div style="width:{percent}%"></div></div><div>{escape(text)}</div></div>'
    )


def getting_ready() -> str:
    """While the network is loaded."""
    return bar(0, "Getting ready: the first picture after a start takes some seconds longer.")


def painting(moment: Moment) -> str:
    """How far a painting is."""
    left = f", about {seconds(moment.seconds_left)} left" if moment.step > 2 else ""
    return bar(moment.share, f"Painting: step {moment.step} of {moment.steps}{left}")


def waiting(turn: Turn) -> str:
    """Who is before one, and how far the first of them is."""
    if not turn.before:
        return bar(0, "It is your turn in a moment.")
    one = "one picture is" if turn.what == "picture" else f"{turn.what} is"
    many = f"{turn.before} pictures are" if turn.before > 1 else one
    text = f"Waiting: {many} before yours"
    if turn.share:
        text += f"; the first is {round(100 * turn.share)} % done"
        text += f", about {seconds(turn.seconds_left)} to go" if turn.seconds_left else ""
    return bar(0, f"{text}. Stop takes yours out of the line.")


def finished(made: Made) -> str:
    """What a painting came to."""
    height, width = made.shape
    took = seconds(made.statistics.seconds)
    if made.stopped:
        text = f"Stopped at step {made.stopped}: this is how far it came, in {took}."
    else:
        text = f"Done: {width} × {height} pixels, in {took}."
    return note(text, "good")


def seconds(value: float) -> str:
    """A time as people say it."""
    return duration(max(value, 0.1)).replace("\u00a0", " ")


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Facts as a table, one a line; web addresses become links."""
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{_linked(value)}</td></tr>"
        for name, value in pairs
        if value
    )
    return f'<table class="facts">{rows}</table>' if rows else ""


def run_table(reports: Sequence[Mapping[str, Any]]) -> str:
    """What the runs did, one a line, the details of each folded away."""
    if not reports:
        return note("There were no runs yet: pictures painted by atelier build appear here.")
    head = "".join(f"<th>{escape(name)}</th>" for name in _RUN_COLUMNS)
    body = "".join(_run(report) for report in reports)
    return (
        f'<div class="wide"><table class="runs"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _run(report: Mapping[str, Any]) -> str:
    outcome = str(report.get("outcome", ""))
    speed = float(report.get("pictures_per_hour") or 0)
    cells = (
        str(report.get("started_at", ""))[:16].replace("T", " "),
        str(report.get("name", "")),
        outcome,
        *(str(report.get(key, 0)) for key in ("done", "failed", "existed")),
        seconds(float(report.get("seconds") or 0)),
        f"{speed:.0f}" if speed else "",
    )
    row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    details = _details(report)
    more = f'<tr class="more"><td colspan="{len(cells)}">{details}</td></tr>' if details else ""
    return f'<tr class="{escape(outcome)}">{row}</tr>{more}'


def _details(report: Mapping[str, Any]) -> str:
    lines = [str(sentence) for sentence in report.get("errors", ())]
    slow = [
        f"slow: {part.get('title') or part.get('output')} × {part.get('style')}, "
        f"{seconds(float(part.get('seconds') or 0))}"
        for part in report.get("slowest", ())
    ]
    if not lines and not slow:
        return ""
    title = f"{len(lines)} errors" if len(lines) > 1 else lines[0] if lines else "slowest pictures"
    items = "".join(f"<li>{escape(line)}</li>" for line in (*lines[:20], *slow))
    return f"<details><summary>{escape(title)}</summary><ul>{items}</ul></details>"


def _linked(value: str) -> str:
    if value.startswith(("https://", "http://")) and not set(value) & set(" <>\"'\\"):
        there = escape(value, quote=True)
        return f'<a href="{there}" rel="noreferrer noopener" target="_blank">{escape(value)}</a>'
    return escape(value)
