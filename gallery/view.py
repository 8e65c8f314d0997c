"""What the pages show, as plain values: the templates only lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery.records import Record

__all__ = ["Cell", "Exhibition", "Failure", "Painting", "Photo", "Row", "Style"]


@dataclass(frozen=True, slots=True)
class Photo:
    """A content photo. `thumb` and `full` are addresses from the gallery's folder, or ""."""

    title: str
    attribution: str
    licence: str
    link: str
    address: str
    thumb: str
    full: str


@dataclass(frozen=True, slots=True)
class Style:
    """A style, or a blend of several, with the thumbnails and full files of its images."""

    title: str
    attribution: str
    licence: str
    thumbs: tuple[str, ...]
    full: str


@dataclass(frozen=True, slots=True)
class Painting:
    """A stylized image: its record, its page, and the facts that the page lists."""

    record: Record
    page: str
    photo: Photo
    style: Style
    thumb: str
    full: str
    width: int
    height: int
    note: str
    facts: tuple[tuple[str, str], ...]
    recipe: tuple[tuple[str, str], ...]

    @property
    def alt(self) -> str:
        """What the picture shows, for those who cannot see it."""
        return f"{self.photo.title}, painted in the style {self.style.title}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A picture that was not painted, and why."""

    title: str
    style: str
    note: str
    error: str
    link: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The pictures of one photo in one style, newest first; none when it was not painted."""

    style: Style
    paintings: tuple[Painting, ...]
    failed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One photo with a cell for each style of the exhibition."""

    photo: Photo
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Exhibition:
    """Everything the gallery shows. `summary` is a sentence with the counts."""

    title: str
    summary: str
    styles: tuple[Style, ...]
    rows: tuple[Row, ...]
    failures: tuple[Failure, ...]

    @property
    def paintings(self) -> tuple[Painting, ...]:
        """Every picture in reading order."""
        return tuple(p for row in self.rows for cell in row.cells for p in cell.paintings)
