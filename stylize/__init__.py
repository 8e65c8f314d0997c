"""Content × style → stylized image. Importing this package imports no TensorFlow."""

from stylize.engine import ENGINE_VERSION, Stylizer
from stylize.errors import PaintError, RecipeError, StylizeError, WeightsError
from stylize.estimate import estimate_seconds
from stylize.jobs import StylizeJob
from stylize.presets import PRESETS, Preset, resolve_recipe
from stylize.recipe import Recipe
from stylize.result import Iterate, Result, Statistics
from stylize.weights import WeightInfo, WeightSet, list_weights, resolve_weights

__all__ = [
    "ENGINE_VERSION",
    "PRESETS",
    "Iterate",
    "PaintError",
    "Preset",
    "Recipe",
    "RecipeError",
    "Result",
    "Statistics",
    "StylizeError",
    "StylizeJob",
    "Stylizer",
    "WeightInfo",
    "WeightSet",
    "WeightsError",
    "estimate_seconds",
    "list_weights",
    "resolve_recipe",
    "resolve_weights",
]
