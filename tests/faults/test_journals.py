"""Journals that are torn, full of rubbish, or of a version that is yet to come."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest

from flows.journal import Journal
from flows.manifest import Manifest
from tests.faults.collection import Place, go, still_to_do
from tests.faults.counts import fault
from tests.faults.invariants import at_rest

ROW = {
    "fingerprint": "f" * 64,
    "status": "failed",
    "created_at": "2025-01-01T00:00:00+00:00",
    "error": "It was too dark.",
}
WHOLE = json.dumps(ROW).encode() + b"\n"
RUBBISH: dict[str, bytes] = {
    "torn": WHOLE[:60],
    "torn in a letter": '{"fingerprint": "é'.encode()[:-1],
    "binary": bytes(range(256)) * 20 + b"\n",
    "NUL bytes after a power cut": b"\0" * 4096,
    "UTF-16": json.dumps(ROW).encode("utf-16") + b"\n",
    "brackets without end": b"[" * 100_000 + b"\n",
    "no row": b'42\nnull\n[1]\n"text"\n{}\n{"fingerprint": ""}\n',
    "a row without time": b'{"fingerprint": "e", "status": "failed"}\n',
    "a time that is none": b'{"fingerprint": "e", "status": "done", "created_at": "soon"}\n',
    "numbers beyond all bounds": json.dumps({**ROW, "width": 10**400, "seconds": 1e308 * 10})
    .replace("Infinity", "1e999")
    .encode()
    + b"\n",
    "other types": json.dumps({**ROW, "title": ["a", {"b": 1}], "width": "wide"}).encode() + b"\n",
    "a version to come": json.dumps({**ROW, "mood": "calm", "v": 9, "more": {"a": []}}).encode()
    + b"\n",
}


@pytest.mark.parametrize("kind", RUBBISH)
@fault("a journal torn, of binary rubbish, of a later version", "whole rows count, all else passes")
def test_what_cannot_be_read_is_passed_over(kind: str, place: Place, count: Counter[str]) -> None:
    """Rows before and after it are in the manifest, and the run goes on to its end."""
    workspace = place.workspace.create()
    other = json.dumps({**ROW, "fingerprint": "0" * 64}).encode()
    path = workspace.journal / "20250101-000000-abcdef-1_aaaaaa.jsonl"
    path.write_bytes(WHOLE + RUBBISH[kind] + b"\n" + other + b"\n")
    assert go(place, place.painter()).done == place.pictures
    assert at_rest(workspace, place.pictures, runs=1) == []
    assert still_to_do(place) == []
    frame = Manifest(workspace).rows().set_index("fingerprint")
    assert {"f" * 64, "0" * 64} <= set(frame.index)
    assert len(frame) == place.pictures + 2
    assert frame.loc["f" * 64, "error"] == "It was too dark."
    count["pictures"] += place.pictures


@pytest.mark.parametrize("change", [lambda p: p.unlink(), lambda p: p.write_bytes(b"")])
@fault("manifest.csv lost while a journal lives on", "failed rows as far as the journals know")
def test_failed_rows_of_living_journals_stay(
    change: Callable[[object], object], unread_place: Place, count: Counter[str]
) -> None:
    """A run that is painting elsewhere has its rows in its journal."""
    place = unread_place
    workspace = place.workspace.create()
    with Journal(workspace.journal, "elsewhere") as journal:
        journal.append(ROW)
        Manifest(workspace).compact()
        change(workspace.manifest_csv)
        assert go(place, place.painter()).done == place.pictures
        frame = Manifest(workspace).rows().set_index("fingerprint")
        assert frame.loc["f" * 64, "status"] == "failed"
    count["pictures"] += place.pictures
