"""What the pages show, as plain values: the templates only lay it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery.facts import facts, note

if TYPE_CHECKING:
    from gallery.records import Record
    from gallery.runs import Run

__all__ = ["Cell", "Exhibition", "Failure", "Painting", "Photo", "Style"]

_RATIOS = (4, 30)
"""Tenths of width by height between which the wall hangs pictures uncropped."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A content photo. `thumb` and `full` are addresses from the gallery's folder, or "".

    `text` says what it shows, for those who cannot see it.
    """

    title: str
    text: str
    source: str
    attribution: str
    licence: str
    licence_link: str
    link: str
    address: str
    thumb: str
    full: str


@dataclass(frozen=True, slots=True)
class Style:
    """A style, or a blend of several, with the thumbnails and full files of its images."""

    title: str
    page: str
    attribution: str
    licence: str
    licence_link: str
    link: str
    thumbs: tuple[str, ...]
    full: str


@dataclass(frozen=True, slots=True)
class Painting:
    """A stylized image: its record, its photo and style, and where its files are."""

    record: Record
    photo: Photo
    style: Style
    thumb: str
    full: str

    @property
    def page(self) -> str:
        """Its page's address from the gallery's folder."""
        return f"pictures/{self.record.key}.html"

    @property
    def width(self) -> int:
        """In pixels; 1 where that is not known."""
        return max(1, self.record.width or 1)

    @property
    def height(self) -> int:
        """In pixels; 1 where that is not known."""
        return max(1, self.record.height or 1)

    @property
    def ratio(self) -> int:
        """Width by height in tenths, as the style sheet's classes have it."""
        return min(max(round(10 * self.width / self.height), _RATIOS[0]), _RATIOS[1])

    @property
    def note(self) -> str:
        """What tells it from its neighbours, in a few words."""
        return note(self.record)

    @property
    def brief(self) -> str:
        """The same without what a wall shows by itself, the size, and what most pictures share."""
        return note(self.record, size=False)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """(name, value) of what its plaque says."""
        return facts(self.record)

    @property
    def alt(self) -> str:
        """What the picture shows, for those who cannot see it."""
        return f"{self.photo.text}, painted in the style {self.style.title}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A picture that was not painted, and why."""

    record: Record
    photo: Photo
    style: Style

    @property
    def note(self) -> str:
        """Preset, size, attempts."""
        return note(self.record)

    @property
    def error(self) -> str:
        """Why, in a sentence."""
        return self.record.error or "No reason was recorded."


@dataclass(frozen=True, slots=True)
class Cell:
    """The pictures of one photo in one style, newest first; none when it was not painted."""

    paintings: tuple[Painting, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Exhibition:
    """Everything the gallery shows. `summary` is a sentence with the counts.

    `paintings` hang newest first; `photos` and `styles` are those that have a picture, by a key
    that `cells` has too, in pairs.
    """

    title: str
    summary: str
    photos: Mapping[str, Photo]
    styles: Mapping[str, Style]
    paintings: tuple[Painting, ...]
    failures: tuple[Failure, ...]
    cells: Mapping[tuple[str, str], Cell]
    runs: tuple[Run, ...]

    def cell(self, photo: str, style: str) -> Cell:
        """The cell of the photo and the style of these keys."""
        return self.cells.get((photo, style), _EMPTY)


_EMPTY = Cell()
