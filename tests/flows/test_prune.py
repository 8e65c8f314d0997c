"""`atelier prune`: what nothing refers to goes, everything else stays, and nothing goes unasked."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from flows.claims import claimed
from flows.cli import main
from flows.content import Content
from flows.errors import WorkspaceError
from flows.journal import Journal
from flows.manifest import Manifest
from flows.mending import mend
from flows.prune import Pruned, prune
from flows.rows import now
from flows.style_images import StyleImage
from flows.verify import verify
from flows.workspace import Workspace
from images import encode_png
from scraping import Photo

DAYS_AGO = time.time() - 3 * 86_400
GREY = encode_png(np.full((8, 8, 3), 0.5, np.float32))


@pytest.fixture
def painted(workspace: Workspace, painted: list[Path], contents: list[Content]) -> list[Path]:
    """The same, and photos that are in photos.csv; all of them old."""
    workspace.save_photos(
        [Photo("s", one.path, sha256=one.sha256, file=one.path, status="taken") for one in contents]
    )
    for path in (*workspace.content.iterdir(), *workspace.prepared.iterdir()):
        age(path)
    return painted


def age(path: Path, data: bytes | None = None) -> Path:
    """The file, with these bytes, three days old."""
    if data is not None:
        path.write_bytes(data)
    os.utime(path, (DAYS_AGO, DAYS_AGO))
    return path


def retire(workspace: Workspace, *pictures: Path) -> None:
    """Give the pictures' rows that status."""
    rows = Manifest(workspace).rows().set_index("fingerprint", drop=False)
    with Journal(workspace.journal, "retiring") as journal:
        for path in pictures:
            row = rows.loc[path.stem].to_dict()
            journal.append(row | {"status": "retired", "created_at": now()})


def kinds(pruned: Pruned) -> dict[str, str]:
    return {Path(one.file).name: one.kind for one in pruned.found}


def everything(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


@pytest.fixture
def debris(workspace: Workspace, painted: list[Path]) -> dict[str, str]:
    """Something of every kind, by file name."""
    retire(workspace, painted[0])
    sha256 = workspace.photos()[0].sha256
    found = {painted[0].name: "retired"}
    for path, kind in (
        (workspace.stylized / "holiday.png", "unknown"),
        (workspace.prepared / f"{'a' * 64}-64.png", "prepared"),
        (workspace.prepared / f"{sha256}-96.png", "prepared"),
        (workspace.prepared / f"{sha256}-64s.png", "prepared"),
        (workspace.content / f"{'b' * 64}.jpg", "photos"),
        (workspace.stylized / f"{painted[1].name}.changed", "aside"),
        (workspace.content / ".abc.part", "temporary"),
        (workspace.root / ".manifest.csv.host-1-abcdef01.tmp", "temporary"),
        (workspace.journal / "gone-1.lock", "locks"),
        (workspace.stylized / ".gone.png.lock", "locks"),
    ):
        found[age(path, GREY).name] = kind
    return found


@pytest.mark.usefixtures("painted")
def test_in_a_whole_workspace_there_is_nothing_to_prune(workspace: Workspace) -> None:
    assert prune(workspace).found == ()


def test_a_dry_run_finds_every_kind_and_writes_nothing(
    workspace: Workspace, debris: dict[str, str]
) -> None:
    before = everything(workspace.root)
    assert kinds(prune(workspace)) == debris
    assert everything(workspace.root) == before


def test_deleting_takes_what_was_found_and_nothing_else(
    workspace: Workspace, debris: dict[str, str], painted: list[Path]
) -> None:
    """Whatever is used or a report is there afterwards, and the workspace is whole."""
    (workspace.runs / "20250101-000000-aaaaaa.json").write_text("{}")
    age(workspace.runs / "20250101-000000-aaaaaa.json")
    age(workspace.stylized / "notes.txt", b"mine")
    before = everything(workspace.root)
    pruned = prune(workspace, delete=True)
    assert (kinds(pruned), pruned.left) == (debris, {})
    gone = {Path(name).name for name in before - everything(workspace.root)}
    assert gone == set(debris)
    assert verify(workspace).findings == ()
    assert prune(workspace).found == ()


def test_what_is_young_may_be_waiting_for_its_row(
    workspace: Workspace, painted: list[Path]
) -> None:
    """A photo that is being scraped, one prepared for its first painting, a file being written."""
    (workspace.content / f"{'b' * 64}.jpg").write_bytes(GREY)
    (workspace.prepared / f"{'a' * 64}-64.png").write_bytes(GREY)
    (workspace.content / ".abc.part").write_bytes(GREY)
    (workspace.stylized / ".gone.png.lock").touch()
    assert prune(workspace).found == ()


@pytest.mark.usefixtures("painted")
def test_a_finished_picture_without_a_row_is_kept(workspace: Workspace) -> None:
    """It says what it is: the next run adopts it."""
    workspace.manifest_csv.unlink()
    workspace.create()
    assert "unknown" not in kinds(prune(workspace)).values()


def test_without_a_table_of_photos_no_photo_goes(workspace: Workspace, painted: list[Path]) -> None:
    workspace.photos_csv.unlink()
    assert prune(workspace).found == ()


def test_a_photo_that_a_picture_was_made_of_stays(
    workspace: Workspace, painted: list[Path]
) -> None:
    """Though its row in photos.csv is gone."""
    kept = workspace.photos()[0]
    workspace.photos_csv.unlink()
    workspace.save_photos([kept])
    assert "photos" not in kinds(prune(workspace)).values()


def test_a_retired_picture_that_is_called_done_again_stays(
    workspace: Workspace, painted: list[Path]
) -> None:
    """A file gets its new time before its row does."""
    retire(workspace, painted[0])
    os.utime(painted[0], (time.time() + 5, time.time() + 5))
    assert prune(workspace, delete=True).found == ()
    assert painted[0].exists()


def test_a_damaged_file_stays_until_it_is_replaced(
    workspace: Workspace,
    painted: list[Path],
    paint: Callable[..., Any],
    contents: list[Content],
    styles: list[StyleImage],
) -> None:
    painted[0].write_bytes(painted[0].read_bytes()[:-200])
    mend(workspace, verify(workspace))
    assert prune(workspace).found == ()
    paint(contents, styles)
    assert kinds(prune(workspace)) == {f"{painted[0].name}.changed": "aside"}


def test_links_are_neither_followed_nor_deleted(
    workspace: Workspace, painted: list[Path], tmp_path: Path
) -> None:
    """A link among the files, and a folder that is one."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    treasure = age(elsewhere / f"{'b' * 64}.jpg", GREY)
    age(elsewhere / f"{'a' * 64}-64.png", GREY)
    (workspace.content / treasure.name).symlink_to(treasure)
    workspace.prepared.rename(tmp_path / "prepared")
    workspace.prepared.symlink_to(elsewhere)
    before = everything(tmp_path)
    assert prune(workspace, delete=True).found == ()
    assert everything(tmp_path) >= before


def test_a_workspace_may_itself_be_a_link(
    workspace: Workspace, debris: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(workspace.root)
    assert kinds(prune(Workspace(tmp_path / "link"), delete=True)) == debris
    assert prune(workspace).found == ()


def test_what_cannot_be_deleted_is_told_and_the_rest_goes(
    workspace: Workspace,
    debris: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit status 3, and a sentence."""
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "holiday.png":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert main(["prune", "-w", str(workspace.root), "--yes"]) == 3
    assert "stylized/holiday.png was left: Permission denied" in capsys.readouterr().err
    assert list(kinds(prune(workspace))) == ["holiday.png"]


def test_while_a_run_paints_prepared_photos_stay(workspace: Workspace, painted: list[Path]) -> None:
    """A run of an older day may have prepared what this one is about to paint."""
    path = age(workspace.prepared / f"{'a' * 64}-64.png", GREY)
    with Journal(workspace.journal, "running") as journal:
        journal.append(Manifest(workspace).rows().iloc[0].to_dict())
        pruned = prune(workspace, delete=True)
    assert list(pruned.left) == [f"prepared/{path.name}"]
    assert path.exists()
    assert prune(workspace, delete=True).left == {}
    assert not path.exists()


def test_a_picture_that_somebody_paints_and_a_lock_that_somebody_holds_stay(
    workspace: Workspace, painted: list[Path]
) -> None:
    retire(workspace, painted[0])
    Manifest(workspace).compact()
    lock = workspace.journal / "other.lock"
    with claimed(painted[0]) as mine, FileLock(lock):
        assert mine
        age(lock)
        pruned = prune(workspace, delete=True)
        assert painted[0].exists()
        assert lock.exists()
    assert set(pruned.left) == {f"stylized/{painted[0].name}", "journal/other.lock"}


def test_a_file_that_changed_since_it_was_judged_stays(
    workspace: Workspace, debris: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import prune as module

    judged = module.find_debris(workspace, time.time_ns())
    monkeypatch.setattr(module, "find_debris", lambda *_: judged)
    path = workspace.content / f"{'b' * 64}.jpg"
    path.write_bytes(b"fetched again")
    pruned = prune(workspace, delete=True)
    assert list(pruned.left) == [f"content/{path.name}"]
    assert path.exists()


def test_a_table_that_is_held_is_waited_for(
    workspace: Workspace, debris: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In vain, here: then nothing is deleted."""
    monkeypatch.setattr("flows.prune._LOCK_SECONDS", 0.0)
    before = everything(workspace.root)
    lock = workspace.root / ".photos.csv.lock"
    with FileLock(lock), pytest.raises(WorkspaceError, match="prune later"):
        prune(workspace, delete=True)
    assert everything(workspace.root) == before


def test_the_command_counts_first_and_deletes_when_told(
    workspace: Workspace, debris: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["-w", str(workspace.root)]
    assert main(["prune", *where]) == 0
    out = capsys.readouterr().out
    assert f"{len(debris)} files" in out
    assert "can go" in out
    assert "the same with --yes" in out
    assert main(["prune", *where, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["deleted"]) == (len(debris), False)
    assert told["kinds"]["unknown"]["names"] == ["stylized/holiday.png"]
    assert told["kinds"]["unknown"]["bytes"] == len(GREY)
    assert main(["prune", *where, "--yes"]) == 0
    assert f"{len(debris)} files" in capsys.readouterr().out
    assert main(["prune", *where]) == 0
    assert "nothing to prune" in capsys.readouterr().out


def test_style_statistics_go_a_day_after_they_were_made(workspace: Workspace) -> None:
    """They are a cache; while a run paints they are left alone, and so are younger ones."""
    workspace.statistics.mkdir()
    old = age(workspace.statistics / f"{'a' * 32}.npz", b"old")
    young, other = workspace.statistics / f"{'b' * 32}.npz", workspace.statistics / "notes.npz"
    young.write_bytes(b"young")
    age(other, b"mine")
    assert kinds(prune(workspace)) == {old.name: "statistics"}
    with Journal(workspace.journal, "run") as journal:
        journal.append({"fingerprint": "a"})
        assert "a run is painting" in prune(workspace, delete=True).left[f"statistics/{old.name}"]
    prune(workspace, delete=True)
    assert set(workspace.statistics.iterdir()) == {young, other}
