"""A loss and its gradient in tiles: any size of picture in bounded memory, without seams.

The style loss is a function of statistics of the whole picture. They are sums over positions, so
tiles add up to them, and the gradient at a tile needs no more than the loss's gradient in these
sums: one pass collects the sums, a second pulls that gradient back to the pixels. Each tile is seen
with a rim as wide as the network's reach, which makes both passes exact; the grid shifts from step
to step, so that rounding leaves no line either.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from keras import ops

from stylize import backend
from stylize.backend.memory import give_back
from stylize.layers import stride
from stylize.losses import TINY, FeatureMoments, Part, feature_sums, squared_error
from stylize.objective import Balance, Losses, Objective, Targets
from stylize.tiling import GRID, Tile, inside, rim_of, scaled, tiles_of

__all__ = ["TiledObjective"]

Tensor = Any
Regions = tuple[tuple[Any, ...], ...]
"""Something for each region and, in it, each style layer."""


class TiledObjective:
    """An objective of one image (1,H,W,3), computed in tiles of at most `side` pixels."""

    def __init__(self, objective: Objective, side: int, seed: int = 0):
        self._objective = objective
        self._cut_into(side, seed)
        layers = (*objective.content_layers, *objective.style_layers)
        self._rim = rim_of(objective.vgg.network, layers)
        self._features = backend.compiled(objective.content_features)
        self._sums = backend.compiled(self._sums_of)
        self._style = backend.compiled(backend.value_and_gradient(self._style_of))
        self._pull = backend.compiled(backend.value_and_gradient(self._pulled))

    def at(self, side: int, seed: int) -> TiledObjective:
        """The same in tiles of another size, on a grid that begins anew; nothing is compiled."""
        other = copy.copy(self)
        other._cut_into(side, seed)
        return other

    def _cut_into(self, side: int, seed: int) -> None:
        self._side = max(GRID, side // GRID * GRID)
        self._shifts = np.random.default_rng(seed)

    def tiles(self, image: Any) -> list[Tile]:
        """The tiles of an image (1,H,W,3), on a grid that lies elsewhere at each call.

        It moves by half a tile or not at all: each shape of a window costs memory of its own.
        """
        half = self._side // 2 // GRID * GRID
        down, right = (int(n) * half for n in self._shifts.integers(0, 2, 2))
        _, height, width, _ = image.shape
        return list(tiles_of(height, width, self._side, self._rim, (down, right)))

    def count(self, height: int, width: int) -> int:
        """How many tiles a picture of that shape is cut into, where the grid has not moved."""
        return len(list(tiles_of(height, width, self._side, self._rim)))

    def evaluate(self, image: Any, targets: Targets, balance: Balance) -> tuple[Losses, Any]:
        """What the objective's compiled value and gradient give for one image (1,H,W,3)."""
        image = np.asarray(image)
        tiles, masks = self.tiles(image), targets.masks
        sums, norms = self._statistics(image, tiles, masks)
        shares = [np.float32(region[0].mean()) for region in masks] or [np.float32(1)]
        counts = [np.float32(self._count(image, name)) for name in self._objective.style_layers]
        (_, style), slopes = self._style(sums, targets.style, norms, counts, shares, balance)
        gradient, content, variation = np.zeros_like(image), np.zeros(1), np.zeros(1)
        factors = self._factors(image, targets, balance)
        for tile in tiles:
            wanted = [
                np.ascontiguousarray(whole[:, *scaled(tile.window, stride(name))])
                for name, whole in self._named(targets.content)
            ]
            cores = [self._core(tile, stride(name)) for name in self._objective.content_layers]
            window = (self._cut(image, tile), self._masked(image, tile, masks))
            part = Part(self._core(tile, 1), *map(np.float32, image.shape[1:3]))
            (_, error, rough), pulled = self._pull(
                *window, part, slopes, wanted, cores, factors, balance.terms
            )
            content, variation = content + np.asarray(error), variation + np.asarray(rough)
            gradient[:, *tile.window] += np.asarray(pulled)
        give_back()
        near, far, rough = (np.asarray(loss, np.float32) for loss in (content, style, variation))
        return self._objective.total(near, far, rough, balance), gradient

    def content_features(self, image: Any) -> tuple[Any, ...]:
        """Content targets of an image (1,H,W,3): a feature map a content layer, as precise."""
        maps: dict[str, Any] = {}
        for tile in self.tiles(image):
            for name, part in self._named(self._features(self._cut(image, tile))):
                if name not in maps:
                    shape = (side // stride(name) for side in image.shape[1:3])
                    maps[name] = np.empty((1, *shape, part.shape[-1]), np.asarray(part).dtype)
                seen = np.asarray(part)[:, *inside(tile, stride(name))]
                maps[name][:, *scaled(tile.core, stride(name))] = seen
        return tuple(maps.values())

    def style_moments(self, image: Any) -> tuple[FeatureMoments, ...]:
        """Style targets of an image (1,H,W,3): moments a style layer."""
        (sums,), (norms,) = self._statistics(image, self.tiles(image), ())
        return tuple(
            FeatureMoments(np.asarray(one.mean) / norm, np.asarray(one.second) / norm)
            for one, norm in zip(sums, norms, strict=True)
        )

    def _statistics(self, image: Any, tiles: Sequence[Tile], masks: Regions) -> tuple[Any, Any]:
        """For each region and style layer, its sums over all tiles and its sum of weights."""
        sums: Any = None
        norms = [[np.float32(0)] * len(self._objective.style_layers) for _ in masks or [()]]
        for tile in tiles:
            weights = self._masked(image, tile, masks)
            found = self._sums(self._cut(image, tile), weights)
            sums = found if sums is None else _added(sums, found)
            norms = [
                [norm + one.sum() for norm, one in zip(*pair, strict=True)]
                for pair in zip(norms, weights, strict=True)
            ]
        return sums, norms

    def _sums_of(self, window: Tensor, weights: Regions) -> Regions:
        return self._region_sums(self._found(window, self._objective.style_layers), weights)

    def _style_of(
        self, sums: Any, targets: Any, norms: Any, counts: Any, shares: Any, balance: Balance
    ) -> tuple[Tensor, Tensor]:
        moments = [
            tuple(
                FeatureMoments(one.mean / (norm + TINY), one.second / (norm + TINY))
                for one, norm in zip(*pair, strict=True)
            )
            for pair in zip(sums, norms, strict=True)
        ]
        style = self._objective.style(moments, targets, counts, shares, balance)
        return balance.terms[1] * style, style

    def _pulled(
        self,
        window: Tensor,
        weights: Regions,
        part: Part,
        slopes: Any,
        wanted: Any,
        cores: Any,
        factors: Tensor,
        terms: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Σ slope·sum + α·content + γ·variation, whose gradient is the loss's; the last two."""
        layers = (*self._objective.content_layers, *self._objective.style_layers)
        found = self._found(window, layers)
        pairs = zip(_flat(self._region_sums(found, weights)), _flat(slopes), strict=True)
        style = sum(ops.sum(one * slope) for one, slope in pairs)
        errors = [
            squared_error(found[name], target, core)
            for (name, target), core in zip(self._named(wanted), cores, strict=True)
        ]
        content = sum(factors[index] * error for index, error in enumerate(errors))
        variation = self._objective.variation(window, part)
        return style + terms[0] * content + terms[2] * variation, content, variation

    def _factors(self, image: Any, targets: Targets, balance: Balance) -> Any:
        """What Σ (F - F*)² of each content layer is multiplied by in the content loss."""
        factors = []
        for index, (name, target) in enumerate(self._named(targets.content)):
            norm = np.float64(self._count(image, name) * target.shape[-1])
            if self._objective.relative_content:
                norm *= _square_sum(target) / target.size + TINY
            factors.append(balance.content[index] / norm)
        return np.array(factors, np.float32)

    def _region_sums(self, found: Any, weights: Regions) -> Regions:
        named = self._objective.style_layers
        return tuple(
            tuple(feature_sums(found[name], one) for name, one in zip(named, region, strict=True))
            for region in weights
        )

    def _masked(self, image: Any, tile: Tile, masks: Regions) -> Regions:
        """The weights of the window's positions, for each region and style layer."""
        named = self._objective.style_layers
        cores = [self._core(tile, stride(name)) for name in named]
        return tuple(
            tuple(
                core * mask[:, *scaled(tile.window, stride(name))]
                for name, core, mask in zip(named, cores, region, strict=True)
            )
            for region in masks
        ) or (tuple(cores),)

    def _core(self, tile: Tile, stride: int) -> Any:
        """1 where the tile accounts for a position of its window, else 0."""
        rows, columns = scaled(tile.window, stride)
        weights = np.zeros((1, rows.stop - rows.start, columns.stop - columns.start, 1), np.float32)
        weights[:, *inside(tile, stride)] = 1
        return weights

    def _found(self, window: Tensor, layers: Sequence[str]) -> Any:
        return self._objective.features(window, layers)

    def _named(self, maps: Sequence[Any]) -> Iterator[tuple[str, Any]]:
        return zip(self._objective.content_layers, maps, strict=True)

    def _count(self, image: Any, layer: str) -> int:
        height, width = (side // stride(layer) for side in image.shape[1:3])
        return int(height * width)

    def _cut(self, image: Any, tile: Tile) -> Any:
        return np.ascontiguousarray(image[:, *tile.window])


def _square_sum(target: Any) -> float:
    """Σ F² of (1,H,W,C), row by row: the map may be too large for a copy in single precision."""
    return sum(float(np.square(row, dtype=np.float32).sum()) for row in target[0])


def _flat(nested: Any) -> list[Any]:
    return [part for region in nested for layer in region for part in layer]


def _added(one: Any, two: Any) -> Any:
    return tuple(
        tuple(
            FeatureMoments(a.mean + b.mean, a.second + b.second) for a, b in zip(x, y, strict=True)
        )
        for x, y in zip(one, two, strict=True)
    )
