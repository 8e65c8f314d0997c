"""PNG in a tenth of the usual time, for pictures that this machine keeps for itself.

Pillow tries five filters a row and searches for repeats, which photos hardly have: 38 ms for
512×341 pixels. One filter for all rows (the mean of left and upper neighbour) and Huffman codes
alone take 3.5 ms; the files of photos come out 4 % larger, of flat drawings several times as large,
an eighth of the bare levels at least.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["quick_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH, _RGB, _AVERAGE = 8, 2, 3
_BAND = 32
"""Rows that are filtered at a time."""


def quick_png(levels: NDArray[np.uint8]) -> bytes:
    """Return an 8-bit RGB PNG of `levels`, uint8 (H, W, 3), untagged sRGB, with nothing else in it.

    Other threads may run most of the time that it takes.
    """
    height, width = levels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, _DEPTH, _RGB, 0, 0, 0)
    packer = zlib.compressobj(
        1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY
    )
    packed = [packer.compress(band.data) for band in _bands(levels.reshape(height, -1))]
    rows = b"".join([*packed, packer.flush()])
    return b"".join(
        [_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", rows), _chunk(b"IEND", b"")]
    )


def _bands(rows: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Filter a few rows at a time: what is made in between needs no new memory from the system."""
    above = np.zeros_like(rows[:1])
    for start in range(0, rows.shape[0], _BAND):
        band = rows[start : start + _BAND]
        yield _filtered(band, np.concatenate([above, band[:-1]]))
        above = band[-1:]


def _filtered(rows: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each sample less the mean of its left and upper neighbours; a row's filter comes first."""
    left = np.zeros_like(rows)
    left[:, 3:] = rows[:, :-3]
    filtered = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = _AVERAGE
    # The half of the sum, rounded down, in 8 bits: the common bits and half of the others.
    np.subtract(rows, (left & above) + ((left ^ above) >> 1), out=filtered[:, 1:])
    return filtered


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
