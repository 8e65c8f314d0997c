"""What can go wrong while hanging a gallery.

GalleryError
    The pages cannot be written: the place is a file, is read-only, is full, or lies on another
    drive than the workspace. Its message is one sentence that carries the path.

A row or picture that is broken is no error: the page says so in its place.
"""

from __future__ import annotations

__all__ = ["GalleryError"]


class GalleryError(Exception):
    """The pages cannot be written; ``str(error)`` is a sentence with the path and what to do."""
