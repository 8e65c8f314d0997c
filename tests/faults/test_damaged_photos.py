"""A large folder, one photo in twenty of which is damaged."""

from __future__ import annotations

import io
import struct
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from scraping import is_reason
from tests.faults.collection import Place, go, make_place, noise, still_to_do
from tests.faults.counts import fault, often
from tests.faults.invariants import at_rest
from tests.faults.readers import Reader


def jpeg(number: int) -> bytes:
    """A photo of 64 × 72 pixels."""
    pixels = np.random.default_rng(number).integers(0, 256, (64, 72, 3), dtype=np.uint8)
    saved = io.BytesIO()
    Image.fromarray(pixels).save(saved, "JPEG", quality=60)
    return saved.getvalue()


def bomb(number: int) -> bytes:
    """A PNG that says it has 40,000 × 40,000 pixels."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000 + number, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + chunk + struct.pack(">I", zlib.crc32(chunk))


DAMAGE: tuple[Callable[[int], bytes], ...] = (
    lambda number: jpeg(number)[: 400 + number],
    lambda number: f"photo {number} was moved".encode(),
    lambda number: b"",
    bomb,
    lambda number: b"%PDF-1.7 " + bytes([number % 256]) * 64,
)
"""What is wrong with them: cut short, text, empty, far too large, another kind of file."""


@fault("2,000 photos, 5 % of them damaged", "95 % painted; a row with its reason for each other")
def test_one_in_twenty_is_damaged(tmp_path: Path, count: Counter[str]) -> None:
    """Truncated, text, empty, bombs by their header, a wrong extension: none stops another."""
    total = often(2000, 300)
    place = filled(make_place(tmp_path, photos=0, styles=1), total)
    damaged = total // 20
    with Reader(place.workspace.manifest_csv, 0.05) as reader:
        report = go(place, place.painter())
    good = total - damaged
    assert report.done == good
    assert at_rest(place.workspace, good, runs=1) == []
    rows = {Path(row.image_url).name: row for row in place.workspace.photos()}
    assert len(rows) == total
    for number in range(total):
        row = rows[f"photo-{number:04}.jpg"]
        assert row.present == (number % 20 != 7), row
        assert is_reason(row.status)
        assert row.present or row.detail, row
    assert go(place, place.painter()).done == 0
    assert still_to_do(place) == []
    assert place.painter().paintings == good
    count["pictures"] += good
    count["damaged"] += damaged
    count["reads"] += reader.reads


def filled(place: Place, total: int) -> Place:
    """The place with `total` photos, every twentieth damaged; half of the others are PNGs."""
    for number in range(total):
        path = place.photos / f"photo-{number:04}.jpg"
        if number % 20 == 7:
            path.write_bytes(DAMAGE[number // 20 % len(DAMAGE)](number))
        else:
            path.write_bytes(jpeg(number) if number % 2 else noise(number, 64, 72))
    return Place(place.root, total - total // 20)
