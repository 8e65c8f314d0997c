"""verify, repair, prune and reruns of a workspace in a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.cli import main
from flows.journal import open_journal
from flows.prune import prune
from flows.remote.leases import CLAIMS
from flows.remote.store import Store, open_store
from flows.workspace import Workspace

Machine = Callable[[str], None]
pytestmark = pytest.mark.usefixtures("prefect_api", "fake_engine")


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def store(workspace: Workspace, collection_file: Path, machine: Machine, capsys: Any) -> Store:
    """What another machine has built."""
    assert run("build", collection_file) == 0
    capsys.readouterr()
    machine("other")
    return open_store(workspace.url)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def names(store: Store, folder: str) -> list[str]:
    return [entry.key for entry in store.list(folder)]


def test_verify_holds_every_object_against_its_row(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hash: one that was overwritten, one that is gone, a photo too; then a repair and a build
    put all right.
    """
    assert run("verify", "-w", store.url) == 0
    first, second = names(store, "stylized")[:2]
    photo = names(store, "content")[0]
    store.put(first, store.get(first).data[:-20])
    store.delete([second])
    store.put(photo, b"no picture")
    capsys.readouterr()
    assert run("verify", "-w", store.url, "--json") == 3
    found = {one["file"]: one["kind"] for one in told(capsys)["findings"]}
    assert found == {first: "damaged", second: "missing", photo: "damaged"}
    assert run("verify", "-w", store.url, "--repair", "--json") == 0
    mended = told(capsys)["repair"]
    assert (mended["queued"], mended["aside"], mended["to_fetch"]) == (2, 2, 1)
    assert f"{first}.changed" in names(store, "stylized")
    frame = pd.read_csv(f"{store.url}/manifest.csv")
    assert sorted(frame["status"]) == ["done"] * 4 + ["failed"] * 2


def test_a_repaired_workspace_is_built_whole_again(
    store: Store, collection_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, photo = names(store, "stylized")[0], names(store, "content")[0]
    store.put(first, store.get(first).data[:-20])
    store.put(photo, b"no picture")
    assert run("verify", "-w", store.url, "--repair") == 0
    assert run("build", collection_file) == 0
    assert run("verify", "-w", store.url) == 0
    capsys.readouterr()
    assert run("prune", "-w", store.url, "--yes", "--json") == 0
    assert told(capsys)["kinds"]["aside"]["files"] == 2
    assert not [name for name in names(store, "stylized") if name.endswith(".changed")]
    assert run("verify", "-w", store.url) == 0


def test_a_quick_verify_reads_no_picture(store: Store, s3: Any) -> None:
    before = len(s3.requests())
    assert run("verify", "-w", store.url, "--quick") == 0
    asked = [one for one in s3.requests()[before:] if "/stylized/" in one or "/content/" in one]
    assert [one for one in asked if "list-type" not in one] == []
    gone = names(store, "stylized")[0]
    store.delete([gone])
    assert run("verify", "-w", store.url, "--quick") == 3


def test_a_finished_picture_without_a_row_is_adopted(
    store: Store, collection_file: Path, capsys: pytest.CaptureFixture[str], machine: Machine
) -> None:
    """By the next run on any machine, also where the whole manifest is gone."""
    store.delete(["manifest.csv"])
    assert run("plan", collection_file) == 0
    assert "0 pictures to paint, 6 exist" in capsys.readouterr().out
    assert run("build", collection_file) == 0
    assert "nothing to do, all 6" in capsys.readouterr().out
    frame = pd.read_csv(f"{store.url}/manifest.csv")
    assert (len(frame), set(frame["status"])) == (6, {"done"})


def test_prune_deletes_what_nothing_refers_to(
    store: Store, collection_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What --replace retired, and pictures that are none; nothing without --yes."""
    old = set(names(store, "stylized"))
    store.put("stylized/" + "0" * 32 + ".png", b"no picture")
    text = collection_file.read_text().replace("steps = [4]", "steps = [5]")
    collection_file.write_text(text)
    assert run("build", collection_file, "--replace") == 0
    capsys.readouterr()
    assert run("prune", "-w", store.url) == 0
    assert f"{store.url}: 7 files" in capsys.readouterr().out
    assert len(names(store, "stylized")) == 13
    assert run("prune", "-w", store.url, "--yes") == 0
    assert len(names(store, "stylized")) == 6
    assert not old & set(names(store, "stylized"))
    assert run("verify", "-w", store.url) == 0
    collection_file.write_text(text.replace("steps = [5]", "steps = [4]"))
    assert run("build", collection_file) == 0
    assert set(names(store, "stylized")) > old


def test_what_was_retired_is_called_done_again(store: Store, collection_file: Path) -> None:
    before = collection_file.read_text()
    collection_file.write_text(before.replace("steps = [4]", "steps = [5]"))
    assert run("build", collection_file, "--replace") == 0
    collection_file.write_text(before)
    assert run("build", collection_file, "--replace") == 0
    status = pd.read_csv(f"{store.url}/manifest.csv")["status"].value_counts().to_dict()
    assert status == {"done": 6, "retired": 6}


def test_what_did_not_reach_the_store_is_put_there_by_the_next_run(
    store: Store,
    collection_file: Path,
    s3: Any,
    painter: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A refused picture ends the run with a sentence; it has no row, and is not painted again."""
    s3.fail(("PUT", "/stylized/", 403))
    painted = painter.calls
    assert run("build", collection_file, "--force", "--only", "style = red") == 1
    error = capsys.readouterr().err
    assert f"{store.url} cannot be used: access is denied" in error
    assert painter.calls == painted + 1
    before = {name: store.get(name).data for name in names(store, "stylized")}
    assert run("build", collection_file) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert painter.calls == painted + 1
    changed = [name for name, data in before.items() if store.get(name).data != data]
    assert len(changed) == 1
    frame = pd.read_csv(f"{store.url}/manifest.csv").set_index("output")
    data = store.get(changed[0]).data
    assert frame.loc[changed[0], "output_sha256"] == hashlib.sha256(data).hexdigest()
    assert run("verify", "-w", store.url) == 0


def test_a_refused_row_is_not_written_and_its_picture_is_adopted(
    store: Store, collection_file: Path, s3: Any, painter: Any, capsys: Any
) -> None:
    s3.fail(("PUT", "/journal/", 403))
    painted = painter.calls
    collection_file.write_text(collection_file.read_text().replace("[4]", "[5]"))
    assert run("build", collection_file) == 1
    assert "access is denied" in capsys.readouterr().err
    assert run("build", collection_file) == 0
    assert painter.calls == painted + 6
    assert names(store, CLAIMS) == []
    assert run("verify", "-w", store.url) == 0


def test_an_edited_manifest_is_put_in_order(store: Store, collection_file: Path) -> None:
    """What is not understood is kept beside; a row that names another file comes back."""
    saved = pd.read_csv(f"{store.url}/manifest.csv", dtype=str, keep_default_na=False)
    edited = saved.copy()
    edited.loc[0, "created_at"] = "yesterday"
    edited.loc[1, "output"] = "moved.png"
    spoilt = edited.to_csv(index=False, sep=";").encode()
    store.put("manifest.csv", spoilt)
    assert run("build", collection_file) == 0
    assert store.get("manifest.csv.changed").data == spoilt
    now = pd.read_csv(f"{store.url}/manifest.csv", dtype=str, keep_default_na=False)
    assert now.equals(saved)


def test_what_is_no_picture_is_painted_where_no_row_speaks_of_it(
    store: Store, collection_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Damaged, and its row lost with the manifest: it is nobody's work that could be waited for."""
    spoilt = names(store, "stylized")[0]
    store.put(spoilt, b"no picture")
    store.delete(["manifest.csv"])
    assert run("build", collection_file) == 0
    assert run("verify", "-w", store.url) == 0
    frame = pd.read_csv(f"{store.url}/manifest.csv")
    assert (len(frame), set(frame["status"])) == (6, {"done"})


def test_prune_leaves_what_another_machine_calls_done_again(
    store: Store, collection_file: Path, machine: Machine
) -> None:
    """Between the judgement and the deletion; of the other retired ones none stays."""
    text = collection_file.read_text()
    collection_file.write_text(text.replace("steps = [4]", "steps = [5]"))
    assert run("build", collection_file, "--replace") == 0
    frame = pd.read_csv(f"{store.url}/manifest.csv").set_index("fingerprint")
    retired = frame.index[frame["status"] == "retired"]
    back = {**frame.loc[retired[-1]].to_dict(), "fingerprint": retired[-1], "status": "done"}
    back = {name: None if value != value else value for name, value in back.items()}
    here = Workspace.at(store.url).pull()
    machine("other")
    there = Workspace.at(store.url).pull()

    def called_done_again(stage: str, step: int, steps: int, file: str) -> None:
        if step == 1:
            with open_journal(there, "20300101-000000-aaaaaa") as journal:
                journal.append(back | {"created_at": "2030-01-01T00:00:00+00:00"})

    pruned = prune(here, delete=True, progress=called_done_again)
    assert pruned.left == {back["output"]: "a row refers to it again"}
    assert len(pruned.gone) == len(retired) - 1
    assert store.head(str(back["output"]))
