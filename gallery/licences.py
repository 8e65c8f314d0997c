"""What a licence asks for, read from its short name or its address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gallery.values import web_link

__all__ = ["Terms", "licence_link", "picture_licence", "terms_of"]

_CC = re.compile(r"\bcc[ -]?(by(?:[ -](?:nc|nd|sa))*)\b[ -]?(\d\.\d)?", re.IGNORECASE)
_CC_URL = re.compile(
    r"creativecommons\.org/licenses/(by(?:-(?:nc|nd|sa))*)/(\d\.\d)?", re.IGNORECASE
)
_BARE = re.compile(r"by(?:-(?:nc|nd|sa))+( \d\.\d)?", re.IGNORECASE)
_SPELT = re.compile(
    r"\battribution\b((?:[ ,-]*(?:non[ -]?commercial|no[ -]?deriv\w*(?: works)?|share[ -]?alike))*)"
    r"(?:\D*(\d\.\d))?",
    re.IGNORECASE,
)
_CODES = {"nc": "commercial", "nd": "deriv", "sa": "alike"}
_PLAIN = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | {"\u00a0": " "})
"""A typographer's hyphens, dashes and blanks → the keyboard's."""
_ZERO = re.compile(
    r"\bcc[ -]?0\b|creativecommons\.org/publicdomain/zero|\bcc zero\b", re.IGNORECASE
)
_FREE = re.compile(r"public[ -]domain|publicdomain/mark|\bpdm?\b", re.IGNORECASE)
_ALIKE = {
    "GFDL": re.compile(r"\bgfdl\b|gnu free documentation", re.IGNORECASE),
    "FAL": re.compile(r"free art licen[cs]e|licence art libre|\bfal\b", re.IGNORECASE),
}


@dataclass(frozen=True)
class Terms:
    """What a licence asks for. `kind` tells licences of one family apart from others: “BY-SA”.

    Without `known` nothing can be said. `share_alike` wants whatever is made of the work to bear
    the same licence, `by_name` wants its maker named, `non_commercial` no money made with it.
    """

    known: bool = False
    kind: str = ""
    version: str = ""
    by_name: bool = False
    share_alike: bool = False
    non_commercial: bool = False


def terms_of(licence: str, url: str = "") -> Terms:
    """Return what the licence of that short name, or at that address, asks for."""
    match = _CC.search(_short(licence)) or _CC_URL.search(url)
    if match:
        kind = match[1].upper().replace(" ", "-")
        alike, unpaid = "-SA" in kind, "-NC" in kind
        return Terms(True, kind, match[2] or "", True, alike, unpaid)
    both = f"{licence} {url}"
    if _ZERO.search(both) or _FREE.search(both):
        return Terms(True, "CC0" if _ZERO.search(both) else "PDM")
    for kind, pattern in _ALIKE.items():
        if pattern.search(both):
            return Terms(True, kind, by_name=True, share_alike=True)
    return Terms(bool(licence.strip()), licence.strip())


def _short(licence: str) -> str:
    """A licence of Creative Commons that is spelt out, or lacks the CC, by its short name."""
    plain = licence.translate(_PLAIN).strip()
    if _BARE.fullmatch(plain):
        return f"CC {plain}"
    spelt = _SPELT.search(plain)
    if spelt is None or not (spelt[1] or "creative commons" in plain.lower()):
        return plain
    codes = [code for code, word in _CODES.items() if word in spelt[1].lower()]
    return f"CC {'-'.join(['BY', *codes])} {spelt[2] or ''}"


def licence_link(licence: str, url: str = "") -> str:
    """Return the address of the licence's text: `url`, else Creative Commons' own; or ""."""
    if found := web_link(url):
        return found
    terms = terms_of(licence)
    if terms.kind == "CC0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    if terms.kind == "PDM" and "mark" in licence.lower():
        return "https://creativecommons.org/publicdomain/mark/1.0/"
    if terms.kind.startswith("BY") and terms.version:
        return f"https://creativecommons.org/licenses/{terms.kind.lower()}/{terms.version}/"
    return ""


def picture_licence(*works: tuple[str, str]) -> str:
    """Return the licence that a picture made of `works` must bear, "" where none asks for it.

    A work is (licence, its address). Of two versions of one licence the later holds, which both
    allow. Where two licences ask for different things both are named, joined by " + ".
    """
    asked: dict[str, str] = {}
    for terms in (terms_of(*work) for work in works):
        if terms.share_alike:
            asked[terms.kind] = max(asked.get(terms.kind, ""), terms.version)
    return " + ".join(_named(kind, version) for kind, version in asked.items())


def _named(kind: str, version: str) -> str:
    return f"CC {kind} {version}".strip() if kind.startswith("BY") else kind
