"""A small site that mixes good photos with thirty hazards, served from memory on loopback."""

from __future__ import annotations

import base64
import zlib
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from itertools import count
from typing import NamedTuple

import numpy as np
from PIL import ExifTags, Image

from tests.scraping.catalogue.pictures import encoded, photo, png_of, scene
from tests.scraping.catalogue.town import Handle, whole
from tests.scraping.dripping import drip

__all__ = ["EXHIBITS", "Exhibit", "pages", "paths"]


class Exhibit(NamedTuple):
    """One thing on the page: how it is shown, the word it must get, and what answers for it.

    `shown` is an address (an img is made of it) or, with a "<", HTML. `at` is the path it is had
    from, "" for what is never asked for.
    """

    shown: str
    word: str
    at: str = ""
    answer: Handle | None = None


def _status(code: int, body: bytes = b"", kind: str = "image/jpeg", **headers: str) -> Handle:
    def handle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        names = {"Content_Type": kind, "Content_Length": str(len(body)), **headers}
        for name, value in names.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return handle


def _moved(location: str) -> Handle:
    return _status(302, Location=location)


def _twice_busy(body: bytes) -> Handle:
    visits = count(1)

    def handle(handler: BaseHTTPRequestHandler) -> None:
        (whole(body) if next(visits) > 2 else _status(503))(handler)

    return handle


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    for _ in range(10_000):
        handler.wfile.write(b"\xff" * 10_000)


def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(b"\0" * 10**6) for _ in range(60)), packer.flush()])


def _turned() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return encoded(scene(15), exif=exif)


def _frames() -> bytes:
    return encoded(scene(16), "GIF", save_all=True, append_images=[scene(17), scene(18)])


def _deep() -> bytes:
    grey = np.asarray(scene(19).convert("L")).astype(np.uint16) * 257
    return encoded(Image.fromarray(grey), "PNG")


def _again(data: bytes) -> bytes:
    return encoded(Image.open(BytesIO(data)), quality=60)


def _clear() -> bytes:
    picture = scene(20).convert("RGBA")
    picture.putalpha(200)
    return encoded(picture, "PNG")


_INSIDE = base64.b64encode(photo(21)).decode()
_BIG = photo(2, width=400, height=320)
_TAKEN = "taken"

EXHIBITS = (
    Exhibit("a.jpg", _TAKEN, "a.jpg", whole(photo(1))),
    Exhibit("big.jpg", _TAKEN, "big.jpg", whole(_BIG)),
    Exhibit("really-a-png.jpg", _TAKEN, "really-a-png.jpg", whole(photo(3, "PNG"))),
    Exhibit("drip.jpg", "timeout", "drip.jpg", drip),
    Exhibit("endless.jpg", "too_many_bytes", "endless.jpg", _endless),
    Exhibit("bomb.jpg", "too_many_bytes", "bomb.jpg", whole(_bomb(), Content_Encoding="gzip")),
    Exhibit("busy.jpg", _TAKEN, "busy.jpg", _twice_busy(photo(4))),
    Exhibit("huge.jpg", "too_many_bytes", "huge.jpg", whole(b"", Content_Length="99999999")),
    Exhibit("short.jpg", "truncated", "short.jpg", whole(photo(5)[:900], Content_Length="5000")),
    Exhibit("empty.jpg", "empty", "empty.jpg", whole(b"")),
    Exhibit("gone.jpg", "http_404", "gone.jpg", _status(404, photo(6))),
    Exhibit("human.jpg", "blocked", "human.jpg", _status(403, b"Are you human?", "text/html")),
    Exhibit("round.jpg", "redirect_loop", "round.jpg", _moved("/round.jpg")),
    Exhibit("inside.jpg", "refused_address", "inside.jpg", _moved("http://169.254.169.254/")),
    Exhibit("file.jpg", "refused_scheme", "file.jpg", _moved("file:///etc/passwd")),
    Exhibit("moved.jpg", _TAKEN, "moved.jpg", _moved("/here.jpg")),
    Exhibit("http://10.0.0.1/a.jpg", "refused_address"),
    Exhibit("http://[::1]/a.jpg", "refused_address"),
    Exhibit("http://2130706433/a.jpg", "refused_address"),
    Exhibit("http://127.0.0.1:22/a.jpg", "refused_port"),
    Exhibit("http://me@127.0.0.1/a.jpg", "refused_address"),
    Exhibit("private/a.jpg", "robots", "private/a.jpg", whole(photo(7))),
    Exhibit("mine.jpg", "opted_out", "mine.jpg", whole(photo(8), X_Robots_Tag="noimageai")),
    Exhibit("theirs.jpg", _TAKEN, "theirs.jpg", whole(photo(9), X_Robots_Tag="otherbot: noai")),
    Exhibit("login.jpg", "not_image", "login.jpg", whole(b"<!doctype html><p>Sign in")),
    Exhibit(
        "logo.jpg", "not_image", "logo.jpg", whole(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    ),
    Exhibit("print.jpg", "not_image", "print.jpg", whole(b"%!PS-Adobe-3.0 EPSF-3.0\nshowpage\n")),
    Exhibit("half.jpg", "truncated", "half.jpg", whole(photo(10)[:1500])),
    Exhibit("no-end.jpg", "truncated", "no-end.jpg", whole(photo(11)[:-2])),
    Exhibit("vast.png", "too_large", "vast.png", whole(png_of(20_000, 20_000))),
    Exhibit("line.png", "aspect", "line.png", whole(png_of(50_000, 1, b"\0" * 50_001))),
    Exhibit("dot.gif", "too_small", "dot.gif", whole(encoded(Image.new("L", (1, 1)), "GIF"))),
    Exhibit("turned.jpg", _TAKEN, "turned.jpg", whole(_turned())),
    Exhibit("film.gif", _TAKEN, "film.gif", whole(_frames())),
    Exhibit("deep.png", _TAKEN, "deep.png", whole(_deep())),
    Exhibit("clear.png", _TAKEN, "clear.png", whole(_clear())),
    Exhibit("copy.jpg", "duplicate", "copy.jpg", whole(photo(1))),
    Exhibit("again.jpg", "near_duplicate", "again.jpg", whole(_again(_BIG))),
    Exhibit("%2e%2e/%2e%2e/CON", _TAKEN, "CON", whole(photo(12))),
    Exhibit("a.jpg?utm_source=mail", ""),
    Exhibit("javascript:alert(1)", ""),
    Exhibit(f"data:image/jpeg;base64,{_INSIDE}", _TAKEN),
    Exhibit(
        "<img src=spacer.gif data-src=lazy.jpg alt='=cmd()'>", _TAKEN, "lazy.jpg", whole(photo(13))
    ),
    Exhibit("<img srcset='lost.jpg 900w, found.jpg 600w'>", _TAKEN, "found.jpg", whole(photo(14))),
    Exhibit("<div style='background:url(\"wall.jpg\")'>", _TAKEN, "wall.jpg", whole(photo(22))),
    Exhibit(
        "<figure><img src=nd.jpg><a rel=license href='https://creativecommons.org/licenses/by-nd/4.0/'>"
        "CC BY-ND</a></figure>",
        "licence",
        "nd.jpg",
        whole(photo(23)),
    ),
)
"""Everything on the first page, in order."""

_SECOND = "<title>2</title><img src=last.jpg><a rel=next href=3>on</a>"
_THIRD = "<meta name=robots content='noindex, noai'><img src=hidden.jpg><a rel=next href=/>on</a>"


def pages() -> dict[str, str]:
    """The pages by path: the exhibits, one more photo, and a page that wants no visit and leads
    back to the first.
    """
    shown = "\n".join(
        exhibit.shown if "<" in exhibit.shown else f'<img src="{exhibit.shown}">'
        for exhibit in EXHIBITS
    )
    first = f"<!doctype html><title>Hostile</title>{shown}<a rel=next href=2>on</a>"
    return {"": first, "2": _SECOND, "3": _THIRD}


def paths() -> dict[str, Handle]:
    """What answers, by path: pages, robots.txt and pictures; anything else is a 404."""
    found = {path: whole(text.encode(), "text/html") for path, text in pages().items()}
    found |= {exhibit.at: exhibit.answer for exhibit in EXHIBITS if exhibit.answer}
    found |= {
        "here.jpg": whole(photo(24)),
        "last.jpg": whole(photo(25)),
        "hidden.jpg": whole(photo(26)),
        "robots.txt": whole(b"User-agent: *\nDisallow: /private/\n", "text/plain"),
    }
    return found
