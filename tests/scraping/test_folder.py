"""A folder of files becomes photos and rows."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import responses

from scraping import (
    FolderSource,
    Photo,
    SourceError,
    WebSource,
    is_reason,
    pending,
    scrape,
)

SITE = "https://site.test"
SOURCE = WebSource(f"{SITE}/")
Web = responses.RequestsMock
Picture = Callable[..., bytes]


def statuses(rows: list[Photo]) -> list[str]:
    assert all(is_reason(row.status) for row in rows)
    assert all(row.detail for row in rows if row.status != "taken")
    return [row.status for row in rows]


def test_a_folder(picture: Picture, tmp_path: Path) -> None:
    """Every file below it is a row, pictures are taken, hidden names are passed over."""
    folder = tmp_path / "my photos"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "Boat.JPG").write_bytes(picture(1))
    (folder / "copy of boat.jpg").write_bytes(picture(1))
    (folder / "notes.txt").write_text("shopping list")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "png.jpg").write_bytes(picture(2, "PNG"))
    rows = scrape(FolderSource(folder), tmp_path / "content")
    assert [row.source_id for row in rows] == [
        "copy of boat.jpg",
        "deep/er/Boat.JPG",
        "notes.txt",
        "png.jpg",
    ]
    assert statuses(rows) == ["taken", "duplicate", "not_image", "taken"]
    assert rows[3].file.endswith(".png")
    assert rows[1].title == "Boat"
    assert rows[0].image_url.startswith("file:///")
    assert rows[0].source == folder.as_posix()


def test_a_folder_again(picture: Picture, tmp_path: Path) -> None:
    """Known files are not read; a touched one is, and is unchanged; a changed one is taken."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.jpg").write_bytes(picture(ord(name)))
    source, content = FolderSource(folder), tmp_path / "content"
    rows = scrape(source, content)
    assert pending(source, rows, content=content) == []
    assert statuses(scrape(source, content, rows)) == ["unchanged"] * 3
    os.utime(folder / "a.jpg", (1, 1))
    (folder / "b.jpg").write_bytes(picture(9, size=(128, 64)))
    assert [found.title for found in pending(source, rows)] == ["a", "b"]
    again = scrape(source, content, rows)
    assert statuses(again) == ["unchanged", "taken", "unchanged"]
    assert pending(source, again, content=content) == []


def test_the_limit_of_a_folder(picture: Picture, tmp_path: Path) -> None:
    """The first `limit` pictures by name."""
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(picture(number))
    content = tmp_path / ".work" / "content"
    rows = scrape(FolderSource(tmp_path, limit=2), content)
    assert statuses(rows) == ["taken", "taken", "limit"]
    assert pending(FolderSource(tmp_path, limit=2), rows) == []
    assert len(pending(FolderSource(tmp_path), rows)) == 1


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    """Missing, a file, empty: one sentence each, with the path."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    for name, says in (("missing", "no such folder"), ("file", "is a file"), ("empty", "is empty")):
        with pytest.raises(SourceError, match=says) as caught:
            scrape(FolderSource(tmp_path / name), tmp_path / "content")
        assert str(tmp_path / name) in str(caught.value)
    with pytest.raises(SourceError, match="limit"):
        FolderSource(tmp_path, limit=0)
