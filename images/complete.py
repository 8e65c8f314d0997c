"""Whether the bytes of a picture reach the end that its own format announces.

Decoders forgive a missing end: libjpeg paints what it has and adds an end marker of its own.
A download that broke off must not pass for a picture, so the container is walked here.
"""

from __future__ import annotations

import re
import struct

__all__ = ["is_cut"]

# In entropy-coded data a marker is FF followed by anything but a stuffed 00, a restart D0–D7 or
# fill FF.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START, _END = 0xD8, 0xD9


def is_cut(data: bytes) -> bool:
    """Tell whether `data` is a JPEG, PNG, WebP, TIFF, BMP or AVIF that stops before its end.

    False for complete files (bytes after the end are allowed) and for formats that are not known
    here.
    """
    if data[:2] == b"\xff\xd8":
        return _jpeg_cut(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _png_cut(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return len(data) < _number(data, "<I", 4) + 8
    if data[:4] in (b"II*\0", b"MM\0*"):
        return len(data) <= _number(data, "<I" if data[:2] == b"II" else ">I", 4) + 2
    if data[:2] == b"BM":
        return len(data) < min(_number(data, "<I", 2), _number(data, "<I", 10) + 1)
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return _boxes_cut(data)
    return False


def _number(data: bytes, form: str, at: int) -> int:
    """Return the integer at `at`, or one larger than any file where the bytes end before it."""
    if len(data) < at + struct.calcsize(form):
        return 1 << 62
    return int(struct.unpack_from(form, data, at)[0])


def _jpeg_cut(data: bytes) -> bool:
    at = 2
    while found := _NEXT_MARKER.search(data, at):
        marker, at = data[found.end() - 1], found.end()
        if marker == _END:
            return False
        if marker != _START and marker != 0x01:
            at += _number(data, ">H", at)
    return True


def _png_cut(data: bytes) -> bool:
    at = 8
    while at + 12 <= len(data):
        size = _number(data, ">I", at)
        if data[at + 4 : at + 8] == b"IEND":
            return False
        at += size + 12
    return True


def _boxes_cut(data: bytes) -> bool:
    at = 0
    while at < len(data):
        size = _number(data, ">I", at)
        if size == 1:
            size = _number(data, ">Q", at + 8)
        if size == 0:
            return False
        at += max(size, 8)
    return at > len(data)
