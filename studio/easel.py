"""What happens on the page when somebody paints: the order, the line, the picture, the history.

Here are plain values; `studio.paint_tab` shows them.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.desk import Desk, KnownStyle
from studio.errors import StudioError
from studio.lane import Lane
from studio.order import MOST_STYLES, Order, Photo, Style, make_photo, make_style
from studio.painting import Moment, Painted, paint
from studio.recipe_form import overrides_of
from studio.thumbs import Thumbs
from studio.visits import Made, Visit

__all__ = ["Easel", "facts_of", "file_stem"]

_LOG = logging.getLogger(__name__)


class Easel:
    """Paints the orders of all visits over one `desk`, one after the other."""

    def __init__(self, desk: Desk, thumbs: Thumbs) -> None:
        self.desk = desk
        self.thumbs = thumbs
        self.lane = Lane()

    def styles(self, visit: Visit) -> list[Style | KnownStyle]:
        """The styles that a visit can choose from: the workspace's, then its own."""
        known = self.desk.styles()
        kept = {style.sha256 for style in known}
        return [*known, *(own for own in visit.styles if own.sha256 not in kept)]

    def add_style(self, visit: Visit, name: str, path: str) -> Style:
        """Take a picture as a style of this visit, and choose it. Raises `ImageError`."""
        self.took(visit, path)
        style = make_style(name, Path(path).read_bytes(), self.desk.styles())
        if style.known is None and style.sha256 not in {own.sha256 for own in visit.styles}:
            visit.styles.append(style)
        visit.chosen = [style.sha256]
        return style

    def took(self, visit: Visit, path: str) -> None:
        """A file came in by the page of this visit, and goes with it."""
        if visit.folder not in Path(path).parents and not self.thumbs.key_of(path):
            visit.uploads.add(Path(path))

    def choose(self, visit: Visit, key: str, blend: bool) -> None:
        """Choose the style with the SHA-256 `key`; for a blend add it, or take it out again."""
        if key not in {style.sha256 for style in self.styles(visit)}:
            return
        if not blend:
            visit.chosen = [key]
        elif key not in visit.chosen:
            visit.chosen = [*visit.chosen, key][-MOST_STYLES:]
        elif len(visit.chosen) > 1:
            visit.chosen.remove(key)

    def chosen(self, visit: Visit) -> list[Style | KnownStyle]:
        """The styles chosen, in the order of their shares."""
        by_key = {style.sha256: style for style in self.styles(visit)}
        return [by_key[key] for key in visit.chosen if key in by_key]

    def order(
        self,
        visit: Visit,
        upload: Any,
        shares: Sequence[float],
        preset: str,
        given: Mapping[str, Any],
        weights: str,
    ) -> Order:
        """What the page asks for; `upload` is the photo's file as Gradio names it.

        Raises errors whose text is a sentence.
        """
        if upload is None:
            raise StudioError("There is no photo yet: drop one in, take one, or choose one below.")
        if weights not in self.desk.weights().names:
            raise StudioError(f"There are no weights {weights!r} here: choose others.")
        chosen = self.chosen(visit)
        made = Order(
            photo=self.photo(visit, upload.path, upload.orig_name or Path(upload.path).name),
            styles=tuple(_opened(style) for style in chosen),
            shares=tuple(map(float, shares[: len(chosen)])) if len(chosen) > 1 else (1.0,),
            preset=preset,
            overrides=overrides_of(preset, given),
            weights=weights,
        )
        _ = made.recipe  # raises where it is none
        return made

    def photo(self, visit: Visit, path: str, name: str) -> Photo:
        """The photo in the file at `path`: the original of a copy that the page shows, or its own.

        Raises `ImageError` for what is no picture within the limits.
        """
        if path in visit.photos:
            return visit.photos[path]
        known = list(self.desk.photos())
        key = self.thumbs.key_of(path)
        for photo in known if key else ():
            if photo.sha256 == key:
                return make_photo(photo.path.name, photo.path.read_bytes(), known)
        self.took(visit, path)
        file = Path(path)
        if not file.is_file():
            raise StudioError("The photo is not here any more: drop it in again.")
        return make_photo(name, file.read_bytes(), known)

    def join(self, visit: Visit, order: Order) -> str:
        """Put an order into the line; its ticket. An earlier one that still waits is taken out."""
        self.lane.leave(visit.ticket)
        visit.ticket, visit.waiting = secrets.token_hex(8), order
        visit.stop.clear()
        self.lane.join(visit.ticket)
        return visit.ticket

    def stop(self, visit: Visit) -> bool:
        """Stop what is being painted (True), or take what waits out of the line."""
        visit.stop.set()
        if visit.painting:
            return True
        self.lane.leave(visit.ticket)
        visit.ticket, visit.waiting = "", None
        return False

    def join_repainting(self, visit: Visit) -> None:
        """Put the repainting of a style into the line."""
        self.lane.leave(visit.repaint_ticket)
        visit.repaint_ticket = secrets.token_hex(8)
        visit.stop_repainting.clear()
        self.lane.join(visit.repaint_ticket)

    def stop_repainting(self, visit: Visit) -> bool:
        """Stop a repainting after the picture at hand (True), or take it out of the line."""
        visit.stop_repainting.set()
        if visit.repaint_ticket and self.lane.turn(visit.repaint_ticket) is None:
            return True
        self.lane.leave(visit.repaint_ticket)
        visit.repaint_ticket = ""
        return False

    def leave(self, visit: Visit) -> None:
        """The page was closed: nothing of it is painted any more, and nothing waits in the line."""
        self.stop(visit)
        self.stop_repainting(visit)

    def paint(self, visit: Visit, ticket: str) -> Iterator[Moment | Made]:
        """Paint the order of a ticket; nothing where it was taken back meanwhile."""
        order = visit.waiting
        if order is None or not ticket or ticket != visit.ticket:
            self.lane.leave(ticket)
            return
        visit.waiting, visit.painting = None, True
        self.lane.begin(ticket)
        try:
            painter = self.desk.painter(order.weights, order.recipe.network)
            for news in paint(order, painter, visit.stop):
                if isinstance(news, Moment):
                    self.lane.tell(news.share, news.seconds_left)
                    yield news
                else:
                    yield self._made(visit, news)
        except Exception:
            _LOG.debug("a painting failed", exc_info=True)
            raise
        finally:
            visit.painting = False
            self.lane.leave(ticket)

    def _made(self, visit: Visit, painted: Painted) -> Made:
        """The picture's files, in the visit's folder and its history."""
        from images import encode_png, quick_png, thumbnail
        from images.colour import levels_of

        pixels = painted.result.image
        data = encode_png(pixels, self.desk.provenance(painted))
        folder = visit.file("")
        folder.mkdir()
        picture = folder / f"{file_stem(painted.order)}.png"
        picture.write_bytes(data)
        made = Made(
            painted.order,
            painted.result.outcome,
            painted.result.statistics,
            shape=pixels.shape[:2],
            stopped=painted.stopped,
            before=visit.write(quick_png(levels_of(painted.photo)), ".png"),
            picture=picture,
            thumbnail=visit.write(thumbnail(pixels, 240), ".jpg"),
        )
        visit.keep(made)
        return made


def file_stem(order: Order) -> str:
    """What to call the picture's file."""
    words = "-".join([order.photo.title, *(style.name for style in order.styles)])
    plain = "".join(c if c.isalnum() or c in "-_" else "-" for c in words)
    return "-".join(part for part in plain.split("-") if part)[:80] or "picture"


def facts_of(made: Made) -> list[tuple[str, str]]:
    """What is worth knowing of a picture, as (word, value)."""
    order, found = made.order, made.statistics
    recipe = order.recipe
    changed = {key: value for key, value in order.overrides.items() if key != "size"}
    total = sum(order.shares)
    styles = [
        f"{style.name} {100 * share / total:.0f} %" if order.blend else style.name
        for style, share in zip(order.styles, order.shares, strict=True)
    ]
    return [
        (
            "Photo",
            order.photo.known.credit or order.photo.title
            if order.photo.known
            else order.photo.name,
        ),
        ("Style", ", ".join(styles)),
        ("Preset", order.preset),
        ("Changed", ", ".join(f"{key} {json.dumps(value)}" for key, value in changed.items())),
        ("Seed", str(recipe.seed)),
        ("Weights", order.weights),
        ("Steps", f"{found.steps}"),
        ("Content loss", f"{found.content_loss:.3g}"),
        ("Style loss", f"{found.style_loss:.3g}"),
    ]


def _opened(style: Style | KnownStyle) -> Style:
    if isinstance(style, Style):
        return style
    data = style.path.read_bytes()
    return Style(style.name, style.path.name, data, style.sha256, style)
