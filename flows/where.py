"""`--where "style = mosaic and seconds > 10"`: parsed by hand, never evaluated as code.

    expression = condition { "and" condition }
    condition  = column operator value
    operator   = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"
    value      = word | '"' text '"' | "'" text "'"

``~`` means contains, in whatever case. Values are compared as the column's type: as text, as
numbers, or as times (`2025-01-31` is that whole day in UTC; `2025-01-31T12:00` an instant).
"""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.columns import COLUMNS, ColumnType
from flows.errors import WhereError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MANIFEST", "Asked", "Condition", "parse_where", "select"]

_COLUMN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)")
_OPERATOR = re.compile(r"\s*(==|!=|<=|>=|=|<|>|~)")
_VALUE = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s"']\S*))""")
_AND = re.compile(r"\s+and(?=\s)", re.IGNORECASE)
_EXAMPLE = 'write: column operator value, such as style = mosaic, or title ~ "red boat"'
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Asked:
    """What an expression asks about: its columns, what has them, and the option that takes it."""

    types: Mapping[str, ColumnType]
    owner: str
    option: str


MANIFEST = Asked({column.name: column.type for column in COLUMNS}, "The manifest", "--where")


@dataclass(frozen=True)
class Condition:
    """One comparison; `value` is the text given."""

    column: str
    operator: str
    value: str


def parse_where(text: str, asked: Asked = MANIFEST) -> tuple[Condition, ...]:
    """The conditions of an expression, all of which have to hold.

    Raises `WhereError`, a sentence, for anything that is not in the grammar, a column that does
    not exist, or a value that is none of the column's type.
    """
    conditions = []
    position = 0
    while True:
        condition, position = _condition(text, position, asked)
        conditions.append(condition)
        if not text[position:].strip():
            return tuple(conditions)
        joint = _AND.match(text, position)
        if joint is None:
            rest = text[position:].strip()
            message = f"{asked.option} does not understand {rest!r}: join conditions with and"
            raise WhereError(f"{message}, and quote values that have spaces.")
        position = joint.end()


def select(frame: pd.DataFrame, where: str, asked: Asked = MANIFEST) -> pd.DataFrame:
    """The rows of a frame, typed as `asked` says, for which the expression `where` holds.

    A missing number or time satisfies ``!=`` only. Raises `WhereError` as `parse_where` does.
    """
    for condition in parse_where(where, asked):
        kind = asked.types[condition.column]
        frame = frame[_mask(frame[condition.column], condition, kind)]
    return frame


def _condition(text: str, position: int, asked: Asked) -> tuple[Condition, int]:
    column = _COLUMN.match(text, position)
    sign = _OPERATOR.match(text, column.end()) if column else None
    value = _VALUE.match(text, sign.end()) if sign else None
    if column is None or sign is None or value is None:
        given = text[position:].strip() or text
        raise WhereError(f"{asked.option} does not understand {given!r}: {_EXAMPLE}.")
    chosen = next(group for group in value.groups() if group is not None)
    condition = Condition(column[1], sign[1].replace("==", "="), chosen)
    _check(condition, asked)
    return condition, value.end()


def _check(condition: Condition, asked: Asked) -> None:
    if condition.column not in asked.types:
        near = difflib.get_close_matches(condition.column, asked.types, n=3)
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        message = f"{asked.owner} has no column {condition.column!r}{hint}"
        raise WhereError(f"{message}: use {', '.join(asked.types)}.")
    kind = asked.types[condition.column]
    try:
        if kind == "time":
            _span(condition)
        elif kind != "text":
            _number(condition)
    except ValueError as error:
        raise WhereError(f"{asked.option}: {error}") from None
    if kind != "text" and condition.operator == "~":
        message = f"{asked.option}: {condition.column} is no text, so ~ does not apply"
        raise WhereError(f"{message}; use =, !=, <, <=, > or >=.")


def _mask(values: pd.Series[Any], condition: Condition, kind: ColumnType) -> pd.Series[bool]:
    if condition.operator == "~":
        folded = values.str.casefold()
        return folded.str.contains(condition.value.casefold(), regex=False).astype(bool)
    if kind == "time":
        held = _time_mask(values, condition)
    else:
        given = condition.value if kind == "text" else _number(condition)
        held = _COMPARE[condition.operator](values, given)
    return held.fillna(condition.operator == "!=").astype(bool)


def _time_mask(values: pd.Series[Any], condition: Condition) -> pd.Series[Any]:
    first, last = _span(condition)
    within = (values >= first) & (values <= last)
    return {
        "=": within,
        "!=": ~within,
        "<": values < first,
        "<=": values <= last,
        ">": values > last,
        ">=": values >= first,
    }[condition.operator]


def _number(condition: Condition) -> float:
    try:
        number = float(condition.value)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        message = f"{condition.column} is a number"
        raise ValueError(f"{message}, so {condition.value!r} cannot be compared with it.")
    return number


def _span(condition: Condition) -> tuple[datetime, datetime]:
    """First and last instant that the value means: a day, or an instant twice."""
    text = condition.value
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{condition.column} is a time, so {text!r} cannot be compared with it"
        raise ValueError(f"{message}; write 2025-01-31 or 2025-01-31T12:00.") from None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    whole_day = len(text) <= len("2025-01-31")
    return moment, moment + timedelta(days=1, microseconds=-1) if whole_day else moment
