"""Where a workspace is, as people write it: a folder, or the address of a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from flows.errors import WorkspaceError
from flows.remote.place import is_url, plain_url

__all__ = ["Place", "anchored", "place_of"]


def place_of(given: Path | str) -> Path | str:
    """A path, or an address (a text) as it is kept. Raises `WorkspaceError` for none of both."""
    return plain_url(str(given)) if is_url(given) else Path(given)


def anchored(place: Path | str, base: Path) -> Path | str:
    """The same without regard to the working directory: a folder's path starts from `base`."""
    place = place_of(place)
    return base / place.expanduser() if isinstance(place, Path) else place


def _valid(given: Any) -> Path | str:
    if not isinstance(given, str | Path):
        raise ValueError("name a folder, or an address such as s3://bucket/collection")
    try:
        return place_of(given)
    except WorkspaceError as error:
        raise ValueError(str(error)) from error


Place = Annotated[
    Path | str,
    PlainValidator(_valid),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string"}),
]
"""The field of a model that says where a workspace is."""
