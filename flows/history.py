"""What the manifest knows, as the plan and its estimate look it up: plain sets and dictionaries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from flows.fingerprint import canonical

if TYPE_CHECKING:
    import pandas as pd

    from stylize import Recipe

__all__ = ["History", "Known", "Pace", "history_of", "is_older", "seconds_for"]

Shape = tuple[int, int]


@dataclass(frozen=True)
class Known:
    """What a manifest row says about one fingerprint."""

    status: str
    output: str
    output_sha256: str
    engine_version: str
    attempts: int
    created_ns: int


@dataclass(frozen=True)
class Pace:
    """How long one picture took: `work` in megapixels × steps."""

    engine: str
    network: str
    device: str
    work: float
    seconds: float


@dataclass(frozen=True)
class History:
    """The manifest, indexed. An empty one knows nothing."""

    known: dict[str, Known] = field(default_factory=dict)
    contents: frozenset[str] = frozenset()
    styles: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    painted: frozenset[tuple[str, str, str]] = frozenset()
    paces: tuple[Pace, ...] = ()

    def news(self, content: str, style: str, recipe: Recipe, weights_sha256: str) -> str:
        """Why this picture is not known: what about it is new. `content`, `style`: SHA-256."""
        if content not in self.contents:
            return "new photo"
        if style not in self.styles:
            return "new style"
        if (content, style) not in self.pairs:
            return "new pair"
        same_recipe = (content, style, canonical(recipe)) in self.painted
        return "weights changed" if same_recipe else "recipe changed"


def history_of(frame: pd.DataFrame) -> History:
    """Index a typed manifest frame; about a second for 100,000 rows."""
    names = ["fingerprint", "status", "output", "output_sha256", "engine_version"]
    attempts = frame["attempts"].fillna(1).astype("int64").tolist()
    # As plain numbers: nanoseconds of 64 bits end in 2262.
    created = [moment * 1000 for moment in frame["created_at"].astype("int64").tolist()]
    columns = [frame[name].tolist() for name in names]
    known = {
        name: Known(status, output, sha256, version, tries, when)
        for name, status, output, sha256, version, tries, when in zip(
            *columns, attempts, created, strict=True
        )
    }
    contents, styles, recipes = (
        frame[name].tolist() for name in ("content_sha256", "style_sha256", "recipe")
    )
    return History(
        known=known,
        contents=frozenset(contents),
        styles=frozenset(styles),
        pairs=frozenset(zip(contents, styles, strict=True)),
        painted=frozenset(zip(contents, styles, recipes, strict=True)),
        paces=tuple(_paces(frame)),
    )


def is_older(version: str, current: str) -> bool:
    """Whether engine `version` is older than `current`; dotted numbers, unknown ones are not."""
    mine, present = _numbers(version), _numbers(current)
    return bool(mine and present) and mine < present


def seconds_for(
    work: Iterable[tuple[Recipe, Shape]],
    paces: Iterable[Pace],
    fallback: Callable[[Recipe, int, int], float],
) -> list[float]:
    """Seconds that each picture of `work` (recipe, (height, width)) will take.

    The median seconds per megapixel and step of the last pictures of the same engine and network
    on the device used last; `fallback(recipe, height, width)` where there are none.
    """
    rates = _rates(paces)
    seconds = []
    for recipe, (height, width) in work:
        rate = rates.get((recipe.engine, recipe.network))
        if rate is None:
            seconds.append(fallback(recipe, height, width))
        else:
            seconds.append(rate * _megapixel_steps(height * width, sum(recipe.steps)))
    return seconds


def _rates(paces: Iterable[Pace]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], list[Pace]] = {}
    for pace in paces:
        found.setdefault((pace.engine, pace.network), []).append(pace)
    rates = {}
    for key, known in found.items():
        device = known[-1].device
        rates[key] = median(p.seconds / p.work for p in known if p.device == device)
    return rates


def _paces(frame: pd.DataFrame, last: int = 50) -> Iterable[Pace]:
    """Oldest first, of the `last` pictures of each engine and device."""
    sized = frame["width"].notna() & frame["height"].notna()
    done = frame[(frame["status"] == "done") & frame["seconds"].notna() & sized]
    recent = done.sort_values("created_at", kind="stable").groupby(["engine", "device"]).tail(last)
    for row in recent.to_dict("records"):
        network, steps = _settings(row["recipe"])
        work = _megapixel_steps(int(row["width"]) * int(row["height"]), steps)
        yield Pace(row["engine"], network, row["device"], work, float(row["seconds"]))


def _megapixel_steps(pixels: int, steps: int) -> float:
    return max(pixels, 1) / 1e6 * max(steps, 1)


def _settings(recipe: str) -> tuple[str, int]:
    """Network and planned steps, all of which count: a small picture may skip scales."""
    try:
        parsed: Any = json.loads(recipe)
        return str(parsed["network"]), sum(parsed["steps"])
    except (ValueError, KeyError, TypeError):
        return "", 1


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if re.fullmatch("[0-9]{1,9}", part))
