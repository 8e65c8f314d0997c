"""One row of photos.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from scraping.reasons import PRESENT

__all__ = ["Photo"]


@dataclass(frozen=True)
class Photo:
    """A photo that was found, taken or not; its identity is (`source`, `source_id`).

    `source_id` is the address of its best candidate (in a folder: the relative path), `image_url`
    the address that was taken or failed. `kind` says how it was found: img, picture, background,
    og, json-ld, link, file, or page for a page that failed. `derivative_ok` is "yes", "no" or ""
    for unknown. `sha256` hashes the bytes received whole, also those of a refused picture; `file`
    is its path relative to the workspace and "" for what is not kept. `width` and `height` are the
    upright picture's pixels, `status` a reason word, `detail` a sentence, `attempts` the requests
    made for it, `found_at` an ISO 8601 time in UTC. For a file `etag` holds its size and mtime.
    """

    source: str = ""
    source_id: str = ""
    kind: str = ""
    page_url: str = ""
    landing_url: str = ""
    image_url: str = ""
    title: str = ""
    alt: str = ""
    creator: str = ""
    licence: str = ""
    licence_url: str = ""
    attribution: str = ""
    derivative_ok: str = ""
    sha256: str = ""
    dhash: str = ""
    file: str = ""
    width: int = 0
    height: int = 0
    etag: str = ""
    last_modified: str = ""
    status: str = ""
    detail: str = ""
    attempts: int = 0
    found_at: str = ""

    @property
    def present(self) -> bool:
        """Whether the row says that the photo lies in the content folder."""
        return self.status in PRESENT and bool(self.file)

    def as_row(self) -> dict[str, str | int]:
        """The fields in the order of photos.csv."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> Photo:
        """Build a photo from strings, as a CSV file has them; missing and other columns are let be.

        Raises `ValueError` where a number is none.
        """
        texts = {field.name: row[field.name] for field in fields(cls) if field.name in row}
        values: dict[str, object] = {
            name: int(str(value) or 0) if name in _NUMBERS else str(value)
            for name, value in texts.items()
        }
        return cls(**values)  # type: ignore[arg-type]  # the names and types are the fields' own


_NUMBERS = frozenset({"width", "height", "attempts"})
