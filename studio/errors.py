"""What can go wrong in the studio; the text of each error is one sentence for the page."""

from __future__ import annotations

__all__ = ["StudioError", "sentence_of"]


class StudioError(Exception):
    """Anything that the person at the page can put right."""


def sentence_of(error: BaseException) -> str:
    """What to tell the person at the page about `error`; never a stack trace.

    An error that the house raises on purpose speaks for itself; of any other the kind is named.
    """
    text = " ".join(str(error).split())[:500]
    house = type(error).__module__.split(".")[0]
    if text and house in ("studio", "flows", "stylize", "gallery", "images", "scraping"):
        return text[0].upper() + text[1:]
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"Something unforeseen went wrong ({said}). The terminal of the studio may say more."
