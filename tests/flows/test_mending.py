"""`atelier verify --repair`: what is lost is painted or fetched again, and nothing is deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.claims import claimed
from flows.cli import main
from flows.content import Content
from flows.journal import Journal
from flows.manifest import Manifest, read_manifest
from flows.mending import mend
from flows.outputs import time_ns
from flows.report import read_report
from flows.stages import recover, scrape_sources
from flows.style_images import StyleImage
from flows.verify import verify
from flows.workspace import Workspace
from scraping import FolderSource

from .damage import found, spoil

Paint = Callable[..., Any]
Reasons = Callable[[], dict[str, str]]


def test_a_repair_makes_the_next_run_paint_and_keeps_the_damaged(
    workspace: Workspace,
    painted: list[Path],
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
    reasons: Reasons,
) -> None:
    """The manifest speaks the truth from then on: a failed row for each, found by its reason."""
    painted[0].unlink()
    spoil(painted[1])
    spoiled = painted[1].read_bytes()
    assert set(reasons()) == {painted[0].name}, "a plan does not see what only a hash can"
    mended = mend(workspace, verify(workspace))
    assert (mended.queued, mended.aside, mended.left) == (2, 1, ())
    assert painted[1].with_name(f"{painted[1].name}.changed").read_bytes() == spoiled
    rows = read_manifest(workspace.manifest_csv).set_index("fingerprint")
    for path, word in ((painted[0], "missing"), (painted[1], "damaged")):
        row = rows.loc[path.stem]
        assert (row["status"], row["output"], row["attempts"]) == ("failed", "", 1)
        assert word in row["error"]
        assert read_report(workspace.runs / f"{row['flow_run']}.json")["errors"]
    assert reasons() == dict.fromkeys((painted[0].name, painted[1].name), "failed before")
    assert verify(workspace).findings == ()
    assert paint(contents, styles).done == 2
    assert verify(workspace).findings == ()
    assert set(Manifest(workspace).rows()["status"]) == {"done"}


def test_a_second_damage_does_not_overwrite_the_first(
    workspace: Workspace,
    painted: list[Path],
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
) -> None:
    for _ in range(2):
        spoil(painted[0])
        mend(workspace, verify(workspace))
        paint(contents, styles)
    aside = sorted(path.name for path in workspace.stylized.glob("*.changed*"))
    assert aside == [f"{painted[0].name}.changed", f"{painted[0].name}.changed2"]


def test_orphans_are_adopted(workspace: Workspace, painted: list[Path]) -> None:
    before = workspace.manifest_csv.read_bytes()
    workspace.manifest_csv.unlink()
    workspace.create()
    assert mend(workspace, verify(workspace)).adopted == len(painted)
    assert workspace.manifest_csv.read_bytes() == before
    assert verify(workspace).findings == ()


def test_a_damaged_photo_is_fetched_again(workspace: Workspace, scraped: FolderSource) -> None:
    """By the next scrape, though it knows the photo."""
    path = workspace.root / workspace.content_photos()[0].file
    whole = path.read_bytes()
    spoil(path)
    scrape_sources(workspace, [scraped])
    assert found(workspace) == {path.name: "damaged"}, "a scrape alone sees a file of that name"
    assert mend(workspace, verify(workspace)).to_fetch == 1
    assert found(workspace) == {path.name: "missing"}
    scrape_sources(workspace, [scraped])
    assert path.read_bytes() == whole
    assert found(workspace) == {}


def test_a_picture_that_is_being_painted_is_left_alone(
    workspace: Workspace, painted: list[Path]
) -> None:
    spoil(painted[0])
    checked = verify(workspace)
    with claimed(painted[0]) as mine:
        assert mine
        mended = mend(workspace, checked)
    assert [one.file for one in mended.left] == [f"stylized/{painted[0].name}"]
    assert (mended.queued, painted[0].is_file()) == (0, True)


def test_a_picture_repainted_after_the_check_is_not_touched(
    workspace: Workspace,
    painted: list[Path],
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
) -> None:
    spoil(painted[0])
    checked = verify(workspace)
    paint(contents, styles, force=True)
    assert mend(workspace, checked).queued == 0
    assert set(Manifest(workspace).rows()["status"]) == {"done"}


def test_a_failed_row_is_later_than_the_one_it_replaces(
    workspace: Workspace, painted: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the clock went back since, so that it wins."""
    rows = Manifest(workspace).rows().to_dict("records")
    with Journal(workspace.journal, "future") as journal:
        for row in rows:
            journal.append(row | {"created_at": "2999-01-01T00:00:00+00:00"})
    painted[0].unlink()
    mend(workspace, verify(workspace))
    row = Manifest(workspace).rows().set_index("fingerprint").loc[painted[0].stem]
    assert row["status"] == "failed"
    assert time_ns(row["created_at"]) > time_ns("2999-01-01T00:00:00+00:00")


@pytest.mark.parametrize("place", ["../outside.jpg", "/etc/hostname", "styles/red.png"])
def test_a_table_cannot_point_elsewhere(
    workspace: Workspace, scraped: FolderSource, tmp_path: Path, place: str
) -> None:
    """A row that was edited by hand names a file that is none of ours: it is not touched."""
    from dataclasses import replace

    outside = tmp_path / "outside.jpg"
    outside.write_bytes(b"mine")
    photo = workspace.content_photos()[0]
    workspace.save_photos([replace(photo, file=place)])
    mended = mend(workspace, verify(workspace))
    assert [(one.file, one.kind) for one in mended.left] == [(place, "unreadable")]
    assert outside.read_bytes() == b"mine"


def test_what_nobody_can_repair_stays_a_finding(
    workspace: Workspace, painted: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace.styles / "red.png").unlink()
    where = ["-w", str(workspace.root)]
    assert main(["verify", *where, "--repair", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert [one["file"] for one in told["repair"]["left"]] == ["styles/red"]
    assert recover(workspace).adopted == 0


def test_a_row_that_leads_out_of_the_workspace_is_none(
    workspace: Workspace, painted: list[Path], tmp_path: Path
) -> None:
    """A fingerprint names a file: no repair of a stranger's workspace touches another folder."""
    letter = tmp_path / "letter.png"
    letter.write_bytes(b"mine")
    row = Manifest(workspace).rows().iloc[0].to_dict()
    away = {"fingerprint": "../../letter", "output": "stylized/../../letter.png"}
    with Journal(workspace.journal, "stranger") as journal:
        journal.append(row | away)
    mend(workspace, verify(workspace))
    assert letter.read_bytes() == b"mine"
    assert len(Manifest(workspace).rows()) == len(painted)
