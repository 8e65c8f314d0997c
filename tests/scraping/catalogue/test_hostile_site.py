"""`atelier scrape` against a site full of hazards: every good photo is taken, each bad one has its
reason, and the report says so.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from flows.cli import main
from flows.photos import read_photos
from scraping import Policy
from tests.scraping.catalogue.hostile_site import EXHIBITS, paths
from tests.scraping.catalogue.outcome import Outcome, check_promise
from tests.scraping.catalogue.town import Town, open_town

HAZARDS = [exhibit for exhibit in EXHIBITS if exhibit.word not in ("", "taken")]
QUICK = functools.partial(Policy, total_timeout=0.6, backoff=0, max_bytes=2_000_000)


class Visited:
    """Two visits of the command to the site: what it printed, how it ended, what it left."""

    def __init__(self, town: Town, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._town, self._workspace = town, workspace
        self.content = workspace / "content"
        self.status = self._run()
        self.printed = capsys.readouterr()
        self.photos = read_photos(workspace / "photos.csv")
        self.asked = [path.partition("/")[2] for path, _ in town.asked]
        town.asked.clear()
        self.again_status = self._run("--json")
        self.again = json.loads(capsys.readouterr().out)
        self.asked_again = [path.partition("/")[2] for path, _ in town.asked]

    def _run(self, *options: str) -> int:
        place = ("--workspace", str(self._workspace), "--limit", "100")
        return main(["scrape", self._town.url, *place, "--allow-private", "--delay", "0", *options])


@pytest.fixture
def visited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visited]:
    monkeypatch.setattr("scraping.Policy", QUICK)
    monkeypatch.setattr("scraping.session.Policy", QUICK)
    with open_town(tmp_path) as town:
        host = f"127.0.0.1:{town.port}"
        town.paths = {f"{host}/{path}": answer for path, answer in paths().items()}
        yield Visited(town, tmp_path / "work", capsys)


def path_of(address: str) -> str:
    """The address as the site's page shows it."""
    split = urlsplit(address)
    if split.scheme == "data":
        return "data"
    own = split.port is not None and split.port > 1023
    return split.path.lstrip("/") if own else address


def expected() -> list[tuple[str, str]]:
    """(where it is had from, reason word) of everything that the site shows, pages included."""
    first = [
        (exhibit.at if "<" in exhibit.shown else exhibit.shown.partition(":image")[0], exhibit.word)
        for exhibit in EXHIBITS
        if exhibit.word
    ]
    return [*first, ("last.jpg", "taken"), ("3", "opted_out")]


def test_the_site_mixes_many_hazards() -> None:
    """At least twenty-five hazards beside at least ten good photos, of nearly every kind."""
    assert len(HAZARDS) >= 25
    assert sum(exhibit.word == "taken" for exhibit in EXHIBITS) >= 10
    assert len({exhibit.word for exhibit in HAZARDS}) >= 18


def test_a_visit_to_a_hostile_site(visited: Visited) -> None:
    """Rows, files, report and exit status of a first visit; then of a second."""
    rows = {path_of(row.image_url or row.source_id): row.status for row in visited.photos}
    assert rows == dict(expected())
    assert len(visited.photos) == len(expected())
    check_promise(Outcome(visited.photos, visited.content))
    assert "hidden.jpg" not in visited.asked
    assert "private/a.jpg" not in visited.asked
    check_report(visited)
    check_second_visit(visited)


def check_report(visited: Visited) -> None:
    """The report counts every outcome, names the hosts, and says what failed in a sentence."""
    printed = visited.printed.out + visited.printed.err
    for word, count in Counter(word for _, word in expected()).items():
        assert f"{count} {word}" in printed, word
    assert "127.0.0.1" in printed
    assert "169.254.169.254" in printed
    assert "Traceback" not in printed
    assert visited.status == 3


def check_second_visit(visited: Visited) -> None:
    """Photos that are there are not fetched again; what may have changed is tried once more."""
    settled = {"", "2", "3", "robots.txt", "drip.jpg", "short.jpg"}
    assert set(visited.asked_again) <= settled
    words = Counter(row["status"] for row in visited.again)
    taken = sum(word == "taken" for _, word in expected())
    assert words["unchanged"] == taken
    assert words["taken"] == 0
