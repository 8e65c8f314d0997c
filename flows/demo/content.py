"""What the demo site serves: every path with its bytes and media type.

Four photos are good. Around them is what the open web has in store:

| on the page                      | what it is                                              |
|----------------------------------|---------------------------------------------------------|
| photos/astronaut.jpg             | plain `<img src>`, a relative URL                       |
| photos/chelsea.jpg               | `srcset`, of which the largest is cut in half           |
| //host/photos/rocket.jpg         | lazy (`data-src`), a protocol-relative URL              |
| coffee.jpg                       | `<picture>` under `<base href>`, the largest is missing |
| /backdrops/launch.jpg            | a CSS background with the rocket's bytes again          |
| icons/lens.png                   | 32 × 32 pixels                                          |
| photos/lost-negative.jpg         | a broken link                                           |
| photos/guestbook.jpg             | an HTML page under a picture's name                     |
| photos/moon.jpg                  | a JPEG cut in half                                      |
| private/cameraman.jpg            | behind robots.txt                                       |
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Resource", "site"]


@dataclass(frozen=True, slots=True)
class Resource:
    """The bytes behind a path and the media type they are said to be."""

    body: bytes
    media_type: str

    @property
    def etag(self) -> str:
        """An entity tag that changes with the bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


def site(host: str) -> dict[str, Resource]:
    """Map every path of the site, which is served at `host` (name and port), to its resource."""
    return {**_pages(host), **_pictures()}


def _pages(host: str) -> dict[str, Resource]:
    html = "text/html; charset=utf-8"
    return {
        "/": Resource(_text("index.html", host), html),
        "/archive/two.html": Resource(_text("two.html", host), html),
        "/site.css": Resource(_text("site.css", host), "text/css; charset=utf-8"),
        "/robots.txt": Resource(_text("robots.txt", host), "text/plain; charset=utf-8"),
        "/photos/guestbook.jpg": Resource(_text("guestbook.html", host), "image/jpeg"),
    }


def _text(name: str, host: str) -> bytes:
    page = resources.files("flows.demo").joinpath("pages", name).read_text(encoding="utf-8")
    return Template(page).substitute(host=host).encode()


@functools.cache
def _pictures() -> Mapping[str, Resource]:
    # Only a site that is served needs NumPy and Pillow; a command that has it at hand does not.
    from flows.demo.pictures import cut_in_half, icon, jpeg, photograph

    astronaut, rocket = photograph("astronaut.png"), photograph("rocket.jpg")
    chelsea, coffee = photograph("chelsea.png"), photograph("coffee.png")
    jpegs = {
        "/photos/astronaut.jpg": jpeg(astronaut),
        "/photos/chelsea.jpg": jpeg(chelsea),
        "/photos/chelsea-240.jpg": jpeg(chelsea, 240),
        "/photos/chelsea-902.jpg": cut_in_half(chelsea, scale=2),
        "/photos/coffee.jpg": jpeg(coffee),
        "/photos/coffee-240.jpg": jpeg(coffee, 240),
        "/photos/rocket.jpg": jpeg(rocket),
        "/photos/moon.jpg": cut_in_half(photograph("moon.png")),
        "/backdrops/launch.jpg": jpeg(rocket),
        "/private/cameraman.jpg": jpeg(photograph("camera.png")),
    }
    found = {path: Resource(body, "image/jpeg") for path, body in jpegs.items()}
    return found | {"/icons/lens.png": Resource(icon(), "image/png")}
