"""What a dry run finds out before a picture is asked for."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.preview import preview
from flows.stages import Visit
from flows.workspace import Workspace
from scraping import Credit, FetchError, FolderSource, Found
from scraping.found import PageFailure

from .sources_at_hand import NO_DERIVATIVES, SourceAtHand, down, found


class Door:
    """A session that lets nothing be fetched, and refuses addresses under /private/."""

    def __init__(self) -> None:
        self.checked: list[str] = []

    def check(self, url: str, scope: Any) -> None:
        self.checked.append(url)
        if "/private/" in url:
            raise FetchError("robots", f"{url}: the site's robots.txt does not allow it")


def linked(*urls: str, **more: Any) -> Found:
    return Found(urls, page_url="http://a.example/", **more)


@pytest.fixture
def door() -> Any:
    return Door()


def test_photos_with_their_credit(workspace: Workspace, door: Any) -> None:
    """Address, page, title and licence, as the page states them; nothing is written."""
    credit = Credit("Ann", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
    photo = linked("http://a.example/1.jpg", title="Quay", credit=credit)
    before = sorted(workspace.root.rglob("*"))
    (prospect,) = preview(workspace, [SourceAtHand("s", [photo])], door).wanted
    assert (prospect.image_url, prospect.page_url) == (*photo.candidates, "http://a.example/")
    assert (prospect.title, prospect.licence, prospect.creator) == ("Quay", "CC BY 4.0", "Ann")
    assert sorted(workspace.root.rglob("*")) == before


def test_what_is_refused_beforehand_has_its_reason(workspace: Workspace, door: Any) -> None:
    """A licence without derivatives, robots.txt, a page that failed, what is beyond the limit."""
    photos = [
        linked("http://a.example/private/1.jpg"),
        linked("http://a.example/2.jpg", credit=NO_DERIVATIVES),
        linked("http://a.example/3.jpg"),
        linked("http://a.example/4.jpg"),
    ]
    pages = [PageFailure("http://a.example/p2", "opted_out", "The page asks for peace.", 1)]
    found = preview(workspace, [SourceAtHand("s", photos, pages=pages, limit=1)], door)
    assert [photo.image_url[-5:] for photo in found.wanted] == ["3.jpg"]
    assert {photo.image_url.rpartition("/")[2]: photo.reason for photo in found.refused} == {
        "1.jpg": "robots",
        "2.jpg": "licence",
        "4.jpg": "limit",
        "p2": "opted_out",
    }
    assert all(photo.detail for photo in found.refused)
    assert "CC BY-ND 4.0 allows no derivatives" in found.refused[1].detail
    assert "http://a.example/2.jpg" not in door.checked


def test_the_next_size_is_named_where_the_best_is_closed(workspace: Workspace, door: Any) -> None:
    photo = linked("http://a.example/private/big.jpg", "http://a.example/small.jpg")
    (prospect,) = preview(workspace, [SourceAtHand("s", [photo])], door).wanted
    assert prospect.image_url.endswith("small.jpg")


def test_known_photos_are_counted_only(workspace: Workspace, door: Any) -> None:
    """Taken or refused for good by an earlier run; those that are there count for the limit."""
    source = SourceAtHand("s", [found(1), found(2, side=20)])
    Visit(workspace, [source]).go()
    source.photos = [*source.photos, found(3), found(4)]
    source.limit = 2
    seen = preview(workspace, [source], door)
    assert seen.settled == 2
    assert [photo.title for photo in seen.wanted] == ["Photo 3"]
    assert [(photo.title, photo.reason) for photo in seen.refused] == [("Photo 4", "limit")]
    assert door.checked == [], "they lie in their page"


def test_pictures_inside_a_page_go_by_their_key(workspace: Workspace, door: Any) -> None:
    """Not by thousands of characters."""
    photo = replace(found(1), id="")
    (prospect,) = preview(workspace, [SourceAtHand("s", [photo])], door).wanted
    assert prospect.image_url.startswith("data:sha256-")


def test_every_source_is_looked_at_once(workspace: Workspace, door: Any) -> None:
    """Its pages are read once; one that fails is a sentence and stops no other."""
    good, gone = SourceAtHand("good", [found(1)]), down("gone")
    seen = preview(workspace, [gone, good], door)
    assert (good.looks, gone.looks) == (1, 1)
    assert seen.failures == ("gone cannot be read (host_down).",)
    assert len(seen.wanted) == 1


def test_hosts_are_asked_for_their_rules_side_by_side(workspace: Workspace) -> None:
    """A collection's photos lie on many: the first of each host is checked while others wait."""
    together = threading.Barrier(3)
    met: set[str] = set()

    class Slow(Door):
        def check(self, url: str, scope: Any) -> None:
            host = url.split("/")[2]
            if host not in met:
                met.add(host)
                together.wait(10)

    photos = [linked(f"http://{host}.example/{number}.jpg") for number in (1, 2) for host in "abc"]
    seen = preview(workspace, [SourceAtHand("s", photos)], Slow())  # type: ignore[arg-type]
    assert [photo.image_url for photo in seen.wanted] == [photo.candidates[0] for photo in photos]


def test_a_folder_needs_no_network(workspace: Workspace, photos: Path, door: Any) -> None:
    seen = preview(workspace, [FolderSource(photos)], door)
    assert [photo.title for photo in seen.wanted] == ["photo-0", "photo-1", "photo-2"]
    assert door.checked == []


def test_a_fault_of_ours_is_not_hidden(workspace: Workspace, door: Any) -> None:
    with pytest.raises(LookupError):
        preview(workspace, [SourceAtHand("s", errors=[LookupError("a bug")])], door)
