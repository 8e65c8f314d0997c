"""Exit statuses, and the sentence a person reads when something went wrong."""

from __future__ import annotations

import os

__all__ = [
    "BROKEN",
    "DONE",
    "INTERRUPTED",
    "PARTIAL",
    "TERMINATED",
    "USAGE",
    "EndedError",
    "debugging",
    "sentence_of",
    "status_of",
]

DONE = 0
"""Everything planned exists."""
BROKEN = 1
"""Nothing succeeded, or the run broke."""
USAGE = 2
"""Wrong usage: an argument, an option, a collection file."""
PARTIAL = 3
"""Some failed."""
INTERRUPTED = 130
"""Stopped with Ctrl-C."""
TERMINATED = 143
"""Stopped with SIGTERM."""


class EndedError(Exception):
    """Ctrl-C or SIGTERM ended a command that goes on until then; the text is its last word."""


def sentence_of(error: Exception) -> str | None:
    """Return what to tell a person about `error`; None for what nobody foresaw."""
    if isinstance(error, _ours()):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}; check the path, its permissions and the room on the disk."
    return None


def status_of(error: Exception) -> int:
    """Return `USAGE` for what the person gave us, `BROKEN` for the rest."""
    from flows.errors import ConfigError, ScheduleError, SelectionError, WhereError
    from scraping import SourceError
    from stylize import RecipeError

    mistakes = ConfigError | WhereError | SelectionError | ScheduleError | SourceError | RecipeError
    return USAGE if isinstance(error, mistakes) else BROKEN


def debugging() -> bool:
    """Tell whether tracebacks are wanted: `ATELIER_DEBUG=1`."""
    return os.environ.get("ATELIER_DEBUG", "") not in ("", "0")


def _ours() -> tuple[type[Exception], ...]:
    from flows.errors import AtelierError
    from gallery import GalleryError
    from images import ImageError
    from scraping import ScrapeError
    from studio import StudioError
    from stylize import StylizeError

    return AtelierError, GalleryError, ImageError, ScrapeError, StudioError, StylizeError
