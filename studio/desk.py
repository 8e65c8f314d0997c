"""What the studio needs from the state, handed to it by whoever opens it: `flows` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from studio.painting import Painted

__all__ = [
    "Desk",
    "KnownPhoto",
    "KnownStyle",
    "Picture",
    "Repainting",
    "Saved",
    "Shelf",
    "Watch",
    "WeightChoice",
]


@dataclass(frozen=True)
class KnownPhoto:
    """A photo that the workspace has, or an example; `place` is how a command names it."""

    sha256: str
    title: str
    path: Path
    place: str
    credit: str = ""
    creator: str = ""
    licence: str = ""
    licence_url: str = ""


@dataclass(frozen=True)
class KnownStyle:
    """A style that the workspace has; commands know it by its `name`."""

    name: str
    title: str
    path: Path
    sha256: str
    credit: str = ""


@dataclass(frozen=True)
class WeightChoice:
    """Weights that are at hand by `names`, the one to begin with, and a note on it or nothing."""

    names: tuple[str, ...]
    first: str
    note: str = ""


@dataclass(frozen=True)
class Saved:
    """What became of a picture that was to be kept: `new`, or there already; and the sentence."""

    fingerprint: str
    new: bool
    sentence: str


@dataclass(frozen=True)
class Picture:
    """A picture of the collection: its file, its photo's where that is there, and its facts."""

    fingerprint: str
    caption: str
    path: Path
    photo: Path | None
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Shelf:
    """Some pictures of the collection, and how many there are in all."""

    pictures: tuple[Picture, ...]
    total: int


@dataclass(frozen=True)
class Repainting:
    """How far a style is with all photos: pictures `done` of `total`; a `sentence` at the end."""

    done: float
    total: int
    note: str
    sentence: str = ""


Watch = Callable[[Repainting], None]
"""Takes word of a repainting as it goes, often, from the thread that paints."""


class Desk(Protocol):
    """The state, as the studio sees it. Every method may be called from several threads.

    Errors are exceptions whose text is a sentence for the page.
    """

    @property
    def title(self) -> str:
        """What to call the collection."""
        ...

    @property
    def size(self) -> int:
        """The size to begin with, pixels of the longer side."""
        ...

    @property
    def workspace(self) -> str:
        """The folder as commands name it."""
        ...

    def weights(self) -> WeightChoice:
        """The weights that can be painted with now."""
        ...

    def photos(self) -> Sequence[KnownPhoto]:
        """The photos that can be painted; an example where the workspace has none."""
        ...

    def styles(self) -> Sequence[KnownStyle]:
        """The styles of the workspace."""
        ...

    def painter(self, weights: str, network: str) -> Any:
        """What paints with those weights: a `stylize.Stylizer`, the same one each time."""
        ...

    def provenance(self, painted: Painted) -> Mapping[str, str]:
        """The text to put into the picture's file."""
        ...

    def save(self, painted: Painted) -> Saved:
        """Keep a finished picture as a row of the manifest like any other."""
        ...

    def pictures(self, where: str, sort: str, first: int, count: int) -> Shelf:
        """The finished pictures for which `where` holds, `count` of them from `first` on."""
        ...

    @property
    def orders(self) -> Mapping[str, str]:
        """The ways `pictures` can be sorted: what people read, and the word for it."""
        ...

    def reports(self) -> Sequence[Mapping[str, Any]]:
        """What the runs did, newest first, as `runs/<id>.json` has it."""
        ...

    def repaint(
        self,
        style: str,
        preset: str,
        overrides: Mapping[str, Any],
        weights: str,
        watch: Watch,
        stop: Event,
    ) -> None:
        """Paint every photo of the workspace in one of its styles, until done or stopped."""
        ...
