"""The two rigs of the catalogue: a web of made-up answers, a town behind a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from tests.scraping.catalogue.town import Town, open_town
from tests.scraping.catalogue.web import Web


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Web]:
    """Hosts whose answers are made by `responses` (rows R)."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Web(mock, tmp_path)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Hosts behind a real server on loopback (rows H)."""
    with open_town(tmp_path) as made:
        yield made
