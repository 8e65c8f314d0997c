import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.errors import DiskFullError
from flows.files import file_sha256, sweep_temporaries, temporary_beside, write_whole


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """The new bytes are there, under the given time, and nothing else is left in the folder."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    write_whole(path, b"new", 1_700_000_000_123_456_000)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mtime_ns == 1_700_000_000_123_456_000
    assert list(tmp_path.iterdir()) == [path]


def test_the_bytes_are_on_the_disk_before_the_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written in the same folder, flushed to the disk, then renamed, in this order."""
    seen: list[str] = []
    fsync, replace = os.fsync, os.replace

    def watched_fsync(handle: int) -> None:
        seen.append("fsync")
        fsync(handle)

    def watched_replace(source: Path, target: Path) -> None:
        seen.append("replace" if Path(source).parent == tmp_path else "elsewhere")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    write_whole(tmp_path / "a", b"x")
    assert seen[:2] == ["fsync", "replace"]


def test_a_full_disk_is_one_sentence_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room: the old bytes stay, the part that was written is removed."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError, match=r"a\.bin could not be written; make room"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_only_files_of_dead_processes_are_swept(tmp_path: Path) -> None:
    """A temporary file goes when its process is gone or it is old; one being written stays."""
    ours = temporary_beside(tmp_path / "mine.png")
    ours.touch()
    code = "import sys; from pathlib import Path; from flows.files import temporary_beside;"
    code += "temporary_beside(Path(sys.argv[1]) / 'dead.png').touch()"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    old = temporary_beside(tmp_path / "old.png")
    old.touch()
    os.utime(old, (time.time() - 3600,) * 2)
    (tmp_path / "whole.png").touch()
    assert sweep_temporaries([tmp_path]) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([ours.name, "whole.png"])


def test_the_hash_of_a_file(tmp_path: Path) -> None:
    """SHA-256, as known from its specification."""
    (tmp_path / "abc").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file_sha256(tmp_path / "abc") == expected
