"""The scraper on the demo site: four photos taken, and a reason for everything else."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from flows.demo.site import serve_demo_site
from images import load
from scraping import Photo, WebSource, scrape

EXPECTED = {
    "/photos/astronaut.jpg": ("img", "taken"),
    "/photos/chelsea.jpg": ("img", "taken"),
    "/photos/rocket.jpg": ("img", "taken"),
    "/photos/coffee.jpg": ("picture", "taken"),
    "/backdrops/launch.jpg": ("background", "duplicate"),
    "/icons/lens.png": ("img", "too_small"),
    "/photos/lost-negative.jpg": ("img", "http_404"),
    "/photos/guestbook.jpg": ("img", "not_image"),
    "/photos/moon.jpg": ("img", "truncated"),
    "/private/cameraman.jpg": ("img", "robots"),
}
CREDITS = {
    "Eileen Collins, astronaut": ("NASA", "Public Domain Mark 1.0"),
    "Chelsea the cat": ("Stéfan van der Walt", "CC0 1.0"),
    "DSCOVR on its Falcon 9": ("SpaceX", "Public Domain Mark 1.0"),
    "Coffee cup": ("Rachel Michetti", "CC0 1.0"),
}


class Scraped:
    """The rows of a first run and of a second one that knows the first."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        with serve_demo_site() as url:
            source = WebSource(url, delay=0, allow_private=True)
            self.rows = scrape(source, workspace / "content")
            self.again = scrape(source, workspace / "content", self.rows)

    @property
    def taken(self) -> list[Photo]:
        return [row for row in self.rows if row.status == "taken"]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Scraped:
    return Scraped(tmp_path_factory.mktemp("workspace"))


def test_every_photo_found_has_the_expected_reason(scraped: Scraped) -> None:
    """One row for each thing on the two pages, with the way it was found and what became of it."""
    found = {urlsplit(row.image_url).path: (row.kind, row.status) for row in scraped.rows}
    assert found == EXPECTED
    assert len(scraped.rows) == len(EXPECTED)
    assert all(row.detail for row in scraped.rows if row.status != "taken")


def test_exactly_four_photos_lie_in_the_workspace(scraped: Scraped) -> None:
    """The four files are there under their hashes, and decode."""
    files = sorted(row.file for row in scraped.taken)
    content = scraped.workspace / "content"
    assert files == sorted(f"content/{path.name}" for path in content.glob("*.jpg"))
    assert len(files) == 4
    assert all(load(scraped.workspace / name).width >= 450 for name in files)


def test_the_next_candidate_is_tried_where_the_best_fails(scraped: Scraped) -> None:
    """A cut JPEG and a missing file give way to the next size; the row keeps both addresses."""
    best = {
        urlsplit(row.image_url).path: urlsplit(row.source_id).path
        for row in scraped.taken
        if row.image_url != row.source_id
    }
    assert best == {
        "/photos/chelsea.jpg": "/photos/chelsea-902.jpg",
        "/photos/coffee.jpg": "/photos/coffee-1800.jpg",
    }


def test_titles_authors_licences_and_origins_are_read(scraped: Scraped) -> None:
    """Each photo that was taken carries its credit and the page that it comes from."""
    assert {row.title: (row.creator, row.licence) for row in scraped.taken} == CREDITS
    for row in scraped.taken:
        assert row.alt
        assert row.creator in row.attribution
        assert row.landing_url.startswith(("https://flic", "https://www.flic", "https://scikit"))
        assert row.licence_url.startswith("https://creativecommons.org/publicdomain/")


def test_a_second_run_takes_nothing_again(scraped: Scraped) -> None:
    """What was taken is unchanged and keeps its file; no reason for the rest has changed."""
    first = {row.source_id: row for row in scraped.rows}
    assert {row.source_id for row in scraped.again} == set(first)
    assert not [row for row in scraped.again if row.status == "taken"]
    for row in scraped.again:
        if first[row.source_id].status == "taken":
            assert row.status == "unchanged"
            assert row.file == first[row.source_id].file
