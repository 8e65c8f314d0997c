"""An option whose value may be left out: `--plot`, `--plot=FILE` and `--plot FILE` all do.

Typer knows options with a value and without one, nothing between. What stands after such an option
is taken for its value only if it can be nothing else: a style that follows it is never swallowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flows.cli.plain_help import PlainCommand

__all__ = ["StylizeCommand", "with_values"]


class StylizeCommand(PlainCommand):
    """`atelier stylize`, whose `--plot` needs no file."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give `--plot` an empty value where it has none."""
        return super().parse_args(ctx, with_values(args, "--plot", _is_plot_file))


def with_values(
    arguments: Iterable[str], option: str, is_value: Callable[[str], bool]
) -> list[str]:
    """`arguments` in which every bare `option` has a value: what follows it if `is_value`, or "".

    What follows a `--` is left as it is.
    """
    left = list(arguments)
    made: list[str] = []
    while left:
        word = left.pop(0)
        if word == "--":
            return [*made, word, *left]
        if word == option:
            word = f"{option}={left.pop(0) if left and is_value(left[0]) else ''}"
        made.append(word)
    return made


def _is_plot_file(word: str) -> bool:
    from flows.plots import PLOTS, is_plot

    path = Path(word)
    return path.suffix.lower() in PLOTS and (not path.exists() or is_plot(path))
