"""The preprocess stage works on several photos at once and shows nothing of it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

import flows.stages.preparing as preparing
from flows.content import Content
from flows.errors import DiskFullError
from flows.stages import preprocess_photos
from flows.workspace import Workspace
from images import decode, fit_shape, load, resize
from scraping import Photo
from stylize import Recipe

RECIPE = Recipe(size=128)
Png = Callable[[Workspace, Content], bytes]


def picture(number: int, height: int = 200, width: int = 300) -> Image.Image:
    """A smooth picture, each number another."""
    rough = np.random.default_rng(number).random((10, 15, 3), np.float32)
    return Image.fromarray(np.round(resize(rough, height, width) * 255).astype(np.uint8))


def photo_of(workspace: Workspace, number: int, made: Image.Image, **options: Any) -> Photo:
    """A row of photos.csv whose JPEG is in the workspace."""
    out = BytesIO()
    made.save(out, "JPEG", quality=92, **options)
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    file = f"content/{sha256}.jpg"
    (workspace.root / file).write_bytes(out.getvalue())
    return Photo(
        source="s", source_id=str(number), title=f"photo {number}", status="taken",
        sha256=sha256, file=file, width=made.width, height=made.height,
    )  # fmt: skip


def photos_of(workspace: Workspace, count: int) -> list[Photo]:
    return [photo_of(workspace, number, picture(number)) for number in range(count)]


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_cores", lambda: 4)


def test_photos_are_prepared_side_by_side_and_told_in_order(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four at a time on four cores; progress comes in order, on the caller's thread."""
    meeting = threading.Barrier(4, timeout=30)
    png: Png = preparing._png

    def met(workspace: Workspace, content: Content) -> bytes:
        meeting.wait()
        return png(workspace, content)

    monkeypatch.setattr(preparing, "_png", met)
    photos = photos_of(workspace, 8)
    told: list[tuple[float, int, str, threading.Thread]] = []

    def progress(_stage: str, done: float, total: int, note: str) -> None:
        told.append((done, total, note, threading.current_thread()))

    contents = preprocess_photos(workspace, photos, RECIPE, progress)
    assert [content.sha256 for content in contents] == [photo.sha256 for photo in photos]
    here = threading.current_thread()
    assert told == [(number + 1, 8, f"photo {number}", here) for number in range(8)]


def test_what_is_prepared_is_upright_untagged_srgb_near_the_full_way(workspace: Workspace) -> None:
    """Turned, its profile applied and gone, close to resampling every pixel."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Artist] = "somebody"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stored = picture(1, 300, 450)
    photo = photo_of(workspace, 1, stored, exif=exif, icc_profile=profile)
    photo = Photo(**{**vars(photo), "width": 300, "height": 450})
    (content,) = preprocess_photos(workspace, [photo], RECIPE)
    prepared = workspace.root / content.prepared
    with Image.open(prepared) as opened:
        assert (opened.format, opened.mode, opened.size) == ("PNG", "RGB", (85, 128))
        assert opened.info == {}
    full = decode((workspace.root / photo.file).read_bytes()).pixels
    wanted = resize(full, *fit_shape(*full.shape[:2], 128))
    error = np.square(load(prepared).pixels - wanted).mean()
    assert -10 * np.log10(error) > 38


def test_a_row_with_other_sides_than_the_picture_is_obeyed(workspace: Workspace) -> None:
    """The plan was made from the row: the prepared picture has its shape."""
    photo = photo_of(workspace, 1, picture(1))
    photo = Photo(**{**vars(photo), "width": 260, "height": 200})
    (content,) = preprocess_photos(workspace, [photo], RECIPE)
    assert load(workspace.root / content.prepared).pixels.shape == (98, 128, 3)


def test_an_interrupted_run_leaves_whole_files_only(workspace: Workspace) -> None:
    """What was begun is finished, nothing else is begun, and no thread goes on."""
    photos = photos_of(workspace, 60)
    before = set(threading.enumerate())

    def interrupt(_stage: str, done: float, _total: int, _note: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        preprocess_photos(workspace, photos, RECIPE, interrupt)
    assert set(threading.enumerate()) <= before
    files = sorted(workspace.prepared.iterdir())
    assert 2 <= len(files) < 60
    assert all(load(file).pixels.shape == (85, 128, 3) for file in files)
    assert {file.suffix for file in files} == {".png"}
    assert all(not content.error for content in preprocess_photos(workspace, photos, RECIPE))


def test_a_full_disk_stops_the_stage(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of a photo; the others are not tried."""
    photos = photos_of(workspace, 40)
    tried: list[Path] = []

    def full(path: Path, data: bytes) -> None:
        tried.append(path)
        raise DiskFullError("The disk is full.")

    monkeypatch.setattr(preparing, "write_whole", full)
    with pytest.raises(DiskFullError):
        preprocess_photos(workspace, photos, RECIPE)
    assert len(tried) <= preparing._THREADS * preparing._cores()
    assert list(workspace.prepared.iterdir()) == []


@pytest.mark.parametrize(("large", "at_once"), [(200 * 300 - 1, 1), (200 * 300, 4)])
def test_large_photos_are_decoded_one_at_a_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, large: int, at_once: int
) -> None:
    """Memory is for one of them, however many cores there are; of others for one a core."""
    monkeypatch.setattr(preparing, "_LARGE", large)
    png: Png = preparing._png
    inside: list[int] = []
    most: list[int] = []

    def counted(workspace: Workspace, content: Content) -> bytes:
        inside.append(1)
        most.append(len(inside))
        try:
            return png(workspace, content)
        finally:
            inside.pop()

    monkeypatch.setattr(preparing, "_png", counted)
    preprocess_photos(workspace, photos_of(workspace, 24), RECIPE)
    assert 1 <= max(most) <= at_once


def test_a_row_that_names_a_file_elsewhere_touches_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    """photos.csv was edited, or came with a workspace of somebody else's."""
    letter = tmp_path / "letter.jpg"
    letter.write_bytes(b"mine")
    for file in ("../letter.jpg", str(letter), "content/../../letter.jpg", "content/.."):
        row = Photo("s", file, sha256="a" * 64, file=file, status="taken", width=9, height=9)
        (content,) = preprocess_photos(workspace, [row], RECIPE)
        assert f"names {file}, which is not in content/" in content.error
    assert letter.read_bytes() == b"mine"


def test_a_photo_that_is_damaged_again_leaves_the_first_aside(workspace: Workspace) -> None:
    row = photo_of(workspace, 1, picture(1))
    path = workspace.root / row.file
    for damage in (b"first", b"second"):
        path.write_bytes(damage)
        (content,) = preprocess_photos(workspace, [row], RECIPE)
        assert "scrape again" in content.error
    aside = sorted(workspace.content.glob("*.changed*"))
    assert [one.read_bytes() for one in aside] == [b"first", b"second"]
