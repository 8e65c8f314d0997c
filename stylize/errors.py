"""What can go wrong while painting.

    StylizeError
    ├── RecipeError    a preset, a key or a value that does not exist or is out of range
    ├── WeightsError   network weights that cannot be had, read or trusted
    └── PaintError     a picture that could not be painted

Every message is one sentence that says what is wrong and what to do.
"""

from __future__ import annotations

__all__ = ["PaintError", "RecipeError", "StylizeError", "WeightsError"]


class StylizeError(Exception):
    """Base of every error this package raises on purpose."""


class RecipeError(StylizeError):
    """A preset, a recipe key or a value that does not exist or is out of range."""


class WeightsError(StylizeError):
    """Network weights that cannot be found, read or trusted."""


class PaintError(StylizeError):
    """A picture that could not be painted."""
