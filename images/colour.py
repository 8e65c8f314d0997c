"""One opened Pillow picture → float32 sRGB pixels: every mode, profile and kind of transparency."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

__all__ = ["to_pixels"]

_SRGB = ImageCms.createProfile("sRGB")
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
# The ranges a deep grey picture may be meant in: floats in [0, 1], then 8, 16 and 32 bits.
_RANGES = (1.0, 255.0, 65535.0, 4294967295.0)


def to_pixels(picture: Image.Image) -> NDArray[np.float32]:
    """Return the loaded `picture` as float32 (H, W, 3) in [0, 1]: sRGB, alpha composited on white.

    An ICC profile that cannot be used is ignored: the pixels are kept as they are.
    """
    if picture.mode in _DEEP_MODES:
        return _deep_grey(picture)
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    colour = _srgb(_without_alpha(picture), picture.info.get("icc_profile"))
    pixels = np.asarray(colour, np.float32) / np.float32(255)
    if alpha is None:
        return pixels
    return _on_white(pixels, np.asarray(alpha, np.float32)[..., None] / np.float32(255))


def _on_white(pixels: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    composited: NDArray[np.float32] = pixels * alpha + (1 - alpha)
    return np.clip(composited, 0, 1)


def _without_alpha(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "CMYK", "L", "LAB"):
        return picture
    return picture.convert("L" if picture.mode in ("1", "LA", "La") else "RGB")


def _srgb(picture: Image.Image, profile: object) -> Image.Image:
    converted = None
    if isinstance(profile, bytes) and profile:
        converted = _through_profile(picture, profile)
    return converted or picture.convert("RGB")


def _through_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """Return `picture` in sRGB, or None where the profile is corrupt or belongs to another kind of
    picture.
    """
    try:
        return ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            _SRGB,
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _deep_grey(picture: Image.Image) -> NDArray[np.float32]:
    values = np.nan_to_num(np.asarray(picture).astype(np.float64), posinf=0.0, neginf=0.0)
    whole = picture.mode == "I" or (picture.mode == "F" and values.max(initial=0) > 1)
    top = _range_of(values) if whole else (1.0 if picture.mode == "F" else 65535.0)
    grey = np.clip(values / top, 0, 1).astype(np.float32)
    pixels = np.repeat(grey[..., None], 3, axis=2)
    clear = picture.info.get("transparency")
    if not isinstance(clear, int):
        return pixels
    return _on_white(pixels, (values != clear)[..., None].astype(np.float32))


def _range_of(values: NDArray[np.float64]) -> float:
    """Return the smallest usual range that holds `values`; whole numbers are never taken for [0,
    1].
    """
    highest = values.max(initial=0)
    return next((top for top in _RANGES[1:] if highest <= top), float(highest))
