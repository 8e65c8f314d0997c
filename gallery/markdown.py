"""The credits as Markdown: a file that travels with the pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from gallery.credits import Credits, Shared, Work

__all__ = ["credits_markdown", "plain"]

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|~^$-])")


def credits_markdown(found: Credits) -> str:
    """Write the credits; whatever comes from records is escaped, so that it stays text."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Credits) -> Iterator[str]:
    yield f"# Credits of {plain(found.title)}"
    yield ""
    if not found.pictures:
        yield "No picture is painted yet."
        return
    noun = "picture was" if found.pictures == 1 else "pictures were"
    yield f"{found.pictures:,} {noun} painted from these works."
    if found.duties:
        yield from ("", "## What the licences ask for", "")
        yield from (f"- {duty}" for duty in found.duties)
    for shared in found.shared:
        yield from _shared(shared)
    yield from _section("Photos", found.photos)
    yield from _section("Styles", found.styles)
    yield from _section("Without a known licence", found.unknown)


def _shared(shared: Shared) -> Iterator[str]:
    licence = shared.licence.replace(" + ", " and ")
    yield from ("", f"### To be shared under {_link(licence, shared.link)}", "")
    for words, file, _page in shared.pictures:
        yield f"- {_link(words, quote(file))}"


def _section(heading: str, works: Iterable[Work]) -> Iterator[str]:
    rows = [_row(work) for work in works]
    if rows:
        yield from ("", f"## {heading}", "")
        yield "| title | maker | licence | pictures |"
        yield "|---|---|---|---:|"
        yield from rows


def _row(work: Work) -> str:
    licence = _link(work.licence, work.licence_link) if work.licence else "unknown"
    cells = (_link(work.title, work.link), plain(work.maker), licence, f"{work.pictures:,}")
    return f"| {' | '.join(cells)} |"


def _link(words: str, address: str) -> str:
    # A bracket would end the link early.
    safe = address.replace("(", "%28").replace(")", "%29").replace("|", "%7C")
    return f"[{plain(words)}]({safe})" if safe else plain(words)


def plain(text: str) -> str:
    """Return `text` as one line that Markdown shows as it is, whatever marks it holds."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\1", line)
