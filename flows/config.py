"""The collection file: what to scrape, in which styles to paint it, and how.

    name = "harbour"
    workspace = "data"
    styles = ["mosaic", "my-styles/*.jpg"]
    [[sources]]
    url = "https://example.org/gallery"
    limit = 20
    [[sources]]
    collection = "openverse"
    query = "harbour"
    [recipe]
    preset = "default"
    size = 512
    weights = "imagenet"

Every key but `sources` is optional; paths are relative to the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from flows.complaints import complaints, unknown_key
from flows.errors import ConfigError

if TYPE_CHECKING:
    from scraping import Source
    from stylize import Recipe

__all__ = ["Collection", "RecipeChoice", "SourceEntry", "load_collection", "make_collection"]

_NAMED_WEIGHTS = ("imagenet", "cifar10")
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


class RecipeChoice(BaseModel):
    """The `[recipe]` table: a preset, the weights, and any key of a recipe on top.

    A real run names its weights and never falls back to others: without any the published
    ImageNet ones are meant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: str = Field("default", description="the name of a preset; see: atelier presets")
    weights: str = Field("imagenet", description='"imagenet", "cifar10" or the path of a file')
    overrides: dict[str, JsonValue] = Field(
        default_factory=dict, description="keys of a recipe, such as size or strength"
    )

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: Any) -> Any:
        """TOML has the recipe's keys beside `preset`; they are kept apart here."""
        if not isinstance(given, Mapping):
            return given
        own = {key: value for key, value in given.items() if key in cls.model_fields}
        more = {key: value for key, value in given.items() if key not in cls.model_fields}
        if more and isinstance(own.get("overrides", {}), Mapping):
            own["overrides"] = {**own.get("overrides", {}), **more}
        return own

    def recipe(self) -> Recipe:
        """The recipe meant. Raises `stylize.RecipeError`, a sentence that names the key."""
        from stylize import resolve_recipe

        return resolve_recipe(self.preset, self.overrides)


class Collection(BaseModel):
    """A collection file, read. Paths are absolute; `styles` are relative to `base`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("collection", min_length=1, max_length=100, description="some text")
    workspace: Path = Field(Path("data"), description="a folder, relative to the file")
    styles: tuple[str, ...] = Field((), description="a list of style names, files or patterns")
    sources: tuple[SourceEntry, ...] = Field(
        min_length=1, description="at least one [[sources]] table with a folder or a url"
    )
    recipe: RecipeChoice = Field(default_factory=RecipeChoice, description="a [recipe] table")
    base: Path = Field(Path(), description="the folder of the file")


def load_collection(path: Path) -> Collection:
    """Read the collection file at `path`.

    Raises `ConfigError` with a sentence for each problem: the key, what was given, what is allowed.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no collection file {path}; check the path.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}); check the file.") from error
    except ValueError as error:
        why = " ".join(str(error).split())
        raise ConfigError(f"{path} is not valid TOML: {why}.") from error
    return make_collection({"name": path.stem, **given}, path.absolute().parent, str(path))


def make_collection(given: Mapping[str, Any], base: Path, where: str = "") -> Collection:
    """The collection of a mapping such as a TOML file holds; `base` is what paths start from.

    `where` opens each sentence of the `ConfigError` that is raised for keys or values that are
    not allowed, or a folder that is not there.
    """
    prefix = f"{where}: " if where else ""
    problems = [unknown_key("base", Collection)] if "base" in given else []
    known = {key: value for key, value in given.items() if key != "base"}
    try:
        collection = Collection.model_validate({**known, "base": base})
    except ValidationError as error:
        problems += complaints(error, Collection)
        raise ConfigError([prefix + problem for problem in problems]) from None
    collection = _anchored(collection, base)
    problems += _further_problems(collection)
    if problems:
        raise ConfigError([prefix + problem for problem in problems])
    return collection


def _anchored(collection: Collection, base: Path) -> Collection:
    """With paths that do not depend on the working directory."""
    sources = tuple(
        entry.model_copy(update={"folder": base / entry.folder.expanduser()})
        if entry.folder is not None
        else entry
        for entry in collection.sources
    )
    recipe = collection.recipe
    if recipe.weights not in _NAMED_WEIGHTS:
        file = base / Path(recipe.weights).expanduser()
        if file.is_file():
            recipe = recipe.model_copy(update={"weights": str(file)})
    workspace = base / collection.workspace.expanduser()
    update = {"sources": sources, "recipe": recipe, "workspace": workspace}
    return collection.model_copy(update=update)


def _further_problems(collection: Collection) -> list[str]:
    from stylize import RecipeError

    problems = []
    for number, entry in enumerate(collection.sources):
        if entry.folder is not None and not entry.folder.is_dir():
            problems.append(f"sources[{number}].folder: there is no folder {entry.folder}.")
    try:
        collection.recipe.recipe()
    except RecipeError as error:
        problems.append(f"recipe: {error}")
    return problems


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
