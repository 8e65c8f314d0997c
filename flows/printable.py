"""Text of strangers that is safe in a terminal: titles, addresses and answers of the open web.

A terminal obeys what a page may have put into a title: escape sequences move its cursor, rename
its window or repaint what was written before.
"""

from __future__ import annotations

import unicodedata

__all__ = ["printable"]

_UNSEEN = frozenset({"Cc", "Cs"})
# These turn the direction of what follows: "gpj.exe" reads as "exe.jpg".
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INSTEAD = "\ufffd"


def printable(text: str) -> str:
    """`text` on one line: what a terminal would obey, or could not encode, is shown as �."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in "\t\n\r":
        return " "
    unseen = unicodedata.category(character) in _UNSEEN or character in _TURNING
    return _INSTEAD if unseen else character
