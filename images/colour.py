"""One opened Pillow picture → float32 sRGB pixels: every mode, profile and kind of transparency."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

__all__ = ["is_deep", "is_plain", "is_srgb", "levels_of", "to_levels", "to_pixels"]

_STEPS = np.linspace(0, 255, 9).astype(np.uint8)
_LATTICE = np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS), axis=-1).reshape(27, 27, 3)
"""Colours all over the cube, as a picture."""
_SRGB = ImageCms.createProfile("sRGB")
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_UNUSABLE = (ImageCms.PyCMSError, OSError, ValueError, TypeError)
_PLAIN_MODES = ("L", "RGB", "CMYK")
# The ranges a deep grey picture may be meant in: floats in [0, 1], then 8, 16 and 32 bits.
_RANGES = (1.0, 255.0, 65535.0, 4294967295.0)


def is_deep(picture: Image.Image) -> bool:
    """Tell whether `picture` is grey with more than 8 bits a sample; its range is in its values."""
    return picture.mode in _DEEP_MODES


def is_plain(picture: Image.Image) -> bool:
    """Tell whether the samples of `picture` are 8-bit colour or grey and cover all behind them."""
    return picture.mode in _PLAIN_MODES and not picture.has_transparency_data


def is_srgb(picture: Image.Image) -> bool:
    """Tell whether the samples of `picture` are taken for sRGB: no profile says otherwise."""
    profile = picture.info.get("icc_profile")
    try:
        return not profile or _transform(profile, picture.mode) is None
    except _UNUSABLE:
        return True


def to_levels(picture: Image.Image) -> NDArray[np.uint8]:
    """Return the loaded `picture` as `to_pixels` does, rounded to uint8: (H, W, 3) in 0 to 255.

    In a plain picture nothing is rounded, and no float array is made.
    """
    if is_plain(picture):
        return np.asarray(_srgb(picture, picture.info.get("icc_profile")), np.uint8)
    return levels_of(to_pixels(picture))


def levels_of(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Round float `pixels` in [0, 1] to levels of 0 to 255."""
    levels: NDArray[np.uint8] = np.rint(pixels * np.float32(255)).astype(np.uint8)
    return levels


def to_pixels(picture: Image.Image) -> NDArray[np.float32]:
    """Return the loaded `picture` as float32 (H, W, 3) in [0, 1]: sRGB, alpha composited on white.

    An ICC profile that cannot be used is ignored: the pixels are kept as they are.
    """
    if is_deep(picture):
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
    """Return `picture` in sRGB, or None where the profile is corrupt, belongs to another kind of
    picture, or is sRGB itself.
    """
    try:
        transform = _transform(profile, picture.mode)
        return None if transform is None else ImageCms.applyTransform(picture, transform)
    except _UNUSABLE:
        return None


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """What takes samples of `mode` to sRGB; None where that changes none by more than a level.

    Building one costs as much as using it, and the photos of a site have few profiles.
    """
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(BytesIO(profile)),
        _SRGB,
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if mode != "RGB":
        return transform
    colours = Image.fromarray(_LATTICE)
    after = np.asarray(ImageCms.applyTransform(colours, transform), np.int16)
    return transform if np.abs(after - _LATTICE).max() > 1 else None


def _deep_grey(picture: Image.Image) -> NDArray[np.float32]:
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one, and that 0
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
