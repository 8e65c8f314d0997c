"""Files are replaced whole or not at all."""

from pathlib import Path

import pytest

from gallery import GalleryError
from gallery.files import make_folder, prune, write


def test_a_file_is_written_once(tmp_path: Path) -> None:
    """The same bytes again are no news, other bytes are."""
    path = tmp_path / "page.html"
    assert write(path, b"one")
    assert not write(path, b"one")
    assert write(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o044 == 0o044


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs neither the old page nor leaves a temporary file behind."""
    path = tmp_path / "page.html"
    write(path, b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(GalleryError, match=r"page\.html cannot be written \(No space left"):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_only_our_own_files_are_pruned(tmp_path: Path) -> None:
    """What is kept and what is not ours by name stays."""
    for name in ("kept.html", "old.html", "notes.txt"):
        (tmp_path / name).touch()
    prune(tmp_path, {"kept.html"}, lambda name: name.endswith(".html"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.html", "notes.txt"]


def test_a_file_where_a_folder_belongs_is_a_sentence(tmp_path: Path) -> None:
    """So is one further up the path."""
    (tmp_path / "taken").touch()
    with pytest.raises(GalleryError, match="taken is a file"):
        make_folder(tmp_path / "taken")
    with pytest.raises(GalleryError, match="cannot be written"):
        make_folder(tmp_path / "taken" / "below")
