"""A web without a network: answers by `responses`, names by a table, time by a told clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import responses
from PIL import Image

from scraping import Policy, Session

SITE = "https://site.test"
PUBLIC = "93.184.216.34"


class FakeClock:
    """A clock that only sleeping moves, and the list of sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def names() -> dict[str, Sequence[str]]:
    """The name server's table; every other name is a public host."""
    return {}


@pytest.fixture
def new_session(clock: FakeClock, names: dict[str, Sequence[str]]) -> Callable[..., Session]:
    def make(policy: Policy | None = None, **options: Any) -> Session:
        settings: dict[str, Any] = {
            "resolve": lambda host, port: names.get(host, [PUBLIC]),
            "clock": clock,
            "sleep": clock.sleep,
            "now": lambda: datetime(2030, 1, 1, tzinfo=UTC),
        }
        return Session(policy, **(settings | options))

    return make


@pytest.fixture
def session(new_session: Callable[..., Session]) -> Iterator[Session]:
    with new_session() as made:
        yield made


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    """A web where site.test has no robots.txt and everything else is to be added."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{SITE}/robots.txt", status=404)
        yield mock


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """picture(seed, form="JPEG", size=(96, 80)): a file of noise, another for each seed."""

    def make(seed: int = 0, form: str = "JPEG", size: tuple[int, int] = (96, 80)) -> bytes:
        noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        out = BytesIO()
        Image.fromarray(noise).save(out, form)
        return out.getvalue()

    return make
