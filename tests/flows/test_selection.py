"""What a query and `--retry-failed` leave of a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.content import Content
from flows.errors import SelectionError, WhereError
from flows.plan import Job, Plan
from flows.selection import JOBS, Selection, chosen, matching
from flows.style_images import StyleImage
from stylize import Recipe

RECIPE = Recipe(size=64)


def job(number: int, style: str, reason: str = "new photo", **about: str) -> Job:
    content = Content(f"{number:064}", f"content/{number}.jpg", "", 64, 40 + number, **about)
    image = StyleImage(style, Path(style), style[0] * 64)
    name = f"{number}-{style}"
    return Job(content, image, RECIPE, "default", name, f"stylized/{name}.png", reason)


JOBS_AT_HAND = (
    job(1, "mosaic", title="Red boat", licence="CC0-1.0", source="harbour"),
    job(2, "mosaic", "failed before", title='The "cat"'),
    job(1, "waves", "output missing", title="Red boat", licence="CC0-1.0", source="harbour"),
)


@pytest.mark.parametrize(
    ("only", "numbers"),
    [
        ("style = mosaic", [0, 1]),
        ("style = mosaic and title ~ BOAT", [0]),
        ("reason = 'failed before'", [1]),
        ("source = harbour", [0, 2]),
        ("licence ~ cc0", [0, 2]),
        ("height > 41", [1]),
        ("width = 64 and preset = default", [0, 1, 2]),
        ("content = content/1.jpg", [0, 2]),
        ("attempts = 0", [0, 1, 2]),
        ("style = nothing", []),
    ],
)
def test_jobs_are_chosen_by_what_is_known_before_painting(only: str, numbers: list[int]) -> None:
    """In their order; text as text and numbers as numbers, as `--where` does."""
    assert matching(JOBS_AT_HAND, only) == tuple(JOBS_AT_HAND[number] for number in numbers)


@pytest.mark.parametrize(
    ("only", "says"),
    [
        ("seconds > 3", "A job has no column 'seconds': use style, preset, reason, source"),
        ("styl = x", "'styl' (did you mean style?): use style, preset, reason"),
        ("width > wide", "--only: width is a number"),
        ("width ~ 3", "--only: width is no text"),
        ("", "--only does not understand"),
        ("style = a or 1 = 1", "--only does not understand 'or 1 = 1'"),
        ("__import__('os').system('true')", "--only does not understand"),
    ],
)
def test_a_query_that_is_not_understood_is_one_sentence(only: str, says: str) -> None:
    """An empty query is one too: it would mean everything by accident."""
    with pytest.raises(WhereError) as caught:
        Selection(only=only)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_column_of_a_job_can_be_asked_for() -> None:
    for name, kind in JOBS.types.items():
        value = "0" if kind == "integer" else "none"
        assert len(matching(JOBS_AT_HAND, f"{name} != {value}")) <= len(JOBS_AT_HAND)


@given(st.text(max_size=40))
def test_no_text_does_anything_but_choose_or_fail(only: str) -> None:
    try:
        found = matching(JOBS_AT_HAND, only)
    except WhereError:
        return
    assert set(found) <= set(JOBS_AT_HAND)


def test_what_is_left_out_is_counted() -> None:
    plan = Plan(JOBS_AT_HAND, done=4, reasons={"new photo": 1})
    made = chosen(plan, Selection(only="style = waves"))
    assert (made.jobs, made.done, made.left_out) == (JOBS_AT_HAND[2:], 4, 2)
    assert (made.left_out_by, made.reasons) == ("--only", {"output missing": 1})
    assert chosen(plan, Selection()).jobs == JOBS_AT_HAND


def test_retrying_takes_what_failed_and_nothing_else() -> None:
    """Also with a query beside it: both have to hold; and nothing that is done counts as new."""
    plan = Plan(JOBS_AT_HAND, done=1, present=(replace(JOBS_AT_HAND[0], reason=""),))
    made = chosen(plan, Selection(retry_failed=True))
    assert (made.jobs, made.left_out, made.present) == (JOBS_AT_HAND[1:2], 2, ())
    both = chosen(plan, Selection(retry_failed=True, only="style = waves"))
    assert (both.jobs, both.left_out) == ((), 3)
    assert both.left_out_by == "--only and --retry-failed"


@pytest.mark.parametrize("other", ["force", "refresh"])
def test_wishes_that_exclude_each_other_are_refused(other: str) -> None:
    with pytest.raises(SelectionError, match=f"so --{other} has no meaning"):
        Selection(retry_failed=True, **{other: True})
