"""Collection files that are served: one deployment each, which follows the file."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.config import Collection, load_collection
from flows.errors import AtelierError, ConfigError, ScheduleError
from flows.order import order
from flows.workspace import Workspace

if TYPE_CHECKING:
    from uuid import UUID

    from flows.schedule import When

__all__ = ["Served", "serve_files"]

_FLOW = "build-collection"


@dataclass
class Served:
    """One file, as it was last understood.

    `deployment` is its id at Prefect, once registered; `changed` says that Prefect has yet to hear
    what the file says now.
    """

    file: Path
    environment: str
    collection: Collection
    stamp: tuple[int, int]
    deployment: UUID | None = None
    changed: bool = False

    @property
    def name(self) -> str:
        """The collection's name without the two characters that Prefect keeps for itself."""
        return self.collection.name.replace("/", "-").replace("%", "-")

    @property
    def place(self) -> Path | str:
        """Where its workspace is: a folder without links and detours, or the address of a store."""
        place = self.collection.workspace
        return place.resolve() if isinstance(place, Path) else place

    def register(self, client: Any, schedule: When) -> None:
        """Make or change the deployment `build-collection/NAME`; its earlier schedules end.

        Runs that came due while nobody served them are dropped. `client` is Prefect's; raises what
        it raises.
        """
        from prefect.exceptions import ObjectNotFound
        from prefect.types.entrypoint import EntrypointType

        from flows.pipeline import build_collection

        with contextlib.suppress(ObjectNotFound):
            _pause(client, client.read_deployment_by_name(f"{_FLOW}/{self.name}").id)
        made: Any = build_collection.to_deployment(
            self.name,
            schedules=schedule.for_prefect(),
            parameters={"config": _plain(self.collection)},
            description=f"{self.file}, served by atelier serve",
            tags=["atelier"],
            paused=False,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        made.work_pool_name = None  # one that had a worker is served here from now on
        self.deployment = made.apply()
        # At once, where the server's scheduler would come round to it within a minute.
        client.request("POST", f"/deployments/{self.deployment}/schedule", json={})
        self.changed = False

    def pause(self, client: Any) -> None:
        """Have Prefect make no more runs, and drop those that have not begun."""
        if self.deployment:
            _pause(client, self.deployment)

    def follow(self) -> str:
        """Read the file again where it changed; a sentence where it cannot be taken as it is now.

        The collection then stays as it was.
        """
        stamp = _stamp(self.file)
        if stamp == self.stamp:
            return ""
        self.stamp = stamp
        try:
            found = load_collection(self.file, self.environment)
            _check(found)
        except AtelierError as error:
            return _first(error)
        except Exception as error:  # noqa: BLE001 - other houses' errors: a recipe, weights
            return str(error)
        # Its deployment keeps the name it was registered by.
        self.collection = found.model_copy(update={"name": self.collection.name})
        self.changed = True
        return ""


def serve_files(files: Sequence[Path], environment: str = "") -> list[Served]:
    """Read collection files, and make sure that each can be built.

    Raises `ConfigError` with a sentence for each problem of any file, `ScheduleError` where two
    have one name, and what `flows.order.order` raises.
    """
    served: list[Served] = []
    problems: list[str] = []
    for file in files:
        try:
            stamp = _stamp(file)
            collection = load_collection(file, environment)
        except ConfigError as error:
            problems += error.problems
            continue
        served.append(Served(file.absolute(), environment, collection, stamp))
    if problems:
        raise ConfigError(problems)
    _check_names(served)
    for one in served:
        _check(one.collection)
    return served


def _pause(client: Any, deployment: UUID) -> None:
    # The client's own word for it would leave the runs that are overdue.
    client.request("POST", f"/deployments/{deployment}/pause_deployment")


def _plain(collection: Collection) -> dict[str, Any]:
    """The collection as JSON values that Prefect's check of parameters takes: 512 for "512"."""
    plain = collection.model_dump(mode="json")
    recipe = collection.recipe.recipe().model_dump(mode="json")
    plain["recipe"]["overrides"] = {key: recipe[key] for key in collection.recipe.overrides}
    return plain


def _check(collection: Collection) -> None:
    """Styles and weights are there, and the workspace can be written."""
    workspace = Workspace.at(collection.workspace).create()
    order(workspace, collection.recipe, collection.styles, collection.base, adopt=False)


def _check_names(served: Sequence[Served]) -> None:
    files: dict[str, Path] = {}
    for one in served:
        if one.name in files:
            raise ScheduleError(
                f"{files[one.name]} and {one.file} are both named {one.name!r}; give each a "
                "name of its own (name = …)."
            )
        files[one.name] = one.file


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _first(error: AtelierError) -> str:
    problems = error.problems if isinstance(error, ConfigError) else (str(error),)
    more = len(problems) - 1
    return problems[0] + (f" And {more} more." if more else "")
