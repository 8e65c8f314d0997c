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
    [run]
    runner = "local"
    [environments.prod.recipe]
    size = 1024

Every key but `sources` is optional; paths are relative to the file. What `[environments.NAME]`
holds takes the place of the same keys in a run with ``--env NAME``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from flows.complaints import complaints, unknown_key
from flows.environments import ENVIRONMENTS, in_environment
from flows.errors import ConfigError
from flows.place import Place, anchored
from flows.source_entry import SourceEntry

if TYPE_CHECKING:
    from stylize import Recipe

__all__ = [
    "Collection",
    "RecipeChoice",
    "RunChoice",
    "SourceEntry",
    "load_collection",
    "make_collection",
]

_NAMED_WEIGHTS = ("imagenet", "cifar10")


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

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """What Prefect holds parameters to: a recipe's keys with their bounds, here as there."""
        from stylize import Recipe

        schema: dict[str, Any] = handler.resolve_ref_schema(handler(core))
        keys = {
            # A key that is left out is the preset's, so there is no default to show.
            key: {word: value for word, value in described.items() if word != "default"}
            for key, described in Recipe.model_json_schema()["properties"].items()
        }
        schema["properties"]["overrides"].update(properties=keys, additionalProperties=False)
        schema["properties"] = {**keys, **schema["properties"]}
        return schema

    def recipe(self) -> Recipe:
        """The recipe meant. Raises `stylize.RecipeError`, a sentence that names the key."""
        from stylize import resolve_recipe

        return resolve_recipe(self.preset, self.overrides)


class RunChoice(BaseModel):
    """The `[run]` table: where the painting is done, and how exactly it can be repeated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runner: Literal["local", "dask"] = Field(
        "local", description='"local" (this process) or "dask" (the workers of a Dask cluster)'
    )
    dask: str = Field(
        "", description="the address of a Dask scheduler, such as tcp://10.0.0.5:8786"
    )
    deterministic: bool = Field(
        False,
        description="true or false: the same bytes each time, with equal threads and batch",
    )

    @model_validator(mode="before")
    @classmethod
    def _implied(cls, given: Any) -> Any:
        """An address says that Dask is meant, unless "local" is written beside it."""
        if isinstance(given, Mapping) and given.get("dask") and "runner" not in given:
            return {**given, "runner": "dask"}
        return given

    def through(self, dask: str) -> RunChoice:
        """The same, painted by the workers at the address `dask`; unchanged where that is empty."""
        return self.model_copy(update={"runner": "dask", "dask": dask}) if dask else self


class Collection(BaseModel):
    """A collection file, read. Paths are absolute; `styles` are relative to `base`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("collection", min_length=1, max_length=100, description="some text")
    workspace: Place = Field(
        Path("data"), description="a folder, relative to the file, or s3://bucket/collection"
    )
    styles: tuple[str, ...] = Field((), description="a list of style names, files or patterns")
    sources: tuple[SourceEntry, ...] = Field(
        min_length=1, description="at least one [[sources]] table with a folder or a url"
    )
    recipe: RecipeChoice = Field(default_factory=RecipeChoice, description="a [recipe] table")
    run: RunChoice = Field(default_factory=RunChoice, description="a [run] table")
    base: Path = Field(Path(), description="the folder of the file")


def load_collection(path: Path, environment: str = "") -> Collection:
    """Read the collection file at `path`, as it is in an `environment` that it describes.

    The other environments are checked as well, so that a slip is found before the night it matters.
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
    named = {"name": path.stem, **given}
    base, where = path.absolute().parent, str(path)
    problems = _slips_elsewhere(named, base, where, environment)
    collection = make_collection(in_environment(named, environment, where), base, where)
    if problems:
        raise ConfigError(problems)
    return collection


def make_collection(given: Mapping[str, Any], base: Path, where: str = "") -> Collection:
    """The collection of a mapping such as a TOML file holds; `base` is what paths start from.

    `where` opens each sentence of the `ConfigError` that is raised for keys or values that are
    not allowed, or a folder that is not there.
    """
    prefix = f"{where}: " if where else ""
    collection, problems = _validated(given, base)
    if collection is None:
        raise ConfigError([prefix + problem for problem in problems])
    collection = _anchored(collection, base)
    problems += _further_problems(collection)
    if problems:
        raise ConfigError([prefix + problem for problem in problems])
    return collection


def _validated(given: Mapping[str, Any], base: Path) -> tuple[Collection | None, list[str]]:
    """The collection, None for one that is none, and a sentence for each problem."""
    problems = [unknown_key("base", Collection)] if "base" in given else []
    known = {key: value for key, value in given.items() if key != "base"}
    try:
        return Collection.model_validate({**known, "base": base}), problems
    except ValidationError as error:
        return None, problems + complaints(error, Collection)


def _slips_elsewhere(
    given: Mapping[str, Any], base: Path, where: str, environment: str
) -> list[str]:
    """What is wrong with the keys of the environments that are not used."""
    _, known = _validated(in_environment(given, "", where), base)
    problems = []
    for name in given.get(ENVIRONMENTS, {}):
        if name != environment:
            _, found = _validated(in_environment(given, name, where), base)
            opening = f"{where}: {ENVIRONMENTS}.{name}: "
            problems += [opening + problem for problem in found if problem not in known]
    return problems


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
    workspace = anchored(collection.workspace, base)
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
