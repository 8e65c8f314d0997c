import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.columns import COLUMN_NAMES
from flows.content import Content
from flows.history import history_of
from flows.journal import Journal
from flows.manifest import Manifest, read_manifest
from flows.outputs import adoptable, existing_outputs, time_ns
from flows.plan import Job
from flows.stages import recover
from flows.style_images import StyleImage
from flows.workspace import Workspace
from images import encode_png

Paint = Callable[..., Any]


Reasons = Callable[[], dict[str, str]]


def test_a_missing_output_is_painted_again(painted: list[Path], reasons: Reasons) -> None:
    """Its row says done, the file says otherwise."""
    assert reasons() == {}
    painted[2].unlink()
    assert reasons() == {painted[2].name: "output missing"}


def test_an_output_that_is_not_what_its_row_says_is_painted_again(
    painted: list[Path], reasons: Reasons
) -> None:
    """Cut short or exchanged, with the file's time kept or not."""
    stat = painted[0].stat()
    painted[0].write_bytes(painted[0].read_bytes()[:-200])
    painted[1].write_bytes(painted[2].read_bytes())
    os.utime(painted[1], (1, 1))
    assert reasons() == dict.fromkeys((painted[0].name, painted[1].name), "output missing")
    assert stat.st_mtime_ns != painted[0].stat().st_mtime_ns


def test_an_output_that_was_copied_about_is_still_itself(
    painted: list[Path], reasons: Reasons
) -> None:
    """Times are lost on the way to another machine; the hash decides."""
    for path in painted:
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert reasons() == {}


def test_planning_reads_no_picture_while_times_agree(
    workspace: Workspace, painted: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred thousand pictures are checked by their time, not by reading gigabytes."""

    def refuse(path: Path) -> str:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr("flows.outputs.file_sha256", refuse)
    known = history_of(read_manifest(workspace.manifest_csv)).known
    assert len(existing_outputs(workspace, known)) == 6


def test_a_finished_picture_without_a_row_is_adopted(
    workspace: Workspace, painted: list[Path], reasons: Reasons
) -> None:
    """The row that it carries is the row that was lost, to the last cell."""
    before = read_manifest(workspace.manifest_csv)
    text = workspace.manifest_csv.read_text().splitlines(keepends=True)
    workspace.manifest_csv.write_text("".join(text[:3] + text[5:]))
    assert reasons() == {}, "they count as done before they are adopted"
    assert recover(workspace).adopted == 2
    after = read_manifest(workspace.manifest_csv)
    assert after.equals(before)
    assert recover(workspace).adopted == 0


def test_a_lost_manifest_is_rebuilt_from_the_pictures(
    workspace: Workspace, painted: list[Path]
) -> None:
    """The state can be had back from the outputs alone."""
    before = workspace.manifest_csv.read_bytes()
    workspace.manifest_csv.unlink()
    workspace.create()
    assert recover(workspace).adopted == 6
    assert workspace.manifest_csv.read_bytes() == before


def test_what_is_no_whole_picture_of_its_name_is_not_adopted(
    workspace: Workspace, painted: list[Path], reasons: Reasons
) -> None:
    """Cut, without provenance, under another's name, or with no row inside: it is repainted."""
    data = painted[0].read_bytes()
    workspace.manifest_csv.unlink()
    workspace.create()
    painted[0].write_bytes(data[:-30])
    painted[1].write_bytes(encode_png(np.zeros((8, 8, 3), np.float32)))
    painted[2].write_bytes(data)
    for path, row in ((painted[3], "[1]"), (painted[4], json.dumps({"fingerprint": "x"}))):
        path.write_bytes(encode_png(np.zeros((8, 8, 3), np.float32), {"atelier": row}))
    assert recover(workspace).adopted == 1
    assert set(reasons()) == {path.name for path in painted[:5]}


def test_a_repainting_that_was_not_journalled_is_adopted_over_the_older_row(
    workspace: Workspace,
    painted: list[Path],
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
    reasons: Reasons,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed between the rename and the row of a forced run: the newer picture gets its row."""
    older = Manifest(workspace).rows()["created_at"].max()
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", lambda self, row: None)
        paint(contents, styles, force=True)
    assert reasons() == {}
    assert recover(workspace).adopted == 6
    assert read_manifest(workspace.manifest_csv)["created_at"].min() > older


def test_a_failure_after_a_success_is_not_undone_by_the_old_picture(
    workspace: Workspace,
    painted: list[Path],
    paint: Paint,
    painter: Any,
    contents: list[Content],
    styles: list[StyleImage],
    reasons: Reasons,
) -> None:
    """A forced run that failed stays failed until it is tried again."""
    painter.fail = lambda call: RuntimeError("no")
    paint(contents, styles, force=True)
    assert recover(workspace).adopted == 0
    assert set(reasons().values()) == {"failed before"}
    painter.fail = lambda call: None
    assert paint(contents, styles).done == 6


def test_adopting_changes_nothing_in_a_whole_workspace(
    workspace: Workspace, painted: list[Path]
) -> None:
    """Nor does it write anything."""
    before = workspace.manifest_csv.stat()
    history = history_of(read_manifest(workspace.manifest_csv))
    assert adoptable(workspace, history) == []
    recover(workspace)
    assert workspace.manifest_csv.stat().st_ino == before.st_ino


def test_times_to_the_microsecond(jobs: tuple[Job, ...]) -> None:
    """A row's time and its file's agree exactly, whatever the zone it is written in."""
    assert time_ns("1970-01-01T00:00:01.000002+00:00") == 1_000_002_000
    assert time_ns("1970-01-01T02:00:01.000002+02:00") == 1_000_002_000
    assert time_ns("2025-06-01T12:00:00Z") == 1_748_779_200 * 10**9
    assert time_ns("") == time_ns(None) == 0


def test_a_row_that_names_another_file_is_put_right(
    workspace: Workspace, painted: list[Path], reasons: Reasons
) -> None:
    """Somebody replaced the slashes of the column: the picture is there, and not painted again."""
    before = workspace.manifest_csv.read_text()
    workspace.manifest_csv.write_text(before.replace("stylized/", "stylized\\"))
    assert reasons() == {}
    assert recover(workspace).adopted == len(painted)
    assert workspace.manifest_csv.read_text() == before


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("fingerprint", "mine"),
        ("fingerprint", "x" * 300),
        ("fingerprint", "../away"),
        ("created_at", "soon"),
    ],
)
def test_a_picture_whose_row_was_spoilt_is_not_painted_again(
    workspace: Workspace, painted: list[Path], reasons: Reasons, column: str, text: str
) -> None:
    """Its name, or its time: it comes back from the picture."""
    before = read_manifest(workspace.manifest_csv).set_index("fingerprint")
    lines = workspace.manifest_csv.read_text().splitlines()
    cells = lines[1].split(",")
    name, place = cells[0], COLUMN_NAMES.index(column)
    if column == "created_at":
        (when,) = (cell for cell in cells if cell.startswith("20") and cell.endswith("Z"))
        place = cells.index(when)
    cells[place] = text
    lines[1] = ",".join(cells)
    workspace.manifest_csv.write_text("\n".join([*lines, ""]))
    assert reasons() == {}
    recover(workspace)
    after = read_manifest(workspace.manifest_csv).set_index("fingerprint")
    assert after.loc[name].equals(before.loc[name])


def test_a_row_of_a_far_future_gives_way_to_a_repaint(
    workspace: Workspace,
    painted: list[Path],
    paint: Paint,
    contents: list[Content],
    styles: list[StyleImage],
    reasons: Reasons,
) -> None:
    """Somebody mistyped a year: the picture that is painted anew has the later row, for good."""
    rows = Manifest(workspace).rows().to_dict("records")
    with Journal(workspace.journal, "future") as journal:
        for row in rows:
            journal.append(row | {"created_at": "2925-01-31T12:00:00+00:00"})
    painted[0].unlink()
    assert paint(contents, styles).done == 1
    assert reasons() == {}
