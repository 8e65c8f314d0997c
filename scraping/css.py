"""Pictures that a style sheet puts behind things."""

from __future__ import annotations

import re

__all__ = ["background_urls"]

# One pass over the text: an address, a string, the end of a declaration, or a property's name. Each
# alternative is tried once a place and none can be matched in two ways, so that no text is slow.
_TOKEN = re.compile(
    r"""/\*.*?(?:\*/|\Z)
    | url\(\s*(?:
        "(?P<double>[^"]*)" | '(?P<single>[^']*)'
        | (?P<bare>(?:\\[0-9a-f]{1,6}\s?|\\.|[^\s()"'\\])*))
    | "[^"]*" | '[^']*'
    | (?P<end>[;{}])
    | (?<![\w-])(?P<name>[a-z-]+)\s*:""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)


def background_urls(style: str) -> list[str]:
    """Return the addresses in background and background-image declarations, in order.

    `style` is the text of a style attribute or a style element; fonts and other addresses in it
    are passed over.
    """
    found: list[str] = []
    declared = ""
    for token in _TOKEN.finditer(style):
        if token["end"]:
            declared = ""
        elif token["name"]:
            declared = declared or token["name"].lower()
        elif declared in ("background", "background-image"):
            address = token["double"] or token["single"] or token["bare"] or ""
            if address:
                found.append(_ESCAPE.sub(_unescaped, address))
    return found


def _unescaped(match: re.Match[str]) -> str:
    if not match[1]:
        return match[2]
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
