"""Progress: how far, how long still, and not a line too many."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from flows.progress import (
    LineProgress,
    Pace,
    console_progress,
    current,
    duration,
    reporting,
    shifted,
)
from flows.stages import silent


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (59.4, "59 s"), (125, "2 min 05 s"), (4800, "1 h 20 min"), (-3, "0 s")],
)
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_time_left_follows_the_pace_so_far_fractions_included() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.left(0, 10) is None
    clock.now = 10.0
    assert pace.left(0.5, 10) == pytest.approx(190)
    assert pace.words(0.5, 10) == "about 3 min 10 s left"


def test_what_was_done_before_the_start_does_not_count_as_pace() -> None:
    """A rerun that finds 90 of 100 done does not promise to end at once."""
    clock = Clock()
    pace = Pace(clock)
    pace.left(90, 100)
    clock.now = 10.0
    assert pace.left(91, 100) == pytest.approx(90)


def test_lines_come_now_and_then_and_always_at_the_end() -> None:
    clock, lines = Clock(), list[str]()
    progress = LineProgress(lines.append, every=10, clock=clock)
    for tenth in range(41):
        clock.now = tenth * 0.5
        progress("stylize", tenth / 10, 4, "harbour × mosaic")
    progress("stylize", 4, 4, "harbour × mosaic")
    assert [line.split()[1] for line in lines] == ["0/4", "2/4", "4/4"]
    assert lines[1] == "stylize     2/4  about 10 s left  harbour × mosaic"
    assert lines[-1] == "stylize     4/4  took 20 s"


def test_without_a_terminal_progress_is_plain_text() -> None:
    """No escape sequences, and no markup read out of a photo's title."""
    out = io.StringIO()
    with console_progress(Console(file=out, force_terminal=False)) as progress:
        progress("scrape", 0, 2, "[red]x[/red] y.jpg")
    assert out.getvalue() == "scrape      0/2  [red]x[/red] y.jpg\n"


def test_on_a_terminal_every_stage_keeps_its_bar() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100)
    with console_progress(console) as progress:
        for done in range(3):
            progress("scrape", done, 2, "[a].jpg")
        progress("stylize", 0.5, 12, "Photo [1] × mosaic")
        progress("publish", 0, 0, "")
    last = out.getvalue()[-900:]
    assert all(word in last for word in ("scrape", "2/2", "stylize", "0/12", "Photo [1] × mosaic"))


def test_a_part_of_a_stage_reports_as_part_of_the_whole() -> None:
    calls = list[tuple[object, ...]]()
    part = shifted(lambda *call: calls.append(call), 4, 12)
    part("stylize", 0.5, 2, "x")
    shifted(lambda *call: calls.append(call), 4)("scrape", 1, 2, "y")
    assert calls == [("stylize", 4.5, 12, "x"), ("scrape", 5, 6, "y")]


def test_progress_goes_to_whoever_asked_for_it() -> None:
    assert current() is silent
    with reporting(print) as chosen:
        assert current() is chosen is print
    assert current() is silent
