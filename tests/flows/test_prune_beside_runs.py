"""`atelier prune`, `verify` and plans while somebody else paints in the same workspace."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import flows.verify
from flows.claims import claimed
from flows.content import Content
from flows.files import write_whole
from flows.history import History
from flows.journal import Journal
from flows.living import Living
from flows.manifest import Manifest
from flows.prune import prune
from flows.report import RunReport
from flows.rows import now
from flows.stages import recover
from flows.stages.planning import read_history
from flows.style_images import StyleImage
from flows.verify import verify
from flows.workspace import Workspace
from scraping import Photo
from tests.flows.conftest import make_content

LOOKS: dict[str, Callable[[Workspace], object]] = {
    "prune": prune,
    "plan": read_history,
    "verify": verify,
}


@contextmanager
def painting(workspace: Workspace) -> Iterator[list[Path]]:
    """Files that come and go as they do where somebody paints: every picture so far."""
    ended = threading.Event()
    made: list[Path] = []

    def work() -> None:
        while not ended.is_set():
            path = workspace.stylized / f"{'a' * 32}.png"
            with claimed(path):
                write_whole(path, b"a picture")
            path.unlink()
            made.append(path)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize("look", LOOKS)
def test_files_may_go_while_they_are_looked_at(workspace: Workspace, look: str) -> None:
    """Temporary files, locks, a picture that another command set aside."""
    until = time.monotonic() + 1
    looks = 0
    with painting(workspace) as made:
        while time.monotonic() < until:
            LOOKS[look](workspace)
            looks += 1
    assert min(looks, len(made)) > 1


def test_a_link_that_leads_nowhere_stops_nothing(workspace: Workspace) -> None:
    """Plan and prune see nothing there; verify tells of it."""
    before = read_history(workspace), prune(workspace)
    (workspace.stylized / "gone.png").symlink_to("/nowhere")
    assert (read_history(workspace), prune(workspace)) == before
    assert [one.file for one in verify(workspace).findings] == ["stylized/gone.png"]


def test_a_retired_picture_that_was_painted_anew_waits_for_its_row(
    workspace: Workspace,
    painted: list[Path],
    paint: Callable[..., Any],
    contents: list[Content],
    styles: list[StyleImage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its painter was killed before the row, hours ago: the next run adopts it."""
    row = Manifest(workspace).rows().set_index("fingerprint", drop=False).loc[painted[0].stem]
    with Journal(workspace.journal, "retiring") as journal:
        journal.append(row.to_dict() | {"status": "retired", "created_at": now()})
    painted[0].unlink()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            paint(contents, styles)
    hours_later = time.time_ns() + 2 * 3_600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: hours_later)
    assert "retired" not in {one.kind for one in prune(workspace, delete=True).found}
    assert recover(workspace).adopted == 1


def test_prepared_photos_wait_for_the_first_picture_of_a_run(workspace: Workspace) -> None:
    """Until then no row speaks of their size, and the run has no journal."""
    workspace.save_photos([Photo("s", "1", sha256="b" * 64, file="content/b.png", status="taken")])
    prepared = workspace.prepared / f"{'b' * 64}-96.png"
    prepared.write_bytes(b"prepared yesterday")
    os.utime(prepared, (time.time() - 86_400,) * 2)
    report = RunReport("run", "harbour", "", "", "running")
    living = Living(workspace, report)
    assert list(prune(workspace, delete=True).left) == [f"prepared/{prepared.name}"]
    living.end(report)
    assert prune(workspace, delete=True).left == {}
    assert not prepared.exists()


@pytest.mark.usefixtures("painted")
def test_verify_does_not_mistake_what_is_finished_meanwhile(
    workspace: Workspace,
    paint: Callable[..., Any],
    styles: list[StyleImage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A picture that appears after the rows were read is no stranger."""
    before = flows.verify.adoptable

    def and_then(place: Workspace, history: History) -> list[dict[str, Any]]:
        found = before(place, history)
        paint([make_content(workspace, 9)], styles)
        return found

    monkeypatch.setattr(flows.verify, "adoptable", and_then)
    assert not [one for one in verify(workspace).findings if one.what == "picture"]
