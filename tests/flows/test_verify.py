"""`atelier verify`: what is missing, damaged, unreadable or without a row; it changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.content import Content
from flows.journal import Journal
from flows.manifest import Manifest
from flows.rows import now
from flows.style_images import StyleImage
from flows.verify import verify
from flows.workspace import Workspace
from scraping import Photo

from .damage import found, spoil

Paint = Callable[..., Any]


def files(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.mark.usefixtures("scraped")
def test_a_whole_workspace_has_no_findings(workspace: Workspace, painted: list[Path]) -> None:
    checked = verify(workspace)
    assert checked.findings == ()
    assert (checked.pictures, checked.photos, checked.styles) == (len(painted), 3, 2)


@pytest.mark.usefixtures("scraped")
def test_every_kind_is_found_and_nothing_written(workspace: Workspace, painted: list[Path]) -> None:
    """Damage that only a hash can see among it."""
    photos = sorted({workspace.root / photo.file for photo in workspace.content_photos()})
    painted[0].unlink()
    spoil(painted[1])
    painted[2].unlink()
    painted[2].mkdir()
    (workspace.stylized / "holiday.png").write_bytes(b"no picture")
    photos[0].unlink()
    spoil(photos[1])
    (workspace.styles / "red.png").unlink()
    before = files(workspace.root)
    assert found(workspace) == {
        painted[0].name: "missing",
        painted[1].name: "damaged",
        painted[2].name: "unreadable",
        "holiday.png": "unreadable",
        photos[0].name: "missing",
        photos[1].name: "damaged",
        "red": "missing",
    }
    assert files(workspace.root) == before


def test_a_finished_picture_without_a_row_is_an_orphan(
    workspace: Workspace, painted: list[Path]
) -> None:
    workspace.manifest_csv.unlink()
    workspace.create()
    assert found(workspace) == {path.name: "orphan" for path in painted}


def test_a_repainting_without_its_row_is_an_orphan_and_no_damage(
    workspace: Workspace,
    painted: list[Path],
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A forced run that was killed between a picture's rename and its row."""
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", lambda self, row: None)
        paint(contents, styles, force=True)
    findings = [(Path(one.file).name, one.kind) for one in verify(workspace).findings]
    assert findings == [(path.name, "orphan") for path in painted]


def test_quick_trusts_the_time_of_a_row(workspace: Workspace, painted: list[Path]) -> None:
    """What was touched is hashed all the same; what is gone is seen."""
    spoil(painted[0])
    spoil(painted[1])
    os.utime(painted[1], (1, 1))
    painted[2].unlink()
    quick = {painted[1].name: "damaged", painted[2].name: "missing"}
    assert found(workspace, quick=True) == quick
    assert found(workspace) == {**quick, painted[0].name: "damaged"}


@pytest.mark.usefixtures("scraped")
def test_quick_looks_whether_photos_are_there(workspace: Workspace) -> None:
    """An empty file is none."""
    gone, emptied, spoilt = (workspace.root / one.file for one in workspace.content_photos())
    gone.unlink()
    emptied.write_bytes(b"")
    spoil(spoilt)
    quick = {gone.name: "missing", emptied.name: "damaged"}
    assert found(workspace, quick=True) == quick
    assert found(workspace) == {**quick, spoilt.name: "damaged"}


def test_failed_and_retired_rows_need_no_file(workspace: Workspace, painted: list[Path]) -> None:
    rows = Manifest(workspace).rows().set_index("fingerprint", drop=False)
    with Journal(workspace.journal, "later") as journal:
        for path, status in ((painted[0], "failed"), (painted[1], "retired")):
            journal.append(rows.loc[path.stem].to_dict() | {"status": status, "created_at": now()})
            path.unlink()
    assert found(workspace) == {}


def test_what_a_flow_paints_meanwhile_is_no_finding(
    workspace: Workspace,
    painted: list[Path],
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
) -> None:
    """A forced run replaces every picture between the reading of the rows and of the files."""
    repainted = []

    def progress(stage: str, done: float, total: int, note: str) -> None:
        if not repainted:
            repainted.append(paint(contents, styles, force=True))

    for path in painted:
        spoil(path)
    assert verify(workspace, progress=progress).findings == ()


def test_hundreds_of_photos_are_looked_at_in_order(workspace: Workspace) -> None:
    """Progress counts each file once, whatever thread read it."""
    rows = []
    for number in range(600):
        data = str(number).encode()
        sha256 = hashlib.sha256(data).hexdigest()
        (workspace.content / f"{sha256}.jpg").write_bytes(data)
        file = f"content/{sha256}.jpg"
        rows.append(Photo("s", str(number), sha256=sha256, file=file, status="taken"))
    workspace.save_photos(rows)
    counts: list[float] = []
    checked = verify(workspace, progress=lambda stage, done, total, note: counts.append(done))
    assert (checked.photos, checked.findings) == (600, ())
    assert counts == list(range(1, 601))


def test_the_command_tells_and_exits_by_what_it_found(
    workspace: Workspace, painted: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["-w", str(workspace.root)]
    assert main(["verify", *where]) == 0
    assert "6 pictures, 0 photos, 2 styles, all as recorded" in capsys.readouterr().out
    spoil(painted[0])
    assert main(["verify", *where, "--quick"]) == 0
    capsys.readouterr()
    assert main(["verify", *where]) == 3
    out = capsys.readouterr().out
    assert "--repair" in out
    assert "1 damaged" in out
    assert main(["verify", *where, "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"damaged": 1}
    assert told["findings"][0]["file"] == f"stylized/{painted[0].name}"
    assert main(["verify", *where, "--repair"]) == 0
    assert "1  pictures have a failed row" in capsys.readouterr().out
    assert main(["verify", *where]) == 0


def test_without_a_workspace_there_is_nothing_to_verify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "-w", str(tmp_path / "none")]) == 1
    assert "There is no workspace" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_neither_command_starts_an_engine(workspace: Workspace, painted: list[Path]) -> None:
    """Nor Prefect, with something to repair and to delete."""
    spoil(painted[0])
    where = str(workspace.root)
    code = (
        "import sys\nfrom flows.cli import main\n"
        f"assert main(['verify', '-w', {where!r}, '--repair']) == 0\n"
        f"assert main(['prune', '-w', {where!r}, '--yes']) == 0\n"
        "assert not {'prefect', 'tensorflow', 'keras'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
