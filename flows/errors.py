"""What can go wrong in the top floor.

    AtelierError            everything below; its text is one sentence that says what to do
      ConfigError           a collection file that cannot be used; `problems` holds a sentence each
      WorkspaceError        a folder that cannot hold the state, or lacks what a run needs
        StyleError          a style image that is missing, unreadable or unknown
        DiskFullError       no room left to write; the run stops, nothing finished is lost
        StoreError          an object store that cannot be used; what is finished stays so
      ManifestError         a manifest or journal that cannot be read
      WhereError            a `--where` or `--only` expression that cannot be understood
      SelectionError        options that exclude each other
      ScheduleError         a schedule that cannot be kept, or files that cannot be served together

Other packages raise their own trees (`ImageError`, `ScrapeError`, `StylizeError`); the command
line prints the text of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "AtelierError",
    "ConfigError",
    "DiskFullError",
    "ManifestError",
    "ScheduleError",
    "SelectionError",
    "StoreError",
    "StyleError",
    "WhereError",
    "WorkspaceError",
]


class AtelierError(Exception):
    """Anything a person can put right; ``str(error)`` is for their eyes."""


class ConfigError(AtelierError):
    """A collection file that cannot be used.

    `problems` holds one sentence a problem; the error's text is all of them, a line each.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class WorkspaceError(AtelierError):
    """A folder that cannot hold the state, or lacks what a run needs."""


class StyleError(WorkspaceError):
    """A style image that is missing, unreadable or unknown."""


class DiskFullError(WorkspaceError):
    """No room left on the disk."""


class StoreError(WorkspaceError):
    """An object store that cannot be used: not there, not reachable, or not allowed."""


class ManifestError(AtelierError):
    """A manifest or journal that cannot be read."""


class WhereError(AtelierError):
    """A `--where` or `--only` expression that cannot be understood."""


class SelectionError(AtelierError):
    """Options that exclude each other."""


class ScheduleError(AtelierError):
    """A schedule that cannot be kept, or collections that cannot be served together."""
