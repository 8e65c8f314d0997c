"""Manifest values as a page may show them: never NaN, never an unsafe link, few digits."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

__all__ = [
    "byline",
    "clipped",
    "duration",
    "integer",
    "is_hash",
    "json_mapping",
    "label",
    "number",
    "significant",
    "text",
    "web_link",
    "without_folder",
    "without_folders",
]

_NOTHING = frozenset(("nan", "NaN", "NaT", "<NA>", "None"))
_HASH = re.compile(r"[0-9a-f]{8,64}")
_IS_PATH = re.compile(r"file:/|[/\\~]|[A-Za-z]:[/\\]")
_FOLDERS = re.compile(r"^.*[/\\](?=[^/\\])")
_ROOT, _END = r"(?:~|[A-Za-z]:)?[/\\]", r"(?=[^\s/\\])"
_FOLDERS_WITHIN = re.compile(
    rf"""(?<=["'“‘]){_ROOT}(?:[^/\\"'“”‘’]+[/\\])+{_END}"""  # in quotes a folder may hold blanks
    rf"""|(?:file:/{{1,3}}|(?<![\w:/\\.~]){_ROOT})(?:[^\s/\\"'“”‘’:;,()]+[/\\])+{_END}"""
)
_BREAKS_A_LINK = re.compile(r"[\x00-\x20\x7f\"'<>\\^`{|}]")


def text(value: object) -> str:
    """Read any cell of a DataFrame as stripped text; "" for None, NaN, NaT and pandas.NA."""
    if value is None:
        return ""
    found = value.strip() if type(value) is str else str(value).strip()
    return "" if found in _NOTHING else found


def number(value: object) -> float | None:
    """Read any cell as a finite float, or None when it holds no such thing."""
    try:
        result = float(text(value))
    except ValueError:
        return None
    return result if math.isfinite(result) else None


def integer(value: object) -> int | None:
    """Read any cell as a whole number, or None; 12.0 counts as 12."""
    result = number(value)
    return None if result is None else round(result)


def significant(value: float | None, digits: int = 3) -> str:
    """Write a float with `digits` significant digits, no needless exponent; "" for None."""
    if value is None:
        return ""
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        return f"{float(f'{value:.{digits}g}'):,.10g}"
    return f"{value:.{digits - 1}e}"


def duration(seconds: float | None) -> str:
    """Say seconds in words: "0.8 s", "42 s", "3 min 05 s", "2 h 10 min"; "" for None.

    A no-break space keeps a number and its unit on one line.
    """
    if seconds is None or seconds < 0:
        return ""
    if seconds < 9.95:
        return f"{seconds:.1f}\u00a0s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}\u00a0s"
    if whole < 3600:
        return f"{whole // 60}\u00a0min {whole % 60:02d}\u00a0s"
    return f"{whole // 3600}\u00a0h {whole % 3600 // 60:02d}\u00a0min"


def clipped(value: str, length: int) -> str:
    """`value`, or its beginning and “…”: a stranger's title may be as long as a book."""
    return value if len(value) <= length else f"{value[: length - 1].rstrip()}…"


def label(name: str) -> str:
    """Turn a file-like name into a heading: "woodcut_waves" becomes "Woodcut waves"."""
    words = re.sub(r"[_\s]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def byline(attribution: str, title: str, licence: str) -> str:
    """Leave out of an attribution what stands beside it: “Cat” by Ann (CC0) becomes "by Ann"."""
    rest = attribution.strip()
    for quoted in (f"“{title}”", f'"{title}"') if title else ():
        rest = rest.removeprefix(quoted).strip(" ,")
    return rest.removesuffix(f"({licence})").strip(" ,") if licence else rest


def is_hash(value: str) -> bool:
    """Whether `value` is 8–64 lower-case hex digits, and so safe as a file name."""
    return _HASH.fullmatch(value) is not None


def web_link(value: str) -> str:
    """`value` when it is an http or https address that a page may link to, otherwise ""."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc or _BREAKS_A_LINK.search(value):
        return ""
    return value


def without_folder(value: str) -> str:
    """The last part of a path on somebody's machine, whose folders are nobody else's business."""
    return _FOLDERS.sub("", value) if _IS_PATH.match(value) else value


def without_folders(sentence: str) -> str:
    """`sentence` with every path in it shortened to its last part; web addresses stay."""
    return _FOLDERS_WITHIN.sub("", sentence)


def json_mapping(value: str) -> Mapping[str, object]:
    """Read the JSON object in a cell; empty when the cell holds anything else."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
