"""Pixels → PNG and JPEG bytes with their provenance inside and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from images.errors import ImageError
from images.opening import FORMATS
from images.quiet import quiet_pillow
from images.resize import fit_shape, resize

__all__ = ["encode_jpeg", "encode_png", "read_provenance", "thumbnail"]

_NOTHING: Mapping[str, str] = {}
_COMMENT_LIMIT = 65_533


def encode_png(pixels: NDArray[np.float32], provenance: Mapping[str, str] = _NOTHING) -> bytes:
    """Return an 8-bit RGB PNG of `pixels`, float (H, W, 3) in [0, 1], untagged sRGB.

    Each item of `provenance` becomes a text chunk (tEXt for ASCII, iTXt otherwise). Raises
    `ValueError` for a key that PNG does not allow: it takes 1–79 printable ASCII characters.
    """
    chunks = PngImagePlugin.PngInfo()
    for key, text in provenance.items():
        if not (key.isascii() and key.isprintable() and 0 < len(key) < 80):
            raise ValueError(
                f"a provenance key must be 1–79 printable ASCII characters, not {key!r}"
            )
        if text.isascii() and "\0" not in text:
            chunks.add_text(key, text)
        else:
            chunks.add_itxt(key, text)
    out = BytesIO()
    _picture(pixels).save(out, "PNG", pnginfo=chunks)
    return out.getvalue()


def encode_jpeg(
    pixels: NDArray[np.float32], provenance: Mapping[str, str] = _NOTHING, quality: int = 95
) -> bytes:
    """Return a JPEG of `pixels`, float (H, W, 3) in [0, 1], without chroma subsampling; untagged
    sRGB.

    `provenance` is written as one JSON object into a comment segment. Raises `ValueError` where
    that is longer than the 65,533 bytes of a segment.
    """
    comment = json.dumps(dict(provenance), sort_keys=True).encode("ascii") if provenance else b""
    if len(comment) > _COMMENT_LIMIT:
        raise ValueError(
            f"the provenance has {len(comment):,} bytes and a JPEG holds 65,533; "
            "write a PNG instead"
        )
    out = BytesIO()
    options = {"comment": comment} if comment else {}
    _picture(pixels).save(out, "JPEG", quality=quality, subsampling=0, **options)
    return out.getvalue()


def read_provenance(data: bytes) -> dict[str, str]:
    """Return the provenance that `encode_png` or `encode_jpeg` wrote into `data`; {} where there is
    none.

    Reads the header only. Raises `ImageError` ("not_image") for bytes that are no picture.
    """
    try:
        with quiet_pillow, Image.open(BytesIO(data), formats=FORMATS) as picture:
            info = dict(picture.info)
    except (OSError, SyntaxError, ValueError) as error:
        raise ImageError(
            "not_image", "the bytes are no picture that provenance could be read from"
        ) from error
    comment = info.pop("comment", None)
    if isinstance(comment, bytes):
        return _from_json(comment)
    return {str(key): str(text) for key, text in info.items() if isinstance(text, str)}


def thumbnail(pixels: NDArray[np.float32], size: int = 320) -> bytes:
    """Return a JPEG of `pixels`, float (H, W, 3) in [0, 1], at most `size` pixels on its longer
    side, without provenance.
    """
    height, width = fit_shape(pixels.shape[0], pixels.shape[1], size)
    return encode_jpeg(resize(pixels, height, width), quality=85)


def _picture(pixels: NDArray[np.float32]) -> Image.Image:
    return Image.fromarray(np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8))


def _from_json(comment: bytes) -> dict[str, str]:
    try:
        record = json.loads(comment)
    except ValueError:
        return {}
    if not isinstance(record, dict):
        return {}
    return {str(key): text for key, text in record.items() if isinstance(text, str)}
