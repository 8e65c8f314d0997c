"""A workspace that cannot be written, and files where folders should be."""

from __future__ import annotations

from collections import Counter

import pytest

from flows.cli.exits import BROKEN, sentence_of, status_of
from flows.errors import AtelierError, WorkspaceError
from tests.faults.collection import Place, go, noise, still_to_do
from tests.faults.counts import fault
from tests.faults.disks import read_only
from tests.faults.invariants import at_rest, broken_promises, repeats

FOLDERS = ("content", "prepared", "stylized", "journal", "styles", "runs", "gallery")


@fault("the workspace is mounted read-only", "a sentence with the path; goes on when writable")
def test_a_read_only_workspace(place: Place, count: Counter[str]) -> None:
    """Before a run that has something to do: nothing is touched."""
    go(place, place.painter())
    (place.photos / "late.png").write_bytes(noise(99))
    with read_only(place.workspace.root):
        with pytest.raises(WorkspaceError) as told:
            go(place, place.painter())
        assert str(place.workspace.root) in str(told.value)
        assert "cannot be written" in str(told.value)
        assert "make this one writable" in str(told.value)
        assert status_of(told.value) == BROKEN
        assert broken_promises(place.workspace) == []
    go(place, place.painter())
    _finished(place, place.pictures + 2, count)


@fault("it becomes read-only while painting", "what is finished stays; a sentence, status 1")
def test_read_only_from_one_picture_to_the_next(place: Place, count: Counter[str]) -> None:
    """In the third picture."""
    painter, mounts = place.painter(), []

    def close() -> None:
        if painter.paintings == 3 and not mounts:
            mounts.append(read_only(place.workspace.root))
            mounts[0].__enter__()

    painter.before = close
    try:
        with pytest.raises((OSError, AtelierError)) as told:
            go(place, painter)
    finally:
        for mount in mounts:
            mount.__exit__(None, None, None)
    sentence = sentence_of(told.value)
    assert sentence is not None
    assert str(place.workspace.root) in sentence
    assert status_of(told.value) == BROKEN
    assert broken_promises(place.workspace) == []
    go(place, place.painter())
    _finished(place, place.pictures, count)


@pytest.mark.parametrize("name", FOLDERS)
@fault("a file where a folder of the workspace should be", "a sentence that names it")
def test_a_file_where_a_folder_should_be(name: str, place: Place, count: Counter[str]) -> None:
    """It says which file is in the way and what to do; the file stays as it is."""
    folder = place.workspace.root / name
    kept = folder.with_name("kept")
    go(place, place.painter())
    folder.rename(kept)
    folder.write_text("mine")
    (place.photos / "late.png").write_bytes(noise(99))
    with pytest.raises(WorkspaceError, match=f"{name} is a file; remove or rename it") as told:
        go(place, place.painter())
    assert str(folder) in str(told.value)
    assert status_of(told.value) == BROKEN
    assert folder.read_text() == "mine"
    folder.unlink()
    kept.rename(folder)
    go(place, place.painter())
    _finished(place, place.pictures + 2, count)


def _finished(place: Place, pictures: int, count: Counter[str]) -> None:
    assert at_rest(place.workspace, pictures) == []
    assert still_to_do(place) == []
    assert repeats(place.painter().paintings, pictures, 1) == []
    count["pictures"] += pictures
    count["repeats"] += place.painter().paintings - pictures
