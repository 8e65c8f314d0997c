"""Bytes of a page in, its text out, in whatever encoding it was written."""

from __future__ import annotations

import time

import pytest

from scraping.encoding import decoded


@pytest.mark.parametrize(
    ("name", "label", "text"),
    [
        ("utf-8", "UTF8", "é 漢"),
        ("cp1251", "windows-1251", "Море"),
        ("koi8-r", "KOI8-R", "Море"),
        ("cp932", "x-sjis", "海①"),
        ("cp932", "Shift_JIS", "海①"),
        ("gb18030", "gb2312", "海镕"),
        ("euc_kr", "euc-kr", "바다"),
        ("big5", "Big5", "海"),
        ("iso2022_jp", "iso-2022-jp", "海"),
        ("cp1252", "iso-8859-1", "“é”"),
        ("cp1254", "iso-8859-9", "ş"),
        ("cp1252", "us-ascii", "é"),
        ("utf-16-le", "utf-16", "é"),
    ],
)
def test_the_header_names_the_encoding(name: str, label: str, text: str) -> None:
    """Labels are read as browsers read them."""
    assert decoded(text.encode(name), f"text/html; charset={label}") == text


def test_the_page_names_its_encoding() -> None:
    """meta charset, its older form, and the XML declaration; UTF-16 cannot be named in ASCII."""
    sea = "Море".encode("cp1251")
    for head in (
        b"<meta charset='windows-1251'>",
        b'<META http-equiv=Content-Type content="text/html; charset=windows-1251">',
        b'<?xml version="1.0" encoding="windows-1251"?>',
    ):
        assert decoded(head + sea, "text/html").endswith("Море")
    assert decoded(b"<meta charset=utf-16>" + "é".encode()).endswith("é")


def test_a_byte_order_mark_decides() -> None:
    """Over a header that says otherwise."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        assert decoded(mark + "é漢".encode(name), "text/html; charset=koi8-r") == "é漢"


def test_faults() -> None:
    """A wrong label gives way to UTF-8; one bad byte does not cost the whole page."""
    assert decoded("é漢".encode(), "text/html; charset=iso-2022-jp") == "é漢"
    assert decoded("Море".encode("gb18030") + b"\xff", "charset=gb2312").startswith("Море")
    assert decoded("Ünïcode".encode("cp1252")) == "Ünïcode"
    assert decoded(b"") == ""


@pytest.mark.parametrize(
    "label",
    ["punycode", "idna", "unicode_escape", "hex", "zlib", "rot13", "utf-7", "undefined", "\x00"],
)
def test_codecs_that_are_no_encodings_of_the_web(label: str) -> None:
    """Python's other codecs are not reachable from a page: some are slow, some run wild."""
    started = time.monotonic()
    assert decoded(b"\\x41+AOk-" + b"a-" * 100_000, f"text/html; charset={label}").startswith(
        "\\x41"
    )
    assert time.monotonic() - started < 1
