"""The engine: photos and styles in, stylized images out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from stylize.errors import PaintError
from stylize.jobs import StylizeJob, prepare
from stylize.memory import Room, batch_size, budget, tile_side
from stylize.precision import Precision, choose_precision, cpu_flags
from stylize.recipe import Recipe
from stylize.result import Iterate, Pixels, Result
from stylize.weights import WeightSet, resolve_weights

if TYPE_CHECKING:
    from stylize.painter import Painter
    from stylize.picture import Picture

__all__ = ["ENGINE_VERSION", "Stylizer"]

ENGINE_VERSION = "2"
"""Raised when equal recipes begin to give other pictures; rows of older versions are `stale`."""

MOST_PICTURES = 64
"""Pictures of a batch at most; more no longer make a GPU faster."""

log = logging.getLogger(__name__)

OnIterate = Callable[[Iterate], None]


class Stylizer:
    """Paints pictures with one set of weights.

    Making one is cheap; the first picture starts the backend and builds the network. It may be
    shared between threads, which then paint one after the other: the device is busy anyway.
    """

    def __init__(
        self,
        weights: WeightSet | str = "cifar10",
        precision: Literal["auto", "float32", "bfloat16"] = "auto",
        memory: int | None = None,
        batch: int | None = None,
        *,
        deterministic: bool = False,
        statistics: Path | None = None,
    ):
        """`precision` is that of the feature maps; ``"auto"`` asks the hardware.

        `memory` is how many bytes a painting may take; by default a part of what is free. Larger
        pictures are painted in tiles, on a CPU by default from 2 GiB on. `batch` is how many
        pictures are painted at once; by default one on a CPU, as many as fit on a GPU.
        `deterministic` gives the same pixels each time on the same machine, more slowly: one
        picture at a time, with a fixed number of threads, for the rest of the process. `statistics`
        is a folder in which several painters share what they measure of the styles.
        Raises `WeightsError` when weights given by name cannot be had.
        """
        self._weights = weights
        self._precision = precision
        self._memory = memory
        self._batch = 1 if deterministic else batch
        self._deterministic = deterministic
        self._statistics = statistics
        self._lock = threading.Lock()
        self._arrays: dict[str, Any] = {}
        self._painters: dict[tuple[Any, ...], Painter] = {}

    def stylize(
        self,
        content: Pixels,
        styles: Sequence[Pixels],
        recipe: Recipe | None = None,
        *,
        style_weights: Sequence[float] | None = None,
        masks: Sequence[Pixels] | None = None,
        initial: Pixels | None = None,
        on_iterate: OnIterate | None = None,
    ) -> Result:
        """Paint `content` in the style of `styles`: a `StylizeJob` and its `Result`.

        The result has the content's aspect and at most its size, ``recipe.size`` on the side that
        ``recipe.fit`` means. `on_iterate` is called after every step; an exception it raises ends
        the painting. Raises `PaintError` for images that are none or too large for the memory, and
        `WeightsError` for weights that cannot be had.
        """
        recipe = recipe or Recipe()
        job = StylizeJob(content, styles, recipe, style_weights, masks, initial)
        return next(self.run([job], on_iterate))

    def run(
        self, jobs: Iterable[StylizeJob], on_iterate: OnIterate | None = None
    ) -> Iterator[Result]:
        """Paint `jobs` in their order; a result as soon as it is there.

        They share the network, the compiled step, the style targets and the content features. On a
        GPU jobs in a row with equal recipes and shapes are painted together; `on_iterate` then sees
        the first of them. Errors are those of `stylize`, raised when the job's turn comes.
        """
        for pictures, recipe in self._groups(jobs):
            yield from self._painted(pictures, recipe, on_iterate)

    def _groups(self, jobs: Iterable[StylizeJob]) -> Iterator[tuple[list[Picture], Recipe]]:
        """Pictures that are painted at once, each group as soon as it is full."""
        waiting: list[Picture] = []
        recipe = Recipe()
        for job in jobs:
            try:
                picture = prepare(job)
            except PaintError:
                # Those before it are painted first.
                if waiting:
                    yield waiting, recipe
                raise
            if waiting and not (recipe == job.recipe and _alike(waiting[0], picture)):
                yield waiting, recipe
                waiting = []
            waiting, recipe = [*waiting, picture], job.recipe
            if len(waiting) >= self.together(recipe, *picture.photo.shape[:2]):
                yield waiting, recipe
                waiting = []
        if waiting:
            yield waiting, recipe

    def together(self, recipe: Recipe, height: int, width: int) -> int:
        """How many pictures of `height` × `width` pixels are painted at once.

        One on a CPU unless told otherwise, as many as fit into the memory on a GPU; one with
        L-BFGS, and where a picture needs tiles. Raises what `stylize` raises before it paints.
        """
        backend = self._backend()
        if recipe.optimiser == "lbfgs" or (self._batch is None and backend.device() == "cpu"):
            return 1
        with self._lock:
            painter = self._painter(recipe)
        room, how = self._budget(), (painter.width, painter.precision)
        if tile_side(recipe, height, width, *how, room):
            return 1
        if self._batch is not None:
            return self._batch
        return min(batch_size(recipe, height, width, *how, room.limit), MOST_PICTURES)

    def _painted(
        self, pictures: Sequence[Picture], recipe: Recipe, on_iterate: OnIterate | None
    ) -> list[Result]:
        with self._lock:
            painter = self._painter(recipe)
            literal = recipe.under(self._convention(recipe.network))
            results = painter.paint(pictures, literal, self._budget(), on_iterate)
        other = literal != recipe
        return [replace(r, statistics=replace(r.statistics, rescaled=other)) for r in results]

    def _budget(self) -> Room:
        from stylize import backend

        if self._memory is not None:
            return Room(self._memory, self._memory)
        return budget(backend.free_memory(), backend.device())

    def _painter(self, recipe: Recipe) -> Painter:
        backend = self._backend()
        from stylize.painter import Painter, trace_key
        from stylize.statistics_store import StatisticsStore
        from stylize.vgg import load_arrays

        network = recipe.network
        if network not in self._arrays:
            self._arrays[network] = load_arrays(self._weight_set(network))
        literal = recipe.under(self._convention(network))
        precision = self._chosen_precision()
        key = (*trace_key(literal), precision)
        if key not in self._painters:
            shared = None
            if self._statistics:
                weights, machine = self._weight_set(network).sha256, backend.device()
                basis = (ENGINE_VERSION, weights, *key, backend.describe(), machine)
                shared = StatisticsStore(self._statistics, basis, len(literal.style_layers))
            self._painters[key] = Painter(self._arrays[network], literal, precision, shared)
        return self._painters[key]

    def _backend(self) -> ModuleType:
        """What computes, started with the first call."""
        from stylize import backend

        if self._deterministic:
            backend.make_deterministic()
        return backend

    def _chosen_precision(self) -> Precision:
        from stylize import backend

        auto = choose_precision(backend.device(), cpu_flags())
        if self._precision == "bfloat16" and auto == "float32":
            log.warning("This processor only emulates bfloat16: painting in float32, faster here.")
            return auto
        return auto if self._precision == "auto" else self._precision

    def _convention(self, network: str) -> str:
        from stylize.vgg import convention_of

        return convention_of(self._weight_set(network), self._arrays[network])

    def _weight_set(self, network: str) -> WeightSet:
        if isinstance(self._weights, str):
            return resolve_weights(self._weights, network)
        if self._weights.network != network:
            raise PaintError(
                f"The recipe paints with {network}, but {self._weights.path} is "
                f"{self._weights.network}: resolve the weights for the recipe's network."
            )
        return self._weights


def _alike(one: Picture, two: Picture) -> bool:
    """Whether two pictures can be painted at once: of one shape, with nothing that is one's own."""
    alone = (one.masks, two.masks, one.initial is not None, two.initial is not None)
    return one.photo.shape == two.photo.shape and not any(alone)
