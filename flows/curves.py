"""The losses of a painting over its steps: gathered while it goes on, kept inside the picture."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import AtelierError
from flows.outputs import PROVENANCE_KEY

if TYPE_CHECKING:
    from stylize import Iterate

__all__ = ["PARTS", "CurveRecorder", "LossCurves", "curves_inside"]

PARTS = ("content", "style", "tv")
"""The losses that the total is made of, before α, β and γ."""


@dataclass(frozen=True)
class LossCurves:
    """Losses of one painting, a value a step of `steps`; `parts` by the names of `PARTS`.

    `scales` holds the first step of each scale, then its height and width in pixels. `parts` and
    `scales` are empty where they were not kept.
    """

    name: str
    steps: tuple[int, ...]
    total: tuple[float, ...]
    parts: Mapping[str, tuple[float, ...]]
    scales: tuple[tuple[int, int, int], ...] = ()

    def facts(self) -> dict[str, Any]:
        """What is kept inside a picture, `trace` like the manifest's pictures keep theirs."""
        pairs = zip(self.steps, self.total, strict=True)
        return {
            "trace": [[step, _short(loss)] for step, loss in pairs],
            "trace_parts": {name: [_short(x) for x in self.parts[name]] for name in self.parts},
            "scales": [list(scale) for scale in self.scales],
        }


class CurveRecorder:
    """Gathers the losses of every iterate."""

    def __init__(self) -> None:
        self._losses: list[tuple[float, ...]] = []
        self._scales: list[tuple[int, int, int]] = []

    def __call__(self, iterate: Iterate) -> None:
        """Take the losses of `iterate`; steps are counted here, for those left out have none."""
        one = (iterate.loss, iterate.content_loss, iterate.style_loss, iterate.tv_loss)
        self._losses.append(one)
        if not self._scales or self._scales[-1][1:] != tuple(iterate.scale):
            self._scales.append((len(self._losses), *iterate.scale))

    def curves(self, name: str, points: int | None = None) -> LossCurves:
        """The losses of all steps, or of `points` of them: the first, the last, evenly between."""
        taken = len(self._losses)
        count = taken if points is None else min(points, taken)
        spread = max(count - 1, 1)
        chosen = [round(index * (taken - 1) / spread) for index in range(count)]
        columns = [tuple(column) for column in zip(*(self._losses[i] for i in chosen), strict=True)]
        total, *parts = columns or [()] * (1 + len(PARTS))
        steps = tuple(index + 1 for index in chosen)
        named = dict(zip(PARTS, parts, strict=True))
        return LossCurves(name, steps, total, named, tuple(self._scales))


def curves_inside(path: Path) -> LossCurves:
    """The losses that the picture at `path` carries.

    Raises `AtelierError` for a picture that carries none, `ImageError` for what is no picture.
    """
    from images import ImageError, read_provenance

    try:
        inside = read_provenance(path.read_bytes())
    except ImageError as error:
        raise ImageError(error.reason, f"{path}: {error}") from error
    title = inside.get("Title")
    name = f"{title} ({path.stem[:6]})" if title else path.name
    try:
        return _curves(name, json.loads(inside.get(PROVENANCE_KEY, "null")))
    except (KeyError, TypeError, ValueError) as error:
        raise AtelierError(
            f"{path} carries no loss trace; name a picture that Atelier painted, as it wrote it."
        ) from error


def _curves(name: str, facts: Mapping[str, Any]) -> LossCurves:
    trace = [(int(step), _number(loss)) for step, loss in facts["trace"]]
    if not trace:
        raise ValueError("the trace is empty")
    steps, total = zip(*trace, strict=True)
    kept = facts.get("trace_parts", {})
    parts = {part: tuple(map(_number, kept[part])) for part in PARTS if part in kept}
    if any(len(values) != len(steps) for values in parts.values()):
        raise ValueError("a loss has another number of steps than the trace")
    scales = [(int(step), int(high), int(wide)) for step, high, wide in facts.get("scales", ())]
    return LossCurves(name, steps, total, parts, tuple(scales))


def _number(loss: float | None) -> float:
    return math.nan if loss is None else float(loss)


def _short(loss: float) -> float | None:
    """Six digits; JSON knows no NaN."""
    return float(f"{loss:.6g}") if math.isfinite(loss) else None
