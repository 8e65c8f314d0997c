"""One visit to all sources: a failing one stops no other; only what may pass is tried again."""

from __future__ import annotations

from typing import Any

import pytest

import flows.stages.gathering as gathering
from flows.stages import Visit, is_passing, scrape_sources
from flows.workspace import Workspace
from scraping import FetchError, PageError, SourceError, StoreError

from .sources_at_hand import SourceAtHand, down, found


def test_sources_that_fail_stop_no_other(workspace: Workspace) -> None:
    """Their sentences are kept, in the order of the sources; the rows are filed."""
    good = SourceAtHand("good", [found(1), found(2)])
    visit = Visit(workspace, [down("first"), good, down("second", "http_404")])
    visit.go()
    assert [row.status for row in visit.photos] == ["taken", "taken"]
    assert list(visit.failures) == ["first", "second"]
    assert visit.sentences == (
        "first cannot be read (host_down).",
        "second cannot be read (http_404).",
    )
    assert workspace.photos() == visit.photos


def test_only_what_may_have_passed_is_tried_again(workspace: Workspace) -> None:
    """Not what was had, nor what stays wrong; a source that comes back is had."""
    good, gone = SourceAtHand("good", [found(1)]), down("gone", "http_404")
    flaky, later = down("flaky", "timeout", times=1), down("later", "deferred")
    visit = Visit(workspace, [good, gone, flaky, later])
    visit.go()
    visit.go()
    assert [source.looks for source in (good, gone, flaky, later)] == [1, 1, 2, 1]
    assert list(visit.failures) == ["gone", "later"]
    assert sorted(row.source for row in visit.photos) == ["flaky", "good"]


def test_rows_of_all_attempts_count_up(workspace: Workspace) -> None:
    told: list[tuple[float, int]] = []
    visit = Visit(workspace, [SourceAtHand("good", [found(1)]), down("flaky", times=1)])
    for _ in range(2):
        visit.go(lambda _stage, done, total, _note: told.append((done, total)))
    assert told[0][0] == 1
    assert told[-1] == (2, 2)


def test_sources_of_one_name_are_one(workspace: Workspace) -> None:
    one, two = SourceAtHand("same", [found(1)]), SourceAtHand("same", [found(1)])
    visit = Visit(workspace, [one, SourceAtHand("other"), two])
    visit.go()
    assert (visit.names, one.looks, two.looks) == (["same", "other"], 1, 0)
    assert visit.title == "2 sources"
    assert Visit(workspace, [one]).title == "same"


def test_a_folder_that_cannot_be_written_concerns_all(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a sentence as well, told once."""

    def full(*_: Any, **__: Any) -> None:
        raise StoreError("The folder is full.")

    monkeypatch.setattr("scraping.scrape_all", full)
    visit = Visit(workspace, [SourceAtHand("a"), SourceAtHand("b")])
    visit.go()
    assert list(visit.failures) == ["a", "b"]
    assert visit.sentences == ("The folder is full.",)


def test_a_fault_of_ours_is_not_hidden(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came before it is filed."""

    def broken(*_: Any, on_photo: Any, **__: Any) -> None:
        on_photo(gathering_row(), 1, 2)
        raise LookupError("a bug")

    monkeypatch.setattr("scraping.scrape_all", broken)
    with pytest.raises(LookupError):
        Visit(workspace, [SourceAtHand("a")]).go()
    assert len(workspace.photos()) == 1


def gathering_row() -> Any:
    from scraping import Photo

    return Photo(source="a", source_id="1", status="timeout")


def test_rows_are_filed_every_two_seconds(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither at each photo nor only at the end."""
    now = [0.0]
    monkeypatch.setattr(gathering.time, "monotonic", lambda: now[0])
    filed: list[int] = []

    def watch(_stage: str, _done: float, _total: int, _note: str) -> None:
        filed.append(len(workspace.photos()))
        now[0] += 0.8

    source = SourceAtHand("a", [found(number) for number in range(6)])
    Visit(workspace, [source]).go(watch)
    assert filed == [0, 0, 0, 4, 4, 4]
    assert len(workspace.photos()) == 6


def test_slow_filing_takes_a_fifth_of_the_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of many thousand photos is written more seldom."""
    now, filed = [0.0], []
    monkeypatch.setattr(gathering.time, "monotonic", lambda: now[0])

    def file(_rows: Any) -> None:
        filed.append(now[0])
        now[0] += 1.0

    monkeypatch.setattr(Workspace, "save_photos", lambda _self, rows: file(rows))

    def watch(_stage: str, _done: float, _total: int, _note: str) -> None:
        now[0] += 0.5

    source = SourceAtHand("a", [found(number) for number in range(24)])
    Visit(workspace, [source]).go(watch)
    assert filed == [2.0, 7.0, 12.0, 15.0]


def test_the_second_visit_brings_no_news(workspace: Workspace) -> None:
    """Refusals that are known are none either; a new photo is."""
    source = SourceAtHand("a", [found(1), found(2, side=20)])
    counts = []
    for _ in range(2):
        visit = Visit(workspace, [source])
        visit.go()
        counts.append(visit.news)
    source.photos = [*source.photos, found(3)]
    visit = Visit(workspace, [source])
    visit.go()
    assert [*counts, visit.news] == [2, 0, 1]


def test_notes_of_strangers_cannot_steer_the_terminal(workspace: Workspace) -> None:
    notes: list[str] = []
    source = SourceAtHand("a", [found(1, id="x\x1b[2J", page_url="http://a.example/\x1b]0;t\x07")])
    Visit(workspace, [source]).go(lambda *told: notes.append(str(told[3])))
    assert notes
    assert all(note.isprintable() for note in notes)


def test_what_may_pass_within_seconds() -> None:
    """A time-out may; what is put off, gone, or no network's fault is not."""
    assert is_passing(PageError("timeout", "late"))
    assert is_passing(PageError("http_503", "busy"))
    assert is_passing(FetchError("host_down", "down"))
    for error in (
        PageError("deferred", "ask later"),
        PageError("page_failed", "is a zip file"),
        PageError("http_404", "gone"),
        SourceError("bad address"),
        ValueError("a bug"),
        None,
    ):
        assert not is_passing(error)


def test_without_a_listener_the_first_failure_is_raised(workspace: Workspace) -> None:
    """After the others were had."""
    good = SourceAtHand("good", [found(1)])
    with pytest.raises(PageError, match="first cannot be read"):
        scrape_sources(workspace, [down("first"), good, down("second")])
    assert len(workspace.photos()) == 1
