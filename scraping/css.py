"""Pictures that a style sheet puts behind things."""

from __future__ import annotations

import re

__all__ = ["background_urls", "imported_urls"]

# One pass over the text: an address, a string, the end of a declaration, or a property's name. Each
# alternative is tried once a place and none can be matched in two ways, so that no text is slow.
_TOKEN = re.compile(
    r"""/\*.*?(?:\*/|\Z)
    | url\(\s*(?:
        "(?P<double>[^"]*)" | '(?P<single>[^']*)'
        | (?P<bare>(?:\\[0-9a-f]{1,6}\s?|\\.|[^\s()"'\\])*))
    | type\(\s*(?:"[^"]*"|'[^']*')
    | (?P<string>"[^"]*" | '[^']*')
    | (?P<set>image-set\()
    | @(?P<rule>[a-z-]+)
    | (?P<end>[;{}])
    | (?<![\w-])(?P<name>[a-z-]+)\s*:""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
# A variable is taken for a picture where its name says so: --hero-image: url(sea.jpg).
_VARIABLE = re.compile(r"--[a-z-]*(?:bg|background|image|img|photo|hero|cover|banner)[a-z-]*")


def background_urls(style: str) -> list[str]:
    """Return the addresses in background and background-image declarations, in order.

    `style` is the text of a style attribute, a style element or a style sheet. Variables whose name
    speaks of a picture count, and the strings of image-set(); fonts, masks, list marks, borders,
    cursors and imported sheets are passed over.
    """
    found: list[str] = []
    declared, in_set = "", False
    for token in _TOKEN.finditer(style):
        if token["end"]:
            declared, in_set = "", False
        elif token["name"] or token["rule"]:
            declared = declared or (token["name"] or "@").lower()
        elif declared in ("background", "background-image") or _VARIABLE.fullmatch(declared):
            in_set = in_set or token["set"] is not None
            if address := _address(token, strings=in_set):
                found.append(address)
    return found


def imported_urls(sheet: str) -> list[str]:
    """Return the addresses of the sheets that `sheet` imports, in order."""
    found: list[str] = []
    rule = ""
    for token in _TOKEN.finditer(sheet):
        if token["end"]:
            rule = ""
        elif token["rule"]:
            rule = token["rule"].lower()
        elif rule == "import" and (address := _address(token, strings=True)):
            found.append(address)
            # What follows the address may be a string too: supports(content: "x").
            rule = ""
    return found


def _address(token: re.Match[str], *, strings: bool) -> str:
    text = token["double"] or token["single"] or token["bare"] or ""
    if not text and strings and token["string"]:
        text = token["string"][1:-1]
    return _ESCAPE.sub(_unescaped, text).strip()


def _unescaped(match: re.Match[str]) -> str:
    if not match[1]:
        return match[2]
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
