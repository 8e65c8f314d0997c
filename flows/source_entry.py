"""A `[[sources]]` table of a collection file: where photos come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from scraping import Source

__all__ = ["SourceEntry"]

_KINDS = {
    "folder": ("limit",),
    "collection": ("query", "limit"),
    "url": (
        *("limit", "max_pages", "delay", "allow_private"),
        *("depth", "next_selector", "sitemap", "style_sheets"),
    ),
}
"""The kinds of a source, each with the options it has."""


class SourceEntry(BaseModel):
    """A `[[sources]]` table: a folder of photos, a web page, or an open collection."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path | None = Field(None, description="a folder of photos, relative to the file")
    url: str | None = Field(None, description="an address that starts with http:// or https://")
    collection: str | None = Field(
        None, description="the name of an open collection, such as openverse"
    )
    query: str = Field("", description="some text: what to look for in a collection")
    limit: int | None = Field(
        None, ge=1, le=100_000, description="a whole number from 1 to 100000: photos to take"
    )
    max_pages: int = Field(
        5, ge=1, le=10_000, description="a whole number from 1 to 10000: pages to read"
    )
    delay: float = Field(
        1.0, ge=0, le=3600, description="seconds between requests, 1 to 3600 (0 if allow_private)"
    )
    allow_private: bool = Field(
        False, description="true or false: whether the address may be on this machine or network"
    )
    depth: int = Field(
        0, ge=0, le=100, description="a whole number from 0 to 100: how far links are followed"
    )
    next_selector: str = Field(
        "", description="a CSS selector of the link to the next page, such as a.next"
    )
    sitemap: bool = Field(False, description="true or false: whether the site map is read too")
    style_sheets: bool = Field(
        False, description="true or false: whether pictures are looked for in style sheets"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError("a source needs a folder, a url or a collection, one of the three")
        self._check_options(given[0])
        if self.url is not None:
            _check_url(self.url)
            if self.delay < 1 and not self.allow_private:
                message = f"delay = {self.delay:g} is under 1 second, which needs allow_private"
                raise ValueError(f"{message} = true; give 1.0 or more")
        if self.folder is None:
            _check_source(self)
        return self

    def _check_options(self, kind: str) -> None:
        options = dict.fromkeys(option for own in _KINDS.values() for option in own)
        foreign = [name for name in options if name not in _KINDS[kind] and self._set(name)]
        if foreign:
            only = {"folder": ", only a limit", "collection": ", only a query and a limit"}
            raise ValueError(f"a {kind} has no {' or '.join(foreign)}{only.get(kind, '')}")

    def _set(self, name: str) -> bool:
        return bool(getattr(self, name) != type(self).model_fields[name].default)

    def source(self) -> Source:
        """The source as the scraper takes it."""
        from scraping import FolderSource, WebSource
        from scraping.collections import collection_source

        if self.folder is not None:
            return FolderSource(self.folder, limit=self.limit)
        if self.collection is not None:
            return collection_source(self.collection, self.query, self.limit or 50)
        options = {name: getattr(self, name) for name in _KINDS["url"] if self._set(name)}
        return WebSource(str(self.url), **options)


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"url = {url!r} must start with http:// or https:// and name a host")


def _check_source(entry: SourceEntry) -> None:
    from scraping import SourceError

    try:
        entry.source()
    except SourceError as error:
        raise ValueError(str(error)) from error
