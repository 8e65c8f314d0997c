"""The gallery: a manifest becomes static pages that open from disk, without a server."""

from gallery.build import build, write_credits
from gallery.credits import Credits, Shared, Work
from gallery.errors import GalleryError
from gallery.licences import picture_licence
from gallery.records import Record, read_records

__all__ = [
    "Credits",
    "GalleryError",
    "Record",
    "Shared",
    "Work",
    "build",
    "picture_licence",
    "read_records",
    "write_credits",
]
