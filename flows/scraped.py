"""What a visit to the sources brought: counts by outcome and by host, troubled hosts first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from scraping import Photo

__all__ = ["HostCounts", "by_host", "host_in", "host_of", "is_news", "is_trouble", "others_of"]

_OWN_COLUMN = ("taken", "unchanged")
_PORTS = {"http": ":80", "https": ":443"}
_WEB = ("http://", "https://")


@dataclass(frozen=True)
class HostCounts:
    """What became of the photos of one host (or folder).

    `outcomes` counts its rows by reason word, `trouble` is how many of them may work another time,
    `failures` holds the sentence of each source there that could not be had at all.
    """

    host: str
    outcomes: dict[str, int] = field(default_factory=dict)
    trouble: int = 0
    failures: tuple[str, ...] = ()

    @property
    def found(self) -> int:
        """Photos found there."""
        return sum(self.outcomes.values())

    @property
    def order(self) -> tuple[bool, int, int, str]:
        """Sorts failed sources first, then by trouble, then by photos found, then by name."""
        return not self.failures, -self.trouble, -self.found, self.host


def is_trouble(status: str) -> bool:
    """Tell whether a photo of this reason word failed: it may work next time, so it is missing.

    What is refused by policy, or gone for good, is no failure.
    """
    from scraping import may_change

    return status != "limit" and may_change(status)


def is_news(row: Photo, before: Photo | None) -> bool:
    """Tell whether `row` says more than its row of an earlier run; trouble is always news."""
    if row.status == "unchanged":
        return False
    if before is None or is_trouble(row.status):
        return True
    return (row.status, row.sha256) != (before.status, before.sha256)


def by_host(photos: Iterable[Photo], failures: Mapping[str, str] | None = None) -> list[HostCounts]:
    """Count `photos` host by host, troubled hosts first.

    `failures` maps the names of the sources that could not be had to a sentence each.
    """
    outcomes: dict[str, Counter[str]] = {}
    for photo in photos:
        outcomes.setdefault(host_of(photo), Counter())[photo.status] += 1
    sentences: dict[str, list[str]] = {}
    for source, sentence in (failures or {}).items():
        sentences.setdefault(host_in(source) or source, []).append(sentence)
    counts = [
        _counts(host, outcomes.get(host, Counter()), sentences.get(host, ()))
        for host in {**outcomes, **sentences}
    ]
    return sorted(counts, key=lambda host: host.order)


def host_of(photo: Photo) -> str:
    """Return the host that a photo was asked of, with a port that is not the usual one.

    For a photo that lies inside its page it is the page's host, for a file its folder.
    """
    if photo.kind == "file":
        return photo.source
    return host_in(photo.image_url) or host_in(photo.page_url) or photo.source


def host_in(url: str) -> str:
    """Return the host of a web address, with a port that is not usual; "" for anything else."""
    if not url.lower().startswith(_WEB):
        return ""
    try:
        split = urlsplit(url)
    except ValueError:
        return ""
    name = split.netloc.rpartition("@")[2].lower()
    return name.removesuffix(_PORTS[split.scheme])


def others_of(outcomes: Mapping[str, int]) -> str:
    """Say what became of the photos that have no column: "3×robots, http_404", most first."""
    rest = {word: count for word, count in outcomes.items() if word not in _OWN_COLUMN}
    told = (
        (f"{count}×" if count > 1 else "") + word for word, count in sorted(rest.items(), key=_most)
    )
    return ", ".join(told)


def _most(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _counts(host: str, outcomes: Counter[str], failures: Iterable[str]) -> HostCounts:
    counted = dict(sorted(outcomes.items(), key=_most))
    trouble = sum(count for word, count in counted.items() if is_trouble(word))
    return HostCounts(host, counted, trouble, tuple(dict.fromkeys(failures)))
