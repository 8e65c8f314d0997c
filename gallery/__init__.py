"""The gallery: a manifest becomes static pages that open from disk, without a server."""

from gallery.build import build
from gallery.errors import GalleryError

__all__ = ["GalleryError", "build"]
