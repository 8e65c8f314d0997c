"""Every page of the gallery: what is on it, what it is made of, and where it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from gallery.cards import Cards
from gallery.curve import curve_of, read_trace
from gallery.fields import fields_html, recipe_html
from gallery.pages import page
from gallery.runs import LISTED

if TYPE_CHECKING:
    from gallery.credits import Credits
    from gallery.runs import Run
    from gallery.shelf import Shelf
    from gallery.stamps import Stamps
    from gallery.view import Exhibition, Painting, Style

__all__ = ["PER_PAGE", "Pages", "Rooms", "chunks"]

PER_PAGE = 200
"""Pictures on one page of a wall, cells on one page of the matrix; about 150 kB of HTML."""
_COLUMNS = 20
_SIBLINGS = 12

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a page stands among those that belong together: its number, and their addresses."""

    number: int
    names: tuple[str, ...]


class Rooms:
    """Writes the pages of one exhibition, each only where its `Stamps` say that it has to be."""

    def __init__(
        self,
        exhibition: Exhibition,
        shelf: Shelf,
        stamps: Stamps,
        meanings: Mapping[str, str],
    ) -> None:
        """Take what is shown; `meanings` explain the columns of the manifest."""
        self._show = exhibition
        self._shelf = shelf
        self._stamps = stamps
        self._meanings = meanings
        self._cards = Cards()
        self._runs = {run.name: run.page for run in exhibition.runs}
        self._frame = {"title": exhibition.title, "failed": len(exhibition.failures)}

    def pictures(self) -> None:
        """Write a page for each picture, between its neighbours on the wall."""
        paintings = self._show.paintings
        walk = (None, *paintings, None)
        same = _by(paintings, lambda painting: painting.photo)
        for painting, before, after in zip(paintings, walk, walk[2:], strict=False):
            siblings = [other for other in same[id(painting.photo)] if other is not painting]
            self._picture(painting, before, after, siblings[:_SIBLINGS])

    def walls(self) -> None:
        """Write the pages of all pictures, and for each style and each run one of its own."""
        show = self._show
        hung = _by(show.paintings, lambda painting: painting.style)
        counted = [(style, len(hung[id(style)])) for style in show.styles.values()]
        self._write("styles.html", "styles.html", "", counted, styles=counted)
        for style in show.styles.values():
            self._style(style, hung[id(style)])
        told = [(run.page, run.title, run.started, run.state) for run in show.runs]
        counts = [(run.outcome, run.done, run.failed, run.took) for run in show.runs]
        self._write("runs.html", "runs.html", "", (told, counts), runs=show.runs)
        for run in show.runs:
            self._run(run)
        self._wall("wall.html", "index.html", "wall", show.paintings, summary=show.summary)

    def matrix(self) -> None:
        """Write the pages of the grid: a row for each photo, a column for each style."""
        show = self._show
        names = tuple(show.styles.items())
        blocks = [
            (rows, columns)
            for columns in chunks(names, _COLUMNS)
            for rows in chunks(tuple(show.photos.items()), max(1, PER_PAGE // len(columns)))
        ]
        addresses = _addresses("matrix.html", max(1, len(blocks)))
        for number, name in enumerate(addresses, start=1):
            photos, styles = blocks[number - 1] if blocks else ((), ())
            cells = [
                (photo, [(style, show.cell(key, own)) for own, style in styles])
                for key, photo in photos
            ]
            matter = [
                (photo, [(cell.failed, self._cards.matter(cell.paintings)) for _, cell in row])
                for photo, row in cells
            ]
            more = {
                "styles": [style for _, style in styles],
                "rows": cells,
                "pages": Pages(number, addresses),
            }
            self._write(name, "matrix.html", "", (matter, more["styles"], addresses), **more)

    def failures(self) -> None:
        """Write the pages of what could not be painted, if there is any."""
        found = chunks(self._show.failures, PER_PAGE)
        addresses = _addresses("failures.html", len(found))
        for number, (name, part) in enumerate(zip(addresses, found, strict=True), start=1):
            told = [(failure, self._runs.get(failure.record.flow_run, "")) for failure in part]
            matter = ([(f.photo, f.style, f.note, f.error, run) for f, run in told], addresses)
            pages = Pages(number, addresses)
            self._write(name, "failures.html", "", matter, failures=told, pages=pages)

    def credits(self, found: Credits) -> None:
        """Write the page that says whose photos and styles they are, and what licences ask."""
        self._write("credits.html", "credits.html", "", found, credits=found)

    def _picture(
        self,
        painting: Painting,
        before: Painting | None,
        after: Painting | None,
        siblings: Sequence[Painting],
    ) -> None:
        record = painting.record
        run = self._runs.get(record.flow_run, "")
        steps = [(p.page, p.photo.title, p.style.title) if p else None for p in (before, after)]
        parts = (painting.photo, painting.style, painting.thumb, painting.full)
        matter = (record.row, parts, steps, self._cards.matter(siblings), run, self._meanings)

        def render() -> bytes:
            trace = read_trace(partial(self._shelf.beginning, record.output))
            return page(
                "picture.html",
                "../",
                **self._frame,
                painting=painting,
                before=before,
                after=after,
                siblings=self._cards.wall(siblings, "../", brief=True) if siblings else "",
                run=run,
                curve=curve_of(*trace),
                fields=fields_html(record.row, self._meanings),
                recipe=recipe_html(record.recipe),
            )

        self._stamps.page(painting.page, (self._frame, matter), render)

    def _style(self, style: Style, hung: Sequence[Painting]) -> None:
        losses = [p.record.loss for p in hung if p.record.loss is not None]
        seconds = [p.record.seconds for p in hung if p.record.seconds is not None]
        figures = {"loss": _mean(losses), "seconds": _mean(seconds), "count": len(hung)}
        stem = style.page.removesuffix(".html")
        self._wall("style.html", style.page, stem, hung, style=style, **figures)

    def _run(self, run: Run) -> None:
        part, failures = run.paintings[:PER_PAGE], run.failures[:LISTED]
        words = (run.facts, run.hosts, run.left, run.left_count, run.errors, len(run.paintings))
        missed = [(f.photo.title, f.style.title, f.note, f.error) for f in failures]
        matter = (run.title, run.state, run.outcome, words, self._cards.matter(part), missed)
        self._write(
            run.page,
            "run.html",
            "../",
            matter,
            run=run,
            hung=self._cards.wall(part, "../") if part else "",
            shown=len(part),
            missed=failures,
        )

    def _wall(
        self, template: str, first: str, stem: str, hung: Sequence[Painting], **more: Any
    ) -> None:
        """Hang pictures over as many pages as they need, with links from each to the others."""
        root = "../" if "/" in first else ""
        parts = chunks(hung, PER_PAGE) or [()]
        addresses = (first, *_addresses(f"{stem}.html", len(parts))[1:])
        for number in range(len(parts), 0, -1):  # the first page last: it leads to the others
            part, pages = parts[number - 1], Pages(number, addresses)
            matter = (self._cards.matter(part), pages, more)
            name = addresses[number - 1]
            hung_html = self._cards.wall(part, root) if part else ""
            self._write(name, template, root, matter, hung=hung_html, pages=pages, **more)

    def _write(self, name: str, template: str, root: str, matter: object, **given: Any) -> None:
        def render() -> bytes:
            return page(template, root, **self._frame, **given)

        self._stamps.page(name, (self._frame, matter), render)


def _by(
    paintings: Iterable[Painting], thing: Callable[[Painting], object]
) -> dict[int, list[Painting]]:
    """The paintings by the identity of a thing they share, which is cheaper than its hash."""
    found: dict[int, list[Painting]] = {}
    for painting in paintings:
        found.setdefault(id(thing(painting)), []).append(painting)
    return found


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def chunks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Cut `items` into parts of `size`, the last of which may be shorter."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _addresses(first: str, count: int) -> tuple[str, ...]:
    stem = first.removesuffix(".html")
    return tuple(first if n == 1 else f"{stem}-{n}.html" for n in range(1, count + 1))
