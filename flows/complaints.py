"""Validation errors as sentences: the key's path, what was given, what is allowed."""

from __future__ import annotations

import difflib
import json
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

__all__ = ["complaints", "unknown_key"]

_HIDDEN = ("base", "overrides")


def complaints(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One sentence for every problem that `model` found."""
    details = error.errors(include_url=False)
    inner = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
    # A list with a bad item is also reported as too short.
    told = [detail for detail in details if detail["loc"] not in inner]
    return [_sentence(detail, model) for detail in told]


def unknown_key(path: str, model: type[BaseModel]) -> str:
    """The sentence for a key at `path` that `model` does not have."""
    allowed = [name for name in model.model_fields if name not in _HIDDEN]
    near = difflib.get_close_matches(path.rsplit(".", 1)[-1], allowed, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"allowed are {', '.join(allowed)}."
    return f"{path} is no key of a collection file: {hint}"


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    owner, field, path = _walk(detail["loc"], model)
    if detail["type"] == "extra_forbidden":
        return unknown_key(path, owner)
    allowed = (field.description if field else "") or detail["msg"]
    if detail["type"] == "missing":
        return f"{path} is missing: give {allowed}."
    if detail["type"] == "value_error":
        said = detail["msg"].removeprefix("Value error, ")
        return f"{path}: {said}."
    return f"{path} = {_shown(detail['input'])} is not allowed: give {allowed}."


def _walk(
    loc: tuple[int | str, ...], model: type[BaseModel]
) -> tuple[type[BaseModel], FieldInfo | None, str]:
    """The model that owns the key at `loc`, the key's field, and its path as people write it."""
    owner, field, path = model, None, ""
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        path += f".{step}" if path else step
        inner = _model_in(field.annotation) if field else None
        owner = inner or owner
        field = owner.model_fields.get(step, field)
    return owner, field, path or "the file"


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, (_model_in(part) for part in get_args(annotation))), None)


def _shown(value: object) -> str:
    """A given value, as the file would have it, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
