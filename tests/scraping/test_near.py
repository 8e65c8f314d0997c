"""Copies are told from other pictures, however many are known."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import responses
from numpy.typing import NDArray
from PIL import Image

from images import difference_hash, inspect
from scraping import FolderSource, Photo, Session, WebSource, scrape
from scraping.near import NearIndex, bit_counts
from scraping.store import Store
from scraping.thumbnails import Thumbnails

SITE = "https://site.test"
Web = responses.RequestsMock
NAMES = (
    *("astronaut", "camera", "coffee", "chelsea", "rocket", "brick", "grass", "gravel", "coins"),
    *("clock", "page", "text", "moon", "horse", "immunohistochemistry", "hubble_deep_field"),
    *("colorwheel", "cell", "logo"),
)


def picture_of(name: str) -> Image.Image:
    import skimage.data

    pixels = np.asarray(getattr(skimage.data, name)())
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    return Image.fromarray(pixels).convert("RGB")


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def smooth_pictures() -> list[Image.Image]:
    """Gradients of every direction and kind and flat colours, of colours drawn from a seed."""
    y, x = (np.mgrid[0:120, 0:180] / 180).astype(np.float64)
    draw = np.random.default_rng(7)
    fields: list[NDArray[np.float64]] = []
    for _ in range(8):
        angle = draw.uniform(0, 2 * np.pi)
        fields.append(np.cos(angle) * x + np.sin(angle) * y)
        fields.append(np.hypot(x - draw.uniform(0, 1), y - draw.uniform(0, 1)))
        fields.append(np.sin(draw.uniform(2, 12) * x) * np.sin(draw.uniform(2, 12) * y))
        fields.append(np.zeros_like(x))
    made = []
    for field in fields:
        share = (field - field.min()) / (np.ptp(field) or 1)
        first, last = draw.uniform(0, 255, (2, 3))
        made.append(Image.fromarray((first + share[..., None] * (last - first)).astype(np.uint8)))
    return made


class Shelf:
    """A content folder with an index over it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "content")
        self.index = NearIndex(Thumbnails(self.store.path))

    def row(self, name: str, data: bytes) -> Photo:
        kept = self.store.keep(data)
        self.store.publish(kept)
        return Photo(
            source="s",
            source_id=name,
            sha256=kept.sha256,
            dhash=kept.dhash,
            file=kept.file,
            width=kept.width,
            height=kept.height,
        )

    def like(self, name: str, data: bytes) -> str:
        found = self.index.like(self.row(name, data), None)
        return found.source_id if found else ""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture(scope="module")
def originals() -> dict[str, Image.Image]:
    return {name: picture_of(name) for name in NAMES}


def test_copies_are_caught_and_others_are_not(
    shelf: Shelf, originals: dict[str, Image.Image]
) -> None:
    """Each picture re-encoded at quality 30 to 95, at full to half size, as JPEG and WebP, is found
    among all; and none of the pictures is taken for another.
    """
    for name, picture in originals.items():
        data = encoded(picture, "PNG")
        assert shelf.like(name, data) == ""
        shelf.index.add(shelf.row(name, data))
    missed = []
    ways = itertools.product((30, 60, 95), (1.0, 0.7, 0.5), ("JPEG", "WEBP"))
    for (name, picture), (quality, scale, form) in itertools.product(originals.items(), ways):
        size = (round(picture.width * scale), round(picture.height * scale))
        copy = encoded(picture.resize(size), form, quality=quality)
        if shelf.like(f"copy of {name}", copy) != name:
            missed.append((name, quality, scale, form))
    assert missed == []


def test_smooth_pictures_are_no_copies_of_each_other(shelf: Shelf) -> None:
    """Gradients and flat colours share hashes; their pixels tell them apart, and their copies are
    found all the same.
    """
    pictures = smooth_pictures()
    hashes = [inspect(encoded(picture, "PNG")).dhash for picture in pictures]
    assert len(set(hashes)) < len(hashes) - 8
    for number, picture in enumerate(pictures):
        assert shelf.like(str(number), encoded(picture, "PNG")) == ""
        shelf.index.add(shelf.row(str(number), encoded(picture, "PNG")))
    assert shelf.like("copy", encoded(pictures[0], quality=60)) == "0"


def test_faint_pictures_are_held_against_their_own_contrast(shelf: Shelf) -> None:
    """Two faint ramps of one hash differ by a twentieth of the scale, which is most of what they
    show.
    """
    across = np.linspace(0, 1, 300)
    ramps = [
        Image.fromarray(np.tile(100 + 40 * shape, (200, 1)).astype(np.uint8)).convert("RGB")
        for shape in (across, across**2)
    ]
    one, other = (encoded(ramp, "PNG") for ramp in ramps)
    assert inspect(one).dhash == inspect(other).dhash
    shelf.index.add(shelf.row("one", one))
    assert shelf.like("other", other) == ""
    assert shelf.like("copy", encoded(ramps[0], quality=80)) == "one"


def test_another_aspect_is_another_picture(shelf: Shelf, originals: dict[str, Image.Image]) -> None:
    """A picture squeezed into another shape is not held for its copy."""
    picture = originals["coffee"]
    shelf.index.add(shelf.row("coffee", encoded(picture, "PNG")))
    assert shelf.like("squeezed", encoded(picture.resize((500, 400)))) == ""
    assert shelf.like("smaller", encoded(picture.resize((300, 200)))) == "coffee"


def test_forgotten_pictures_and_ones_own_are_not_found(
    shelf: Shelf, originals: dict[str, Image.Image]
) -> None:
    """Nor is what has no file any more."""
    data = encoded(originals["coffee"], "PNG")
    row = shelf.row("coffee", data)
    shelf.index.add(row)
    assert shelf.like("coffee", encoded(originals["coffee"], quality=80)) == ""
    assert shelf.like("other", encoded(originals["coffee"], quality=80)) == "coffee"
    shelf.store.path(row.file).unlink()
    shelf.index = NearIndex(Thumbnails(shelf.store.path))
    shelf.index.add(row)
    assert shelf.like("other", encoded(originals["coffee"], quality=80)) == ""
    shelf.index.forget(row)
    shelf.index.add(shelf.row("coffee", data))
    shelf.index.forget(row)
    assert shelf.like("other", encoded(originals["coffee"], quality=80)) == ""


def test_a_hundred_thousand_known_photos() -> None:
    """One more is looked up in a few milliseconds."""
    draw = np.random.default_rng(0)
    looked: list[str] = []

    def thumbnail(row: Photo, path: Path | None) -> NDArray[np.float32]:
        looked.append(row.source_id)
        return np.full((32, 32, 3), 0.5, np.float32)

    index = NearIndex(thumbnail)
    values = draw.integers(0, 2**64, 100_000, np.uint64, endpoint=False)
    for number, value in enumerate(values):
        index.add(Photo(source_id=str(number), dhash=f"{int(value):016x}", width=1200, height=800))
    near = Photo(
        source_id="new", dhash=f"{int(values[77_777]) ^ 0b101:016x}", width=600, height=400
    )
    started = time.perf_counter()
    for _ in range(20):
        found = index.like(near, None)
    took = (time.perf_counter() - started) / 20
    assert found is not None
    assert found.source_id == "77777"
    assert looked[:2] == ["new", "77777"]
    assert took < 0.1


def test_counting_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without NumPy's own function."""
    values = np.random.default_rng(1).integers(0, 2**64, 1000, np.uint64, endpoint=False)
    expected = [int(value).bit_count() for value in values]
    assert bit_counts(values).tolist() == expected
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    assert bit_counts(values).tolist() == expected


def test_from_the_web_a_copy_is_not_kept(
    session: Session, web: Web, originals: dict[str, Image.Image], tmp_path: Path
) -> None:
    """Row 47: the copy has a row with its hash and what it looks like, and no file; the next run
    does not ask for it again.
    """
    web.get(f"{SITE}/", body=b"<img src=a.jpg><img src=b.jpg><img src=c.jpg>")
    bodies = {
        "a": encoded(originals["coffee"], quality=90),
        "b": encoded(originals["coffee"].resize((300, 200)), quality=50),
        "c": encoded(originals["rocket"]),
    }
    for name, body in bodies.items():
        web.get(f"{SITE}/{name}.jpg", body=body)
    source, content = WebSource(f"{SITE}/"), tmp_path / "content"
    rows = scrape(source, content, session=session)
    assert [row.status for row in rows] == ["taken", "near_duplicate", "taken"]
    assert (rows[1].file, len(rows[1].sha256), rows[1].width) == ("", 64, 300)
    assert rows[1].detail == f"looks like {SITE}/a.jpg, which is kept"
    assert len(list(content.iterdir())) == 2
    web.calls.reset()
    again = scrape(source, content, rows, session=session)
    assert [row.status for row in again] == ["unchanged", "near_duplicate", "unchanged"]
    assert len(web.calls) == 1


def test_from_a_folder_a_copy_is_taken(originals: dict[str, Image.Image], tmp_path: Path) -> None:
    """Somebody put both there; the row says that they look alike."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(encoded(originals["coffee"], quality=90))
    (folder / "b.jpg").write_bytes(encoded(originals["coffee"].resize((300, 200)), quality=50))
    rows = scrape(FolderSource(folder), tmp_path / "content")
    assert [row.status for row in rows] == ["taken", "taken"]
    assert "looks like" in rows[1].detail
    assert "a.jpg" in rows[1].detail
    assert all((tmp_path / row.file).is_file() for row in rows)


def test_a_hash_that_is_none_matches_nothing(picture: Callable[..., bytes]) -> None:
    """A row of another version, or edited by hand, is passed over."""
    index = NearIndex(lambda row, path: np.zeros((32, 32, 3), np.float32))
    for number, dhash in enumerate(("", "xyz", "12", "z" * 16)):
        index.add(Photo(source_id=str(number), dhash=dhash, width=10, height=10))
    assert index.like(Photo(source_id="n", dhash="0" * 16, width=10, height=10), None) is None
    assert len(difference_hash(np.zeros((9, 9, 3), np.float32))) == 16
