"""What a scrape says: by outcome and by host, what was left out and why, what would be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.console import complain, place, say, table
from flows.words import many

if TYPE_CHECKING:
    from flows.preview import Preview, Prospect
    from flows.report import RunReport
    from flows.scraped import HostCounts

__all__ = ["show_failed", "show_preview", "show_scrape"]

_LINES = 20
_HOSTS = 15
_NAME = 40
_INDENT = 2
_SHARES = {"photo": 1 / 4, "licence": 1 / 5}
_NUMBERS = ("found", "taken", "unchanged")


def _counts_of(outcomes: Mapping[str, int]) -> str:
    """Return "12 taken, 3 robots", most first; what was taken always leads."""
    most = sorted(outcomes.items(), key=lambda item: (item[0] != "taken", -item[1], item[0]))
    return ", ".join(f"{count} {word}" for word, count in most)


def show_scrape(report: RunReport) -> None:
    """Write what became of the photos: a line where nothing is new, else a table by host too.

    What failed is left to `show_failed`.
    """
    from flows.scraped import is_trouble

    news = report.news or any(host.failures for host in report.hosts)
    if report.photos:
        say(f"  photos    {_counts_of(report.photos)}{'' if news else '; nothing new'}")
    if news:
        _show_hosts(report.hosts)
        refused = (photo for photo in report.not_taken if not is_trouble(photo.status))
        _left_out((photo.status, photo.image_url, photo.detail) for photo in refused)


def show_failed(report: RunReport) -> None:
    """Write the sentences about whatever failed or should be known, to standard error."""
    for note in report.notes:
        complain(f"  note      {note}")
    for sentence in report.errors[:_LINES]:
        complain(f"  failed    {sentence}")
    _more(len(report.errors))


def _show_hosts(hosts: Sequence[HostCounts]) -> None:
    """Write a line for each host as they come (troubled ones first), fifteen at most."""
    shown, rest = hosts[:_HOSTS], hosts[_HOSTS:]
    styles = ["yellow" if host.trouble or host.failures else "" for host in shown]
    columns = ("host", *_NUMBERS, "others")
    table(columns, map(_row, shown), right=_NUMBERS, styles=styles, indent=_INDENT)
    if rest:
        taken = _photos(sum(host.outcomes.get("taken", 0) for host in rest))
        say(f"  … and {many(len(rest), 'more host')}, {taken} taken there", "dim")


def _left_out(photos: Iterable[tuple[str, str, str]]) -> None:
    """Write a line for each photo (status, address, sentence) that was left out.

    Those of one sentence share a line.
    """
    sentences = Counter((status, detail or address) for status, address, detail in photos)
    for (status, sentence), count in list(sentences.items())[:_LINES]:
        times = f" ({_photos(count)})" if count > 1 else ""
        say(f"  left out  {status}: {sentence}{times}", "dim")
    _more(len(sentences))


def _more(count: int) -> None:
    if count > _LINES:
        say(f"            and {count - _LINES} more", "dim")


def show_preview(found: Preview) -> None:
    """Write what would be taken, what not and why, and the sums."""
    wanted, refused = found.wanted, found.refused
    if wanted:
        rows = ((_title(photo), photo.licence or "unknown", photo.image_url) for photo in wanted)
        table(("photo", "licence", "address"), rows, whole=("address",), shares=_SHARES)
    _left_out((photo.reason, photo.image_url, photo.detail) for photo in refused)
    for sentence in found.failures:
        complain(sentence)
    sums = (
        f"{_photos(len(wanted))} would be asked for",
        f"{len(refused)} left out" if refused else "",
        f"{found.settled} known already" if found.settled else "",
    )
    say(f"{', '.join(filter(None, sums))}; nothing was fetched but pages and robots.txt", "bold")


def _photos(count: int) -> str:
    return many(count, "photo")


def _row(host: HostCounts) -> tuple[str, int, int, int, str]:
    from flows.scraped import others_of

    taken, unchanged = (host.outcomes.get(word, 0) for word in ("taken", "unchanged"))
    failed = f"{many(len(host.failures), 'source')} failed" if host.failures else ""
    others = ", ".join(filter(None, (failed, others_of(host.outcomes))))
    folder = Path(host.host)
    name = place(folder) if folder.is_absolute() else host.host
    return _short(name), host.found, taken, unchanged, others


def _short(name: str) -> str:
    """The end of a long name: it is the part that says whose host it is."""
    return name if len(name) <= _NAME else f"…{name[1 - _NAME :]}"


def _title(photo: Prospect) -> str:
    return photo.title or photo.image_url.rpartition("/")[2][:_NAME]
