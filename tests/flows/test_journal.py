import json
import os
from pathlib import Path

import pytest

from flows.journal import Journal, finished, read_journal, read_journals


def row(name: str, **more: object) -> dict[str, object]:
    return {"fingerprint": name, "created_at": "2025-01-01T00:00:00+00:00", **more}


def test_a_row_is_one_whole_line_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When `append` returns, the line is complete, and the disk was told to keep it."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    with Journal(tmp_path, "run", "w") as journal:
        journal.append(row("a", title='line\nbreak, "quote" 漢 \ud800'))
        assert synced
        lines = (tmp_path / "run-w.jsonl").read_text().splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["title"] == 'line\nbreak, "quote" 漢 ?'


def test_nothing_to_write_makes_no_file(tmp_path: Path) -> None:
    """A run that paints nothing leaves no journal."""
    Journal(tmp_path, "run").close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_last_line_is_no_row(tmp_path: Path, cut: int) -> None:
    """A crash in the middle of a write loses that row only."""
    with Journal(tmp_path, "run", "w") as journal:
        journal.append(row("a"))
        journal.append(row("b"))
    path = tmp_path / "run-w.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    names = [found["fingerprint"] for found in read_journals(tmp_path)]
    assert names == (["a", "b"] if cut == 1 else ["a"])


def test_rows_after_a_torn_line_are_read(tmp_path: Path) -> None:
    """A writer that takes up a torn journal does not glue its first row to the torn one."""
    (tmp_path / "run-w.jsonl").write_bytes(b'{"fingerprint":"a"}\n{"finger')
    with Journal(tmp_path, "run", "w") as journal:
        journal.append(row("b"))
    assert [found["fingerprint"] for found in read_journals(tmp_path)] == ["a", "b"]


def test_a_journal_is_finished_when_its_writer_is_gone(tmp_path: Path) -> None:
    """Whoever folds journals can tell the living from the closed."""
    journal = Journal(tmp_path, "run", "w")
    journal.append(row("a"))
    with finished(journal.path) as over:
        assert not over
    journal.close()
    with finished(journal.path) as over:
        assert over


def test_a_journal_that_vanished_has_no_rows(tmp_path: Path) -> None:
    """Another process may fold and remove it between listing and reading."""
    assert read_journal(tmp_path / "gone.jsonl") == []


def test_two_writers_of_a_run_have_two_files(tmp_path: Path) -> None:
    """Appends never meet in one file."""
    with Journal(tmp_path, "run") as first, Journal(tmp_path, "run") as second:
        first.append(row("a"))
        second.append(row("b"))
    assert len(list(tmp_path.glob("*.jsonl"))) == 2
    assert {found["fingerprint"] for found in read_journals(tmp_path)} == {"a", "b"}
