"""Help without Python's types: a word in capitals says what goes where, and a switch takes nothing.

Typer shows `--json <bool>`, which reads as if a value had to follow, and `{STYLE…}...` in a usage.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand, TyperGroup

__all__ = ["PlainCommand", "PlainGroup"]


class PlainCommand(TyperCommand):
    """A command whose help names no type."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters; arguments and switches show no type."""
        return _without_types(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What stands behind the command's name: `PHOTO STYLE…`, and `[RUN]` where it may not."""
        return [_plain_piece(piece) for piece in super().collect_usage_pieces(ctx)]


class PlainGroup(TyperGroup):
    """A group of such commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters; arguments and switches show no type."""
        return _without_types(super().get_params(ctx))


def _without_types(parameters: Iterable[Any]) -> list[Any]:
    """`parameters`, of which arguments and switches show no type; an option shows its metavar."""
    given = list(parameters)
    for parameter in given:
        if parameter.param_type_name == "argument" or getattr(parameter, "is_flag", False):
            vars(parameter)["display_type_rich"] = _nothing
    return given


def _plain_piece(piece: str) -> str:
    """`piece` of a usage in one pair of brackets at most, none where it is required."""
    bare = piece.removesuffix("...")
    return bare[1:-1] if bare.startswith(("{", "[[")) else bare


def _nothing(ctx: Any) -> str:
    return ""
