"""Reports of runs, as plain dictionaries, → what their pages say. Read as leniently as rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gallery.values import (
    duration,
    label,
    number,
    text,
    web_link,
    without_folder,
    without_folders,
)

if TYPE_CHECKING:
    from gallery.view import Failure, Painting

__all__ = ["LISTED", "Left", "Run", "runs_of"]

LISTED = 500
"""How many entries of one kind a run's page lists."""

_OUTCOMES = {
    "complete": "complete",
    "partial": "some failed",
    "failed": "failed",
    "running": "under way",
}
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Left:
    """A photo that was found and not taken: its address, a link where it is one, and why."""

    address: str
    link: str
    why: str
    detail: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `page` is its address from the gallery's folder; `state` one of four words.

    `facts` are (name, value) pairs, `hosts` (host, what came of it), `left` the photos that were
    not taken, of which there are `left_count`, `errors` sentences.
    """

    name: str
    title: str
    page: str
    started: str
    state: str
    outcome: str
    done: int
    failed: int
    took: str
    facts: tuple[tuple[str, str], ...]
    hosts: tuple[tuple[str, str], ...]
    left: tuple[Left, ...]
    left_count: int
    errors: tuple[str, ...]
    paintings: tuple[Painting, ...]
    failures: tuple[Failure, ...]


def runs_of(
    reports: Iterable[Mapping[str, Any]],
    paintings: Iterable[Painting],
    failures: Iterable[Failure],
) -> tuple[Run, ...]:
    """The runs that `reports` tell of, newest first, each with its pictures and its failures."""
    made: dict[str, list[Painting]] = {}
    for painting in paintings:
        made.setdefault(painting.record.flow_run, []).append(painting)
    missed: dict[str, list[Failure]] = {}
    for failure in failures:
        missed.setdefault(failure.record.flow_run, []).append(failure)
    newest = {text(report.get("run")): report for report in reports if text(report.get("run"))}
    runs = [
        _run(report, made.get(name, ()), missed.get(name, ())) for name, report in newest.items()
    ]
    return tuple(sorted(runs, key=lambda run: (run.started, run.name), reverse=True))


def _run(
    report: Mapping[str, Any], paintings: Sequence[Painting], failures: Sequence[Failure]
) -> Run:
    name, state = text(report.get("run")), text(report.get("outcome"))
    left = _list(report.get("not_taken"))
    return Run(
        name=name,
        title=text(report.get("name")) or name,
        page=f"runs/{_file(name)}.html",
        started=text(report.get("started_at"))[:16].replace("T", " "),
        state=state if state in _OUTCOMES else "unknown",
        outcome=_OUTCOMES.get(state, state or "unknown"),
        done=_count(report.get("done")),
        failed=_count(report.get("failed")),
        took=duration(number(report.get("seconds"))),
        facts=tuple(_facts(report)),
        hosts=tuple(_hosts(_list(report.get("hosts")))),
        left=tuple(_left(entry) for entry in left[:LISTED]),
        left_count=len(left),
        errors=tuple(without_folders(text(e)) for e in _list(report.get("errors"), str)[:LISTED]),
        paintings=tuple(paintings),
        failures=tuple(failures),
    )


def _file(name: str) -> str:
    """The run's name where it is one that a run gives itself, otherwise a hash of it."""
    if _NAME.fullmatch(name):
        return name
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


def _facts(report: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    rate = number(report.get("pictures_per_hour"))
    left_out, by = _count(report.get("left_out")), text(report.get("left_out_by"))
    pairs = (
        ("Began", text(report.get("started_at"))[:19].replace("T", " ")),
        ("Ended", text(report.get("finished_at"))[:19].replace("T", " ")),
        ("Took", duration(number(report.get("seconds")))),
        ("Photos found", _counts(report.get("photos"))),
        ("Planned", _counts(report.get("planned"))),
        ("Painted", f"{_count(report.get('done')):,}"),
        ("Failed", f"{_count(report.get('failed')):,}"),
        ("Were there already", f"{_count(report.get('existed')):,}"),
        ("Left out", f"{left_out:,} by {by}" if left_out and by else ""),
        ("Retired", f"{_count(report.get('retired')):,}" if report.get("retired") else ""),
        ("Pictures an hour", f"{rate:,.0f}" if rate else ""),
        ("Time of each stage", _stages(report.get("stages"))),
        ("Run", text(report.get("run"))),
    )
    return [(name, value) for name, value in pairs if value]


def _hosts(hosts: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for host in hosts:
        if isinstance(host, Mapping):
            yield without_folder(text(host.get("host"))), _counts(host.get("outcomes"))


def _left(entry: Any) -> Left:
    found = entry if isinstance(entry, Mapping) else {}
    address = text(found.get("image_url"))
    detail = text(found.get("detail")).removeprefix(f"{address}: ")
    name = without_folder(address)
    status = label(text(found.get("status")))
    return Left(name, web_link(address), status, without_folders(detail))


def _stages(value: Any) -> str:
    stages = value.items() if isinstance(value, Mapping) else ()
    return ", ".join(f"{text(name)} {duration(number(seconds))}" for name, seconds in stages)


def _counts(value: Any) -> str:
    counts = value.items() if isinstance(value, Mapping) else ()
    return ", ".join(f"{text(name).replace('_', ' ')} {_count(count):,}" for name, count in counts)


def _count(value: Any) -> int:
    found = number(value)
    return 0 if found is None else max(0, round(found))


def _list(value: Any, kind: type = object) -> list[Any]:
    items = value if isinstance(value, list | tuple) else ()
    return [item for item in items if isinstance(item, kind)]
