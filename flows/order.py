"""What a run is asked to paint: styles, recipe and weights, resolved once and early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flows import stages
from flows.content import Content
from flows.plan import Plan
from flows.selection import Selection
from flows.style_images import StyleImage, import_styles
from flows.workspace import Workspace

if TYPE_CHECKING:
    from flows.config import RecipeChoice
    from stylize import Recipe, WeightSet

__all__ = ["Order", "order"]


@dataclass(frozen=True)
class Order:
    """Everything a plan needs besides the photos."""

    workspace: Workspace
    styles: tuple[StyleImage, ...]
    recipe: Recipe
    preset: str
    weights: WeightSet
    selection: Selection = field(default_factory=Selection)

    def plan(self, contents: Sequence[Content]) -> Plan:
        """Return what has to be painted of `contents`; it changes nothing."""
        return stages.plan_collection(
            self.workspace,
            contents,
            self.styles,
            self.recipe,
            self.preset,
            self.weights,
            selection=self.selection,
        )


def order(
    workspace: Workspace,
    choice: RecipeChoice,
    styles: Sequence[str],
    base: Path,
    selection: Selection | None = None,
    *,
    adopt: bool = True,
) -> Order:
    """Resolve a choice; with `adopt`, styles that lie elsewhere are copied into the workspace.

    `selection` narrows what is painted; everything that is due unless given.

    Raises `RecipeError`, `WeightsError` or `StyleError`: a run that cannot be had fails here,
    before anything is fetched.
    """
    from stylize import resolve_weights

    recipe = choice.recipe()
    weights = resolve_weights(choice.weights, recipe.network)
    chosen = workspace.choose_styles(styles, base)
    if adopt:
        chosen = import_styles(workspace.styles, chosen)
        workspace.save_styles()
    return Order(workspace, tuple(chosen), recipe, choice.preset, weights, selection or Selection())
