"""manifest.csv after spreadsheets, editors and accidents."""

from __future__ import annotations

import io
from collections import Counter

import pandas as pd
import pytest

from flows.columns import COLUMN_NAMES
from flows.errors import ManifestError
from flows.files import ASIDE
from flows.manifest import read_manifest
from tests.faults.collection import Place, go, noise, still_to_do
from tests.faults.counts import fault
from tests.faults.invariants import at_rest
from tests.faults.spreadsheets import EDITS, LOSSY, SAVED, rewritten

MEASURES = ["status", "content_loss", "seconds", "width", "attempts", "title", "recipe", "flow_run"]


@pytest.fixture
def painted(unread_place: Place) -> Place:
    """A finished collection, one picture of which failed."""
    place = unread_place
    painter = place.painter()

    def fail() -> None:
        if painter.paintings == 2:
            raise RuntimeError("this one fails")

    painter.before = fail
    assert go(place, painter).failed == 1
    return place


def told(place: Place) -> pd.DataFrame:
    return read_manifest(place.workspace.manifest_csv).set_index("fingerprint")


def next_run(place: Place, count: Counter[str], pictures: int) -> tuple[str, ...]:
    """What the run after the accident says; afterwards everything is as it must be."""
    before = place.painter().paintings
    report = go(place, place.painter())
    assert report.done == place.painter().paintings - before == 1
    assert at_rest(place.workspace, pictures, runs=2) == []
    assert still_to_do(place) == []
    lines = place.workspace.manifest_csv.read_bytes().splitlines()
    assert lines[0].decode().split(",")[: len(COLUMN_NAMES)] == list(COLUMN_NAMES)
    count["pictures"] += pictures
    return report.notes


@pytest.mark.parametrize("edit", EDITS)
@fault("manifest.csv saved by a spreadsheet, in fifteen ways", "understood; no value changes")
def test_an_edited_manifest_is_understood(edit: str, painted: Place, count: Counter[str]) -> None:
    """Numbers, texts and times are what they were, and the file is put in order."""
    before = told(painted)
    EDITS[edit](painted.workspace.manifest_csv)
    seen = told(painted)
    kept = before.loc[seen.index]
    pd.testing.assert_frame_equal(seen[MEASURES], kept[MEASURES])
    assert ((seen["created_at"] - kept["created_at"]).abs() < pd.Timedelta(minutes=1)).all()
    assert next_run(painted, count, painted.pictures) == ()
    assert list(painted.workspace.root.glob(f"*{ASIDE}*")) == []


@pytest.mark.parametrize("accident", SAVED)
@fault("manifest.csv emptied, deleted, its header alone", "every row comes back from its picture")
def test_rows_come_back_from_the_pictures(
    accident: str, painted: Place, count: Counter[str]
) -> None:
    """The failed one, which has no picture, is painted."""
    before = told(painted)
    SAVED[accident](painted.workspace.manifest_csv)
    next_run(painted, count, painted.pictures)
    done = before[before["status"] == "done"].drop(columns=["attempts"])
    after = told(painted).loc[done.index].drop(columns=["attempts"])
    pd.testing.assert_frame_equal(after, done)


@pytest.mark.parametrize("accident", LOSSY)
@fault("manifest.csv torn, or its cells spoilt, in eleven ways", "put aside; rows come back")
def test_what_is_not_understood_is_put_aside(
    accident: str, painted: Place, count: Counter[str]
) -> None:
    """As it was, under a name that the run tells; nothing is painted twice."""
    path = painted.workspace.manifest_csv
    LOSSY[accident](path)
    spoilt = path.read_bytes()
    (note,) = next_run(painted, count, painted.pictures)
    aside = path.with_name(path.name + ASIDE)
    assert aside.read_bytes() == spoilt
    assert aside.name in note
    assert str(path) in note


@pytest.mark.parametrize("rubbish", [b"\x00\xff\xfe\x01" * 50, b"a,b\n1,2\n", b"PK\x03\x04" * 9])
@fault("manifest.csv is no table at all", "a sentence that says to move it away; then all is back")
def test_no_table_is_a_sentence(rubbish: bytes, painted: Place, count: Counter[str]) -> None:
    """Nothing is overwritten until a person has moved it."""
    path = painted.workspace.manifest_csv
    path.write_bytes(rubbish)
    with pytest.raises(ManifestError, match="move it away and run again to rebuild it") as error:
        go(painted, painted.painter())
    assert str(path) in str(error.value)
    assert path.read_bytes() == rubbish
    path.rename(path.with_name("mine"))
    assert go(painted, painted.painter()).done == 1
    assert at_rest(painted.workspace, painted.pictures) == []
    count["pictures"] += painted.pictures


@fault("columns of a person's own in manifest.csv", "kept as text, through repaints too")
def test_extra_columns_are_kept(painted: Place, count: Counter[str]) -> None:
    """Beside the picture they were written for, whatever they hold."""
    path = painted.workspace.manifest_csv
    words = ["stars", "=1+1", "a, b"]
    rewritten(
        path,
        lambda t: [
            row.extend(words if not n else [str(n), f"007,{n}", "'-x"]) for n, row in enumerate(t)
        ],
    )
    before = told(painted)
    (painted.photos / "late.png").write_bytes(noise(99))
    next_run_pictures = painted.pictures + 2
    assert go(painted, painted.painter(), force=True).failed == 0
    assert at_rest(painted.workspace, next_run_pictures, runs=2) == []
    after = told(painted)
    assert list(after.columns) == list(before.columns)
    assert list(after.columns)[-3:] == words
    pd.testing.assert_frame_equal(after.loc[before.index, words], before[words])
    assert (after.drop(before.index)[words] == "").all(axis=None)
    plain = pd.read_csv(io.BytesIO(path.read_bytes()), dtype=str, keep_default_na=False)
    assert not plain["a, b"].str.startswith("-").any()
    count["pictures"] += next_run_pictures
