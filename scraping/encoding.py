"""A page's bytes → its text, in the encodings that browsers read."""

from __future__ import annotations

import codecs
import re

__all__ = ["decoded"]

# What Python calls each encoding of the web, and what browsers read in its place: pages that say
# "latin-1" were written on Windows. Whatever is not here is not used: some of Python's codecs take
# quadratic time ("punycode") or turn text into something else ("unicode_escape").
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16-le",
}
_READ = re.compile(
    r"utf-(?:8|16-[lb]e)|gb18030|big5hkscs|euc_jp|iso2022_jp|johab|koi8-[ru]|mac-(?:roman|cyrillic)"
    r"|cp(?:866|874|932|949|125[0-8])|iso8859-(?:[2-8]|1[03456])"
)
_OTHER_NAMES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs",
    "windows-949": "cp949",
    "unicode-1-1-utf-8": "utf-8",
    "dos-874": "cp874",
    "x-cp1252": "cp1252",
    "x-cp1251": "cp1251",
    "x-cp1250": "cp1250",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_IN_PAGE = re.compile(
    rb"<meta\b[^>]{0,500}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})"
    rb"|^\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
_SEARCHED = 4096


def decoded(body: bytes, content_type: str = "") -> str:
    """Return the text of `body`, a page that came with the header `content_type`.

    A byte order mark decides; else the first that fits without a fault of the header's charset, the
    page's own declaration, UTF-8. Where none fits, the one that was named, with U+FFFD for each
    fault; where none was named, Windows-1252 as in browsers. Never raises.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    named = [name for name in (_of_header(content_type), _of_page(body)) if name]
    for name in (*named, "utf-8"):
        try:
            return body.decode(name)
        except UnicodeError:
            continue
    return body.decode(named[0] if named else "cp1252", "replace")


def _of_header(content_type: str) -> str:
    match = _IN_HEADER.search(content_type)
    return _codec(match[1]) if match else ""


def _of_page(body: bytes) -> str:
    match = _IN_PAGE.search(body[:_SEARCHED])
    if match is None:
        return ""
    name = _codec((match[1] or match[2]).decode("ascii", "replace"))
    # Its declaration was read as ASCII, so the page is not written in two-byte characters.
    return "utf-8" if name.startswith("utf-16") else name


def _codec(label: str) -> str:
    """The codec that browsers would use for `label`; "" for one that they do not know."""
    lowered = label.lower()
    if lowered in _OTHER_NAMES:
        return _OTHER_NAMES[lowered]
    try:
        name = codecs.lookup(lowered).name
    except (LookupError, UnicodeError, ValueError):
        return ""
    name = _READ_AS.get(name, name)
    return name if _READ.fullmatch(name) else ""
