"""The gallery: a manifest becomes static pages that open from disk, without a server."""

from gallery.build import build, write_credits
from gallery.credits import Credits, Shared, Work
from gallery.errors import GalleryError
from gallery.licences import picture_licence

__all__ = [
    "Credits",
    "GalleryError",
    "Shared",
    "Work",
    "build",
    "picture_licence",
    "write_credits",
]
