"""A picture as it hangs on a wall: a link with its thumbnail and a few words.

A picture hangs on many pages, beside each of its siblings; what it looks like there is made once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from gallery.view import Painting

__all__ = ["Cards"]

_IMAGE = Markup('<img src="{}{}" alt="{}" width="{}" height="{}" loading="lazy" decoding="async">')
_BARE = Markup(
    '<span class="bare" role="img" aria-label="{} (the file is missing)">file missing</span>'
)
_APART = Markup("<bdi>{}</bdi>")
_CARD = Markup(
    '<li class="r{}"><a href="{}{}">{}<span class="name" dir="auto">{}</span> '
    '<span class="note">{}</span></a></li>'
)


class Cards:
    """The cards of the pictures of one exhibition. What is inserted into them is escaped."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str, bool], Markup] = {}
        self._digests: dict[int, str] = {}

    def wall(self, paintings: Sequence[Painting], root: str, brief: bool = False) -> Markup:
        """A list of cards; `brief` where all pictures are of one photo, which is not named then."""
        hung = (self._card(painting, root, brief) for painting in paintings)
        # Each card was escaped as it was made; joining text saves escaping them again.
        items = "\n".join(hung)
        return Markup(f'<ul class="wall">\n{items}\n</ul>')  # noqa: S704

    def matter(self, paintings: Sequence[Painting]) -> list[str]:
        """A hash for each picture of all that a page shows of it that only leads to it."""
        return [self._digest(painting) for painting in paintings]

    def _card(self, painting: Painting, root: str, brief: bool) -> Markup:
        place = (id(painting), root, brief)
        if place not in self._made:
            self._made[place] = _card(painting, root, brief)
        return self._made[place]

    def _digest(self, painting: Painting) -> str:
        found = self._digests.get(id(painting))
        if found is None:
            parts = (
                *(painting.page, painting.thumb, painting.alt, painting.width, painting.height),
                *(painting.photo.title, painting.style.title, painting.note),
            )
            data = repr(parts).encode("utf-8", "replace")
            found = self._digests[id(painting)] = hashlib.blake2b(data, digest_size=12).hexdigest()
        return found


def _card(painting: Painting, root: str, brief: bool) -> Markup:
    photo, style = painting.photo, painting.style
    sides = (painting.width, painting.height)
    image = (
        _IMAGE.format(root, painting.thumb, painting.alt, *sides)
        if painting.thumb
        else _BARE.format(painting.alt)
    )
    name, note = style.title if brief else photo.title, painting.brief
    if not brief:
        # What reads from right to left is set apart, so that it moves nothing beside it.
        styled = _APART.format(style.title)
        note = styled + f" · {note}" if note else styled
    return _CARD.format(painting.ratio, root, painting.page, image, name, note)
