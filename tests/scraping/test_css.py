"""Style sheets in, the addresses of backgrounds out."""

from __future__ import annotations

import time

from scraping.css import background_urls, imported_urls


def test_variables_that_speak_of_pictures() -> None:
    """Themes put pictures into custom properties; fonts and icons are named otherwise."""
    assert background_urls("--hero-image: url(a.jpg); --bg:url('b.jpg'); --icon: url(c.png)") == [
        "a.jpg",
        "b.jpg",
    ]


def test_image_set() -> None:
    """Strings are addresses inside image-set, types are not."""
    style = """background-image: image-set("a.avif" type("image/avif"), 'b.jpg' 2x, url(c.jpg) 1x);
      content: "d.jpg" """
    assert background_urls(style) == ["a.avif", "b.jpg", "c.jpg"]


def test_what_is_no_background() -> None:
    """Fonts, masks, marks, borders, cursors, generated content, imports."""
    style = """@import url(x.css); @font-face { font-family: x; src: url(x.woff) }
      a { list-style-image: url(1.png); border-image: url(2.png); cursor: url(3.png), auto;
          content: url(4.png); mask: url(5.png); background-color: red }
      @media (min-width: 9em) { .b { background: url(yes.jpg) } }"""
    assert background_urls(style) == ["yes.jpg"]


def test_imports() -> None:
    """As a string or with url(), with what follows; not in comments, not elsewhere."""
    sheet = """@charset "utf-8"; @import "a.css" screen; @import url(b.css) supports(x: "no.css");
      /* @import "c.css"; */ a { background: url(no.jpg) } @media print { @import 'd.css'; }"""
    assert imported_urls(sheet) == ["a.css", "b.css", "d.css"]


def test_hostile_sheets_take_no_time() -> None:
    """No text makes the pattern go back and forth."""
    started = time.monotonic()
    for part in ("image-set(", 'type("', "@import ", "--bg:url(", "@", "--a", "type( ", "'\\"):
        background_urls(part * 50_000)
        imported_urls(part * 50_000)
    assert time.monotonic() - started < 5
