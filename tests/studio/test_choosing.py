"""What is clicked on is what the page shows, though the collection has changed meanwhile."""

from dataclasses import fields
from types import SimpleNamespace

import pytest

from flows.stages import scrape_sources
from scraping import FolderSource
from studio.choosing import Choosing
from studio.collection_tab import CollectionTab
from studio.easel import Easel
from studio.paint_tab import PaintTab
from studio.thumbs import Thumbs
from studio.visits import Visits
from tests.studio.conftest import make_order, picture
from tests.studio.test_keeping import painted


def named(kind):
    """A name in place of every component of a tab."""
    return {each.name: each.name for each in fields(kind) if each.default is None}


@pytest.fixture
def page(desk):
    """The tabs over a desk, and one who looks at them."""
    with Visits(grace=0).open() as visits:
        easel = Easel(desk, Thumbs(visits.shelf))
        tab = PaintTab(**named(PaintTab), shares=list("1234"))
        collection = CollectionTab(easel, visits, tab)
        for name in named(type(collection.parts)):
            setattr(collection.parts, name, name)
        choosing = Choosing(tab, easel, visits)
        yield SimpleNamespace(
            easel=easel,
            visits=visits,
            visit=visits.of("ann"),
            tab=tab,
            choosing=choosing,
            collection=collection,
        )


def scraped(workspace, folder, *seeds):
    folder.mkdir()
    for seed in seeds:
        (folder / f"{seed}.png").write_bytes(picture(seed))
    scrape_sources(workspace, [FolderSource(folder)])


def test_a_style_that_came_meanwhile_moves_no_other(page, workspace):
    page.choosing.arrive(page.visit)
    wanted = page.easel.desk.styles()[1].sha256
    (workspace.styles / "aaa.png").write_bytes(picture(9))
    page.choosing.pick_style(page.visit, 1, False)
    assert page.visit.chosen == [wanted]
    page.choosing.pick_style(page.visit, 99, False)
    assert page.visit.chosen == [wanted]


def test_a_broken_style_moves_no_other(page, workspace):
    (workspace.styles / "aaa.png").write_bytes(b"no picture")
    page.choosing.arrive(page.visit)
    page.choosing.pick_style(page.visit, 0, False)
    assert page.easel.chosen(page.visit)[0].name == "flow_field"


def test_a_style_of_ones_own_that_was_saved_is_there_once(page, desk, tmp_path):
    (tmp_path / "own.png").write_bytes(picture(7))
    own = page.easel.add_style(page.visit, "own.png", str(tmp_path / "own.png"))
    order = make_order(desk, "mosaic")
    desk.save(painted(desk, type(order)(**{**order.__dict__, "styles": (own,)})))
    keys = [style.sha256 for style in page.easel.styles(page.visit)]
    assert keys.count(own.sha256) == 1


def test_a_photo_that_came_meanwhile_moves_no_other(page, workspace, tmp_path):
    scraped(workspace, tmp_path / "one", 1, 2)
    page.choosing.arrive(page.visit)
    wanted = page.visit.offered["photos"][1]
    scraped(workspace, tmp_path / "two", 3)
    (shown,) = page.choosing.pick_photo(page.visit, 1).values()
    assert page.easel.thumbs.key_of(shown) == wanted


def test_a_picture_that_came_meanwhile_moves_no_other(page, desk):
    first = desk.save(painted(desk, make_order(desk, "mosaic")))
    page.collection.browse(page.visit, "", "by style")
    desk.save(painted(desk, make_order(desk, "ink_wash")))
    facts = page.collection.look(page.visit, 0)[page.collection.parts.facts]
    assert first.fingerprint in facts


def test_what_came_in_by_the_page_goes_with_it(page, tmp_path):
    """Though nothing was painted of it; what another visit shows stays for that one."""
    theirs = page.visits.of("bob")
    paths = []
    for name in ("a", "b"):
        (page.visits.root / name).mkdir()
        paths.append(page.visits.root / name / "photo.png")
        paths[-1].write_bytes(picture(1))
        page.choosing.took(page.visit, SimpleNamespace(path=str(paths[-1])))
    page.choosing.took(theirs, SimpleNamespace(path=str(paths[1])))
    page.choosing.took(page.visit, None)
    page.visits._end("ann")
    assert [path.is_file() for path in paths] == [False, True]


def test_a_photo_that_is_gone_is_a_sentence(page):
    with pytest.raises(Exception, match="not here any more"):
        page.easel.photo(page.visit, str(page.visits.root / "gone" / "a.png"), "a.png")


def test_a_repainting_that_waits_can_leave_the_line(page):
    """Those after it move up, nothing is painted, and the page can be used again."""
    easel, collection, parts = page.easel, page.collection, page.collection.parts
    easel.lane.begin("somebody")
    collection.begin(page.visit)
    easel.lane.join("bob")
    assert easel.lane.turn("bob").before == 2
    updates = collection.stop(page.visit)
    assert "nothing was painted" in updates[parts.progress]
    assert updates[parts.repaint]["interactive"] is True
    assert easel.lane.turn("bob").before == 1
    assert list(collection.repaint(page.visit, "mosaic", "default", "cifar10")) == []


def test_who_closes_the_page_leaves_no_repainting_in_the_line(page):
    page.collection.begin(page.visit)
    page.easel.leave(page.visit)
    page.easel.lane.join("bob")
    assert page.easel.lane.turn("bob").before == 0
