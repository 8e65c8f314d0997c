"""Sources for tests: their photos lie in the page itself (data: addresses), so nothing is asked."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from images import encode_png
from scraping import Credit, Found, PageError, Session
from scraping.address import Scope
from scraping.found import Discovery, PageFailure


def picture(seed: int, side: int = 80) -> str:
    """The data: address of a picture of noise, `side` pixels high and wide."""
    pixels = np.random.default_rng(seed).random((side, side, 3), dtype=np.float32)
    return "data:image/png;base64," + base64.b64encode(encode_png(pixels)).decode()


def found(seed: int, host: str = "a.example", side: int = 80, **more: object) -> Found:
    """A photo of `host`; `more` are fields of Found."""
    page = f"http://{host}/"
    given = {"page_url": page, "title": f"Photo {seed}", "id": f"{host}-{seed}", **more}
    return Found((picture(seed, side),), **given)  # type: ignore[arg-type]  # as their types are


@dataclass
class SourceAtHand:
    """A source with these photos; `errors` are raised one a look, before it answers."""

    name: str
    photos: Sequence[Found] = ()
    errors: list[Exception] = field(default_factory=list)
    pages: Sequence[PageFailure] = ()
    limit: int | None = None
    private: bool = False
    looks: int = 0

    @property
    def scope(self) -> Scope:
        return Scope(private=self.private)

    def discover(self, session: Session) -> Discovery:
        self.looks += 1
        if self.errors:
            raise self.errors.pop(0)
        return Discovery(tuple(self.photos), tuple(self.pages))


def down(name: str, reason: str = "host_down", times: int = 9) -> SourceAtHand:
    """A source that cannot be had for so many looks."""
    errors = [PageError(reason, f"{name} cannot be read ({reason}).") for _ in range(times)]
    return SourceAtHand(name, [found(7, "late.example")], list(errors))


NO_DERIVATIVES = Credit(licence="CC BY-ND 4.0")
