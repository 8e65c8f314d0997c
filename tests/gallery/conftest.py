"""A small workspace with two photos, two styles and four pictures, and its manifest."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from images import encode_png

Row = dict[str, object]


@dataclass
class Studio:
    """A workspace in a temporary folder, with the rows of its manifest."""

    root: Path
    rows: list[Row]

    @property
    def manifest(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)

    def put(self, folder: str, name: str | None, colour: float, side: int = 96) -> tuple[str, str]:
        """Write a picture of one colour; its hash and its path in the workspace."""
        pixels = np.full((side, side + 32, 3), colour, dtype=np.float32)
        data = encode_png(pixels)
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.root / folder / f"{name or sha256}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return sha256, path.relative_to(self.root).as_posix()

    def paint(self, photo: str, style: str, /, **changes: object) -> Row:
        """Add a row, with its picture, for a photo's hash and a style's name."""
        count = len(self.rows)
        fingerprint = hashlib.sha256(f"{photo}{style}{count}".encode()).hexdigest()[:32]
        output_sha256, output = self.put("stylized", fingerprint, 0.02 * count + 0.1)
        row: Row = {
            "fingerprint": fingerprint,
            "status": "done",
            "output": output,
            "output_sha256": output_sha256,
            "content": f"content/{photo}.png",
            "content_sha256": photo,
            "landing_url": "https://example.org/photos/1",
            "title": f"Photo {photo[:4]}",
            "licence": "CC0 1.0",
            "attribution": "A. Photographer",
            "style": style,
            "styles": json.dumps([{"name": style, "weight": 1.0}]),
            "style_title": "",
            "style_licence": "MIT",
            "style_attribution": "The house",
            "preset": "default",
            "recipe": json.dumps({"size": 128, "steps": [3]}),
            "weights": "cifar10",
            "width": 128,
            "height": 96,
            "steps": 3,
            "content_loss": 0.25,
            "style_loss": 0.0123456,
            "tv_loss": 1.5e-7,
            "seconds": 65.0,
            "created_at": f"2025-03-01T10:{count:02d}:00+00:00",
        }
        self.rows.append(row | changes)
        return self.rows[-1]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    made = Studio(tmp_path / "workspace", [])
    for style, colour in (("ink_wash", 0.3), ("mosaic", 0.7)):
        made.put("styles", style, colour)
    for colour in (0.2, 0.8):
        photo, _ = made.put("content", None, colour)
        for style in ("mosaic", "ink_wash"):
            made.paint(photo, style)
    return made
