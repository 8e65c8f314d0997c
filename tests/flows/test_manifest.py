import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows import manifest as manifest_module
from flows.columns import COLUMN_NAMES, COLUMNS, complete_row
from flows.compactor import Compactor
from flows.errors import ManifestError
from flows.journal import Journal
from flows.manifest import Manifest, read_manifest
from flows.tables import frame_of, parse_csv, to_csv
from flows.workspace import Workspace

writable = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
risky = st.text(st.sampled_from("'=+-@\t\r\n,;\" aé漢🎨"), max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.none()
counts = st.integers(-(2**53), 2**53) | st.none()
times = st.datetimes(
    min_value=pd.Timestamp("1970-01-01").to_pydatetime(),
    max_value=pd.Timestamp("2200-01-01").to_pydatetime(),
).map(lambda moment: moment.isoformat() + "+00:00")
kinds = {"text": writable | risky, "integer": counts, "number": numbers, "time": times}
varied = ("status", "title", "error", "width", "attempts", "content_loss", "created_at")
rows = st.fixed_dictionaries({c.name: kinds[c.type] for c in COLUMNS if c.name in varied})


def row(name: str, second: int = 0, **more: Any) -> dict[str, Any]:
    base = {"fingerprint": name, "status": "done", "content": "c", "style": "s", "attempts": 1}
    return complete_row({**base, "created_at": f"2025-01-01T00:00:{second:02}+00:00", **more})


def journalled(workspace: Workspace, *found: dict[str, Any], writer: str = "w") -> None:
    with Journal(workspace.journal, "run", writer) as journal:
        for one in found:
            journal.append(one)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows, max_size=4))
def test_the_file_gives_back_what_was_put_in(
    tmp_path_factory: pytest.TempPathFactory, given_rows: list[dict[str, Any]]
) -> None:
    """Commas, quotes, newlines, Unicode, formulas, missing numbers: nothing is changed."""
    path = tmp_path_factory.mktemp("csv") / "manifest.csv"
    frame = frame_of(given_rows)
    path.write_bytes(to_csv(frame))
    pd.testing.assert_frame_equal(parse_csv(path), frame)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows, min_size=1, max_size=3))
def test_anyone_can_read_it_and_no_cell_is_a_formula(
    tmp_path_factory: pytest.TempPathFactory, given_rows: list[dict[str, Any]]
) -> None:
    """Plain `pandas.read_csv` finds every row and column; no text cell opens like a formula."""
    path = tmp_path_factory.mktemp("csv") / "manifest.csv"
    path.write_bytes(to_csv(frame_of(given_rows)))
    plain = pd.read_csv(path)
    assert plain.shape == (len(given_rows), len(COLUMNS))
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, kind, _ in COLUMNS:
        if kind == "text":
            assert not text[name].str.startswith(("=", "+", "-", "@", "\t", "\r")).any()


def test_numbers_are_untouched_by_neutralisation(tmp_path: Path) -> None:
    """A negative loss stays a number for every reader."""
    path = tmp_path / "m.csv"
    path.write_bytes(to_csv(frame_of([row("a", content_loss=-1.5, title="-1.5")])))
    plain = pd.read_csv(path)
    assert plain["content_loss"].item() == -1.5
    assert plain["title"].item() == "'-1.5"


def test_the_columns_are_the_documented_ones(workspace: Workspace) -> None:
    """The order of the file is the order of the documentation, from the first instant on."""
    text = (
        "fingerprint,status,output,output_sha256,content,content_sha256,image_url,landing_url,"
        "title,licence,attribution,style,style_sha256,styles,style_title,style_licence,"
        "style_attribution,engine,preset,recipe,weights,weights_sha256,engine_version,versions,"
        "backend,device,precision,width,height,steps,content_loss,style_loss,tv_loss,seconds,seed,"
        "flow_run,created_at,attempts,error,creator,licence_url,style_creator,style_licence_url,"
        "style_landing_url,picture_licence"
    )
    assert ",".join(COLUMN_NAMES) == text
    assert workspace.manifest_csv.read_text() == text + "\n"
    assert pd.read_csv(workspace.manifest_csv).shape == (0, 45)


def test_columns_are_typed_on_load(workspace: Workspace) -> None:
    """Text, nullable integers and floats, and UTC times."""
    journalled(workspace, row("a", width=3, seconds=1.5, title="NA", error=""))
    Manifest(workspace).compact()
    frame = read_manifest(workspace.manifest_csv)
    assert frame["width"].dtype == "Int64"
    assert frame["steps"].dtype == "Int64"
    assert frame["steps"].isna().all()
    assert frame["seconds"].dtype == "Float64"
    assert frame["title"].tolist() == ["NA"]
    assert frame["error"].tolist() == [""]
    assert frame["created_at"].item() == pd.Timestamp("2025-01-01", tz="UTC")


def test_the_newest_row_of_a_fingerprint_wins(workspace: Workspace) -> None:
    """However the rows are spread over file and journals."""
    journalled(workspace, row("a", 5, title="new"), row("b", 1, title="only"))
    Manifest(workspace).compact()
    journalled(workspace, row("a", 3, title="old"), writer="x")
    journalled(workspace, row("b", 9, title="newer"), writer="y")
    Manifest(workspace).compact()
    frame = read_manifest(workspace.manifest_csv).set_index("fingerprint")
    assert frame["title"].to_dict() == {"a": "new", "b": "newer"}


def test_equal_states_are_equal_files(workspace: Workspace) -> None:
    """The order in which pictures were made does not show in the file."""
    made = [row("a", 2, style="x"), row("b", 1, style="y"), row("c", 3, style="x")]
    journalled(workspace, *made)
    Manifest(workspace).compact()
    first = workspace.manifest_csv.read_bytes()
    workspace.manifest_csv.unlink()
    journalled(workspace, *reversed(made))
    Manifest(workspace).compact()
    assert workspace.manifest_csv.read_bytes() == first


def test_rows_sees_what_is_not_compacted_yet(workspace: Workspace) -> None:
    """A plan made while another run is painting knows its pictures; the files stay as they are."""
    before = workspace.manifest_csv.read_bytes()
    journalled(workspace, row("a"))
    assert Manifest(workspace).rows()["fingerprint"].tolist() == ["a"]
    assert workspace.manifest_csv.read_bytes() == before
    assert len(list(workspace.journal.glob("*.jsonl"))) == 1


def test_finished_journals_are_folded_and_living_ones_kept(workspace: Workspace) -> None:
    """A journal is removed only when nobody can write to it any more."""
    living = Journal(workspace.journal, "run", "living")
    living.append(row("a"))
    journalled(workspace, row("b"), writer="closed")
    Manifest(workspace).compact()
    assert [path.name for path in workspace.journal.glob("*.jsonl")] == ["run-living.jsonl"]
    living.append(row("c"))
    living.close()
    Manifest(workspace).compact()
    assert not list(workspace.journal.iterdir())
    assert set(read_manifest(workspace.manifest_csv)["fingerprint"]) == {"a", "b", "c"}


@pytest.mark.parametrize("step", ["write", "remove", "unlink"])
def test_a_compaction_that_dies_loses_no_row(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Before the new file, or between it and the removal of the journals: the rows are there."""
    journalled(workspace, row("a"), writer="one")
    journalled(workspace, row("b"), writer="two")

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(manifest_module, "write_whole", die)
        elif step == "remove":
            patch.setattr(manifest_module, "_remove", die)
        else:
            patch.setattr(Path, "unlink", die)
        with pytest.raises(KeyboardInterrupt):
            Manifest(workspace).compact()
    assert set(Manifest(workspace).rows()["fingerprint"]) == {"a", "b"}
    Manifest(workspace).compact()
    assert set(read_manifest(workspace.manifest_csv)["fingerprint"]) == {"a", "b"}
    assert not list(workspace.journal.iterdir())


def test_a_file_that_is_no_manifest_is_named(tmp_path: Path) -> None:
    """One sentence with the path and what to do."""
    path = tmp_path / "manifest.csv"
    path.write_bytes(b"\xff\xfe\x00nonsense\n\x001,2,3\n")
    with pytest.raises(ManifestError, match=r"manifest\.csv cannot be read .* move it away"):
        read_manifest(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ManifestError, match="no column fingerprint"):
        read_manifest(path)


def test_an_older_file_with_fewer_columns_is_read(tmp_path: Path) -> None:
    """Columns that came later are empty, those that a person added come last."""
    path = tmp_path / "manifest.csv"
    path.write_text("fingerprint,status,colour,created_at\na,failed,red,2025-01-01T00:00:00Z\n")
    frame = read_manifest(path)
    assert list(frame.columns) == [*COLUMN_NAMES, "colour"]
    assert frame["error"].tolist() == [""]
    assert frame["colour"].tolist() == ["red"]


WRITER = """
import sys, time
from pathlib import Path
from flows.journal import Journal
from flows.manifest import Manifest
from flows.workspace import Workspace
workspace, writer = Workspace(Path(sys.argv[1])), sys.argv[2]
Manifest(workspace).compact()
with Journal(workspace.journal, "run", writer) as journal:
    for number in range(12):
        journal.append({"fingerprint": f"{writer}{number}", "status": "done",
                        "title": "=1+1, \\n" * 40,
                        "created_at": "2025-01-01T00:00:00+00:00"})
        Manifest(workspace).compact()
Manifest(workspace).compact()
"""


def test_it_can_be_read_at_every_instant_with_two_writers(workspace: Workspace) -> None:
    """Two processes compact as fast as they can: each read finds a whole file that only grows."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(workspace.root), name]) for name in "ab"
    ]
    sizes = []
    while any(writer.poll() is None for writer in writers):
        frame = pd.read_csv(workspace.manifest_csv)
        assert frame.shape[1] == len(COLUMNS)
        sizes.append(len(frame))
    assert [writer.returncode for writer in writers] == [0, 0]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 5, "the loop did not overlap with the writing"
    frame = read_manifest(workspace.manifest_csv)
    assert set(frame["fingerprint"]) == {f"{name}{n}" for name in "ab" for n in range(12)}
    assert not list(workspace.journal.iterdir())


def test_the_compactor_keeps_up_while_running(workspace: Workspace) -> None:
    """A row is in the file soon after it was journalled, and all are at the end."""
    with Journal(workspace.journal, "run") as journal:
        with Compactor(Manifest(workspace), every=0.05):
            journal.append(row("a"))
            deadline = time.monotonic() + 10
            while "a" not in set(pd.read_csv(workspace.manifest_csv)["fingerprint"]):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            before = workspace.manifest_csv.stat().st_ino
            time.sleep(0.3)
            assert workspace.manifest_csv.stat().st_ino == before, "nothing new, yet rewritten"
            journal.append(row("b"))
        assert set(pd.read_csv(workspace.manifest_csv)["fingerprint"]) == {"a", "b"}


def test_a_large_manifest_loads_quickly(tmp_path: Path) -> None:
    """10,000 rows take well under a second, as 100,000 may take two on a quiet core."""
    sample = row("x", recipe=json.dumps({"size": 512, "layers": ["block1_conv1"] * 20}))
    frame = frame_of([sample])
    large = pd.concat([frame] * 10_000, ignore_index=True)
    path = tmp_path / "manifest.csv"
    path.write_bytes(to_csv(large))
    start = os.times()
    assert len(parse_csv(path)) == 10_000
    used = os.times()
    assert used.user + used.system - start.user - start.system < 1.0
