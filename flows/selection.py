"""What a run is asked to paint of a plan: `--only`, `--retry-failed`, `--force`, `--refresh`.

A query has the grammar of `flows.where`, over what a job is before it is painted (`JOBS`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo, WithJsonSchema

from flows.columns import ColumnType
from flows.errors import SelectionError, WhereError
from flows.plan import FAILED, REASONS, Job, Plan
from flows.where import Asked, parse_where, select

__all__ = ["JOBS", "Only", "RetryFailed", "Selection", "chosen", "matching"]

_COLUMNS: dict[str, tuple[ColumnType, Callable[[Job], Any]]] = {
    "style": ("text", lambda job: job.style.name),
    "preset": ("text", lambda job: job.preset),
    "reason": ("text", lambda job: job.reason),
    "source": ("text", lambda job: job.content.source),
    "title": ("text", lambda job: job.content.title),
    "licence": ("text", lambda job: job.content.licence),
    "creator": ("text", lambda job: job.content.creator),
    "attribution": ("text", lambda job: job.content.attribution),
    "image_url": ("text", lambda job: job.content.image_url),
    "landing_url": ("text", lambda job: job.content.landing_url),
    "content": ("text", lambda job: job.content.path),
    "content_sha256": ("text", lambda job: job.content.sha256),
    "style_title": ("text", lambda job: job.style.title),
    "style_licence": ("text", lambda job: job.style.licence),
    "style_sha256": ("text", lambda job: job.style.sha256),
    "engine": ("text", lambda job: job.recipe.engine),
    "fingerprint": ("text", lambda job: job.fingerprint),
    "width": ("integer", lambda job: job.content.width),
    "height": ("integer", lambda job: job.content.height),
    "seed": ("integer", lambda job: job.recipe.seed),
    "attempts": ("integer", lambda job: job.attempt - 1),
}
_DTYPES: dict[str, Any] = {"text": "string", "integer": "Int64"}

JOBS = Asked({name: kind for name, (kind, _) in _COLUMNS.items()}, "A job", "--only")
"""The columns that a job has before it is painted; `attempts` counts those of earlier runs."""


@dataclass(frozen=True)
class Selection:
    """Which jobs a run paints, and what becomes of what they replace.

    `force` paints everything again, `refresh` what an older engine painted, `retry_failed` only
    what failed before, `only` what a query holds for; `replace` retires the pictures of the same
    photo and style that were painted otherwise. Raises `WhereError` for a query that cannot be
    understood, `SelectionError` for wishes that exclude each other.
    """

    force: bool = False
    refresh: bool = False
    only: str | None = None
    retry_failed: bool = False
    replace: bool = False

    def __post_init__(self) -> None:
        if self.only is not None:
            parse_where(self.only, JOBS)
        if self.retry_failed and (self.force or self.refresh):
            raise SelectionError(_contradiction(self.force))

    @property
    def options(self) -> str:
        """The options that leave jobs out, as a person would name them; "" for none."""
        named = {"--only": self.only is not None, "--retry-failed": self.retry_failed}
        return " and ".join(name for name, given in named.items() if given)


def chosen(plan: Plan, selection: Selection) -> Plan:
    """The plan with the jobs of the selection alone; it says how many were left out."""
    jobs, present = plan.jobs, plan.present
    if selection.retry_failed:
        jobs, present = tuple(job for job in jobs if job.reason == FAILED), ()
    if selection.only is not None:
        jobs, present = matching(jobs, selection.only), matching(present, selection.only)
    counts = Counter(job.reason for job in jobs)
    return replace(
        plan,
        jobs=jobs,
        present=present,
        left_out=plan.left_out + len(plan.jobs) - len(jobs),
        left_out_by=selection.options,
        reasons={reason: counts[reason] for reason in REASONS if counts[reason]},
    )


def matching(jobs: Iterable[Job], only: str) -> tuple[Job, ...]:
    """The jobs for which the query holds, in their order."""
    import pandas as pd

    given = tuple(jobs)
    columns: dict[str, Any] = {}
    for name in {condition.column for condition in parse_where(only, JOBS)}:
        kind, value = _COLUMNS[name]
        columns[name] = pd.Series([value(job) for job in given], dtype=_DTYPES[kind])
    held = select(pd.DataFrame(columns), only, JOBS)
    return tuple(given[number] for number in held.index)


def _contradiction(force: bool) -> str:
    other = "--force" if force else "--refresh"
    return (
        f"--retry-failed paints nothing but what failed before, so {other} has no meaning "
        "beside it; give one of the two."
    )


def _understood(only: str | None) -> str | None:
    """Pydantic shows the text of a ValueError."""
    try:
        Selection(only=only)
    except WhereError as error:
        raise ValueError(str(error)) from None
    return only


def _alone(retry_failed: bool, info: ValidationInfo) -> bool:
    force = info.data.get("force", False)
    if retry_failed and (force or info.data.get("refresh", False)):
        raise ValueError(_contradiction(force))
    return retry_failed


def _described() -> dict[str, Any]:
    """The query for Prefect's API, which checks parameters by a JSON schema and nothing else.

    Its refusal names what is allowed instead, so that is a sentence and not the pattern.
    """
    columns = "|".join(_COLUMNS)
    value = r"""("[^"]*"|'[^']*'|[^\s"']\S*)"""
    condition = rf"\s*({columns})\s*(==|!=|<=|>=|=|<|>|~)\s*{value}"
    instead = (
        f'a query such as "style = mosaic and width > 400"; its columns are {", ".join(_COLUMNS)}'
    )
    return {
        "type": "string",
        "description": instead,
        "if": {"type": "string", "not": {"pattern": rf"^({condition}(\s+[aA][nN][dD]\s|\s*$))+$"}},
        "then": {"enum": [instead]},
    }


Only = Annotated[str | None, AfterValidator(_understood), WithJsonSchema(_described())]
"""A query as the parameter of a flow: one that is not understood is refused before the run."""

RetryFailed = Annotated[bool, AfterValidator(_alone)]
"""The same for a flow's `retry_failed`, which excludes `force` and `refresh`."""
