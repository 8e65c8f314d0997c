"""`[environments.NAME]` of a collection file: the same collection, run elsewhere or otherwise.

    workspace = "data"
    [environments.prod]
    workspace = "/srv/atelier/harbour"
    [environments.prod.recipe]
    weights = "imagenet"

A table's keys take the place of the same keys, one by one; anything else, lists such as `sources`
included, takes the place of the whole.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from flows.errors import ConfigError

__all__ = ["ENVIRONMENTS", "in_environment"]

ENVIRONMENTS = "environments"
"""The key that holds them."""


def in_environment(given: Mapping[str, Any], name: str = "", where: str = "") -> dict[str, Any]:
    """The mapping `given` as it is in the environment `name`; without a name, as it is by itself.

    `where` opens the sentence of the `ConfigError` that is raised where there is no such
    environment, or it is no table.
    """
    plain = {key: value for key, value in given.items() if key != ENVIRONMENTS}
    tables = given.get(ENVIRONMENTS, {})
    prefix = f"{where}: " if where else ""
    if not isinstance(tables, Mapping) or not all(isinstance(t, Mapping) for t in tables.values()):
        raise ConfigError(f"{prefix}{ENVIRONMENTS} holds tables, such as [{ENVIRONMENTS}.prod].")
    if not name:
        return plain
    if name not in tables:
        raise ConfigError(f"{prefix}there is no environment {name!r}: {_instead(name, tables)}")
    return _over(plain, tables[name])


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        mine = merged.get(key)
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            merged[key] = _over(mine, value)
        else:
            merged[key] = value
    return merged


def _instead(name: str, tables: Mapping[str, Any]) -> str:
    if not tables:
        return f"the file has no [{ENVIRONMENTS}.{name}] table."
    near = difflib.get_close_matches(name, tables, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(tables))}."
