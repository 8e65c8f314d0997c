import errno
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flows import workspace as workspace_module
from flows.columns import COLUMN_NAMES
from flows.errors import DiskFullError, StyleError, WorkspaceError
from flows.workspace import Workspace
from images import encode_png


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that ships one style."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "dots.png").write_bytes(encode_png(np.zeros((64, 64, 3), np.float32)))
    (folder / "styles.toml").write_text('[dots]\ntitle = "Dots"\nlicence = "CC0-1.0"\n')
    (folder / "__init__.py").touch()
    monkeypatch.setattr(workspace_module, "_shipped", lambda: folder)
    return folder


def test_a_new_workspace_is_ready(tmp_path: Path, shipped: Path) -> None:
    """Folders, the shipped styles with their credits, and a manifest that can be read at once."""
    made = Workspace(tmp_path / "deep" / "data").create()
    for folder in (made.content, made.prepared, made.stylized, made.journal, made.runs):
        assert folder.is_dir()
    assert sorted(p.name for p in made.styles.iterdir()) == ["dots.png", "styles.toml"]
    assert [style.title for style in made.style_files()] == ["Dots"]
    assert pd.read_csv(made.manifest_csv).shape == (0, len(COLUMN_NAMES))
    assert not list(made.root.glob(".*.tmp"))


def test_making_it_again_changes_nothing(tmp_path: Path, shipped: Path) -> None:
    """A style that a person removed stays removed, and the manifest stays as it is."""
    made = Workspace(tmp_path / "data").create()
    (made.styles / "dots.png").unlink()
    made.manifest_csv.write_text("fingerprint\na\n")
    made.create()
    assert not (made.styles / "dots.png").exists()
    assert made.manifest_csv.read_text() == "fingerprint\na\n"


def test_a_half_copied_set_of_styles_is_never_taken_for_the_whole(
    tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while copying: the next run copies again."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(workspace_module.shutil, "copyfile", die)
        with pytest.raises(KeyboardInterrupt):
            Workspace(tmp_path / "data").create()
    assert not (tmp_path / "data/styles").exists()
    assert len(Workspace(tmp_path / "data").create().style_files()) == 1


def test_before_it_is_made_the_package_lends_its_styles(tmp_path: Path, shipped: Path) -> None:
    """`atelier plan` can name the styles of a workspace that does not exist yet."""
    assert [style.name for style in Workspace(tmp_path / "none").style_files()] == ["dots"]
    assert not (tmp_path / "none").exists()


def test_a_file_is_no_workspace(tmp_path: Path) -> None:
    """Nor is a folder below a file."""
    (tmp_path / "file").write_text("text")
    with pytest.raises(WorkspaceError, match=r"The workspace .*file is a file; name a folder"):
        Workspace(tmp_path / "file").create()
    with pytest.raises(WorkspaceError, match=r"file is a file"):
        Workspace(tmp_path / "file").check()
    with pytest.raises(WorkspaceError, match=r"cannot be made: .*file.* is a file"):
        Workspace(tmp_path / "file" / "data").create()
    assert (tmp_path / "file").read_text() == "text"


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_folder_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A read-only mount shows on writing only; so writing is tried, also as root."""
    (tmp_path / "data").mkdir()

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise OSError(code, "no", str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(WorkspaceError, match=r"data") as caught:
        Workspace(tmp_path / "data").create()
    assert isinstance(caught.value, DiskFullError) == (code == errno.ENOSPC)
    assert "\n" not in str(caught.value)


def test_reading_commands_want_a_workspace(tmp_path: Path, workspace: Workspace) -> None:
    """A mistyped path is told, not made."""
    with pytest.raises(WorkspaceError, match="There is no workspace in"):
        Workspace(tmp_path / "dta").check()
    assert workspace.check() is workspace


def test_no_styles_is_an_error_that_says_what_to_do(workspace: Workspace) -> None:
    """An empty styles folder names the command that fills it."""
    for path in workspace.styles.iterdir():
        path.unlink()
    with pytest.raises(StyleError, match=r"no style images in .*styles; run: atelier styles add"):
        workspace.choose_styles()


def test_leftovers_of_dead_processes_are_swept(workspace: Workspace) -> None:
    """Wherever in the workspace they lie."""
    host = workspace_module.temporary_beside(Path("x")).name.split(".")[2].rsplit("-", 2)[0]
    folders = (workspace.root, workspace.stylized, workspace.content, workspace.styles)
    for folder in folders:
        (folder / f".a.png.{host}-999999999-abcdef.tmp").touch()
    half = workspace.root / f".styles.{host}-999999999-abcdef.tmp"
    half.mkdir()
    (half / "dots.png").touch()
    assert workspace.sweep() == len(folders) + 1
    assert not half.exists()
    assert workspace.sweep() == 0


def test_two_runs_may_begin_a_workspace_at_once(
    tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's styles are there when ours are to be put in their place."""
    place = Workspace(tmp_path / "data")
    copy = workspace_module.shutil.copyfile

    def meanwhile(source: Path, target: Path) -> None:
        monkeypatch.setattr(workspace_module.shutil, "copyfile", copy)
        place.create()
        copy(source, target)

    monkeypatch.setattr(workspace_module.shutil, "copyfile", meanwhile)
    assert sorted(path.name for path in place.create().styles.iterdir()) == [
        "dots.png",
        "styles.toml",
    ]
    assert not list(place.root.glob(".*.tmp"))
