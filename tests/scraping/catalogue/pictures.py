"""Pictures that the catalogue's servers hand out: each seed another photo, to eye and hash."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

__all__ = ["chunk", "encoded", "photo", "png_of", "scene"]


def scene(seed: int = 0, width: int = 96, height: int = 80) -> Image.Image:
    """A smooth RGB picture; two seeds differ in about half the bits of a difference hash."""
    blobs = np.random.default_rng(seed).integers(0, 256, (9, 10, 3), dtype=np.uint8)
    return Image.fromarray(blobs).resize((width, height), Image.Resampling.BICUBIC)


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """`picture` as a file of the format `form`."""
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def photo(
    seed: int = 0, form: str = "JPEG", width: int = 96, height: int = 80, **options: Any
) -> bytes:
    """The file of a good photo."""
    return encoded(scene(seed, width, height), form, **options)


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG, its check sum right."""
    size, check = struct.pack(">I", len(body)), struct.pack(">I", zlib.crc32(kind + body))
    return size + kind + body + check


def png_of(width: int, height: int, rows: bytes = b"\0" * 100) -> bytes:
    """A PNG whose header promises `width` × `height` grey pixels, whatever `rows` hold."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + body
