"""The ground floor: untrusted bytes ↔ float RGB pixels, shape (H, W, 3), float32 in [0, 1]."""

from images.animation import ANIMATIONS, check_animation, open_animation
from images.decode import FORMATS, Decoded, decode, load
from images.dhash import difference_hash
from images.encode import encode_jpeg, encode_png, read_provenance, thumbnail
from images.errors import ImageError
from images.fitting import fit_levels
from images.inspect import Inspected, inspect
from images.limits import Limits
from images.quick_png import quick_png
from images.resize import fit_shape, resize
from images.small import small_copy

__all__ = [
    "ANIMATIONS",
    "FORMATS",
    "Decoded",
    "ImageError",
    "Inspected",
    "Limits",
    "check_animation",
    "decode",
    "difference_hash",
    "encode_jpeg",
    "encode_png",
    "fit_levels",
    "fit_shape",
    "inspect",
    "load",
    "open_animation",
    "quick_png",
    "read_provenance",
    "resize",
    "small_copy",
    "thumbnail",
]
