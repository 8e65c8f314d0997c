"""What the desk makes of a picture: a row like any other, and a command for the same pixels."""

import json
import shlex
import threading
from dataclasses import replace

import numpy as np
import pytest

from flows.cli import main
from flows.config import make_collection
from flows.manifest import read_manifest
from flows.order import order as make_flow_order
from flows.stages import preprocess_photos, scrape_sources, stylize_jobs
from flows.survey import survey
from images import Limits, load, read_provenance
from scraping import FolderSource
from studio import Painted
from studio.command import command_for
from studio.easel import Easel
from studio.painting import Moment, paint
from studio.thumbs import Thumbs
from studio.visits import Visits
from tests.studio.conftest import QUICK, make_order, picture


def painted(desk, order, stop=None):
    """The picture of an order, painted by the real engine."""
    painter = desk.painter(order.weights, order.recipe.network)
    *moments, last = paint(order, painter, stop or threading.Event())
    assert all(isinstance(moment, Moment) for moment in moments)
    return last


def pixels_of(path):
    return load(path, Limits(min_side=1)).pixels


def test_a_saved_picture_is_the_one_that_a_build_would_paint(desk, workspace, tmp_path):
    """Same fingerprint, same pixels: `atelier plan` for it has nothing left to do."""
    order = make_order(desk, "mosaic")
    saved = desk.save(painted(desk, order))
    assert saved.new

    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "my photo.png").write_bytes(order.photo.data)
    given = {
        "workspace": str(workspace.root),
        "styles": ["mosaic"],
        "sources": [{"folder": str(tmp_path / "photos")}],
        "recipe": {"weights": "cifar10", **QUICK},
    }
    config = make_collection(given, tmp_path)
    sources = [entry.source() for entry in config.sources]
    scrape_sources(workspace, sources)
    what = make_flow_order(workspace, config.recipe, config.styles, config.base)
    found = survey(what, sources)
    assert (found.plan.done, len(found.plan.jobs)) == (1, 0)

    kept = pixels_of(workspace.stylized / f"{saved.fingerprint}.png")
    contents = preprocess_photos(workspace, workspace.content_photos(), what.recipe)
    other = replace(what, selection=replace(what.selection, force=True))
    (job,) = other.plan(contents).jobs
    stylize_jobs(workspace, [job], what.weights, "again")
    again = pixels_of(workspace.stylized / f"{saved.fingerprint}.png")
    assert np.abs(kept - again).max() <= 1.01 / 255


def test_a_saved_picture_has_its_photo_its_row_and_its_run(desk, workspace):
    order = make_order(desk, "mosaic")
    saved = desk.save(painted(desk, order))
    (row,) = read_manifest(workspace.manifest_csv).to_dict("records")
    assert row["fingerprint"] == saved.fingerprint
    assert (row["status"], row["style"], row["title"]) == ("done", "mosaic", "my photo")
    assert (workspace.root / row["content"]).read_bytes() == order.photo.data
    (photo,) = workspace.content_photos()
    assert (photo.source, photo.sha256) == ("studio", order.photo.sha256)
    assert (workspace.prepared / f"{order.photo.sha256}-64.png").is_file()
    inside = read_provenance((workspace.root / row["output"]).read_bytes())
    assert json.loads(inside["atelier"])["fingerprint"] == saved.fingerprint
    (report,) = desk.reports()
    assert (report["run"], report["name"], report["done"]) == (row["flow_run"], "studio", 1)


def test_saving_twice_says_that_it_is_there(desk, workspace):
    made = painted(desk, make_order(desk, "mosaic"))
    assert desk.save(made).new
    again = desk.save(made)
    assert not again.new
    assert "already" in again.sentence
    assert len(read_manifest(workspace.manifest_csv)) == 1


def test_a_blend_is_a_row_that_names_its_styles(desk, workspace):
    """As the manifest's columns say: names joined by +, the shares in `styles`."""
    made = painted(desk, make_order(desk, "mosaic", "ink_wash"))
    desk.save(made)
    (row,) = read_manifest(workspace.manifest_csv).to_dict("records")
    assert row["style"] == "mosaic+ink_wash"
    shares = {part["name"]: part["weight"] for part in json.loads(row["styles"])}
    assert shares == {"mosaic": pytest.approx(2 / 3), "ink_wash": pytest.approx(1 / 3)}
    assert not desk.save(made).new


def test_a_style_of_ones_own_joins_the_workspace(desk, workspace):
    from studio.order import make_style

    own = make_style("waves.png", picture(7))
    order = replace(make_order(desk, "mosaic"), styles=(own,))
    desk.save(painted(desk, order))
    assert own.sha256 in {style.sha256 for style in workspace.style_files()}


@pytest.mark.parametrize("names", [("mosaic",), ("mosaic", "ink_wash")], ids="+".join)
def test_the_command_paints_the_same_pixels(desk, tmp_path, monkeypatch, names):
    """What the page shows to copy, run in a shell where the photo lies."""
    monkeypatch.chdir(tmp_path)
    order = make_order(desk, *names, gamma=0.5, steps=[3, 2], colours="luma")
    here = painted(desk, order)
    (tmp_path / order.photo.name).write_bytes(order.photo.data)
    program, *arguments = shlex.split(command_for(order, desk.workspace))
    assert program == "atelier"
    assert main(arguments) == 0
    made = pixels_of(tmp_path / arguments[arguments.index("-o") + 1])
    assert np.abs(made - here.result.image).max() <= 1.01 / 255


def test_a_stopped_picture_is_kept_for_the_page_and_not_for_the_collection(desk, workspace):
    """It has the picture's shape, but is not what its fingerprint would name."""
    stop = threading.Event()
    order = make_order(desk, "mosaic", steps=[40, 40])
    painter = desk.painter(order.weights, order.recipe.network)
    made = None
    for news in paint(order, painter, stop):
        stop.set()
        made = news
    assert isinstance(made, Painted)
    assert 0 < made.stopped < 80
    assert made.result.image.shape == (48, 64, 3)
    assert np.isfinite(made.result.image).all()
    row = json.loads(desk.provenance(made)["atelier"])
    assert (row["status"], row["fingerprint"]) == ("stopped", "")
    with pytest.raises(Exception, match="stopped on its way"):
        desk.save(made)
    assert len(read_manifest(workspace.manifest_csv)) == 0


def test_numbers_that_are_not_finite_are_a_sentence(desk):
    from types import SimpleNamespace

    from studio import StudioError

    order = make_order(desk, "mosaic")
    broken = SimpleNamespace(
        stylize=lambda *given, **more: SimpleNamespace(outcome="stopped_non_finite")
    )
    with pytest.raises(StudioError, match="learning rate"):
        list(paint(order, broken, threading.Event()))


def test_one_style_is_repainted_over_all_photos(desk, workspace, tmp_path):
    """As `atelier restyle` does: a run with its report, and nothing twice."""
    (tmp_path / "photos").mkdir()
    for number in range(2):
        (tmp_path / "photos" / f"{number}.png").write_bytes(picture(number))
    scrape_sources(workspace, [FolderSource(tmp_path / "photos")])
    told = []
    for _ in range(2):
        desk.repaint("mosaic", "default", QUICK, "cifar10", told.append, threading.Event())
    rows = read_manifest(workspace.manifest_csv)
    assert list(rows["style"]) == ["mosaic", "mosaic"]
    last, first = desk.reports()
    assert (first["name"], first["done"], last["done"], last["existed"]) == (
        "restyle mosaic",
        2,
        0,
        2,
    )
    assert next(each.sentence for each in told if each.sentence).startswith("2 painted")
    page = workspace.gallery / "runs" / f"{last['run']}.html"
    assert "under way" not in page.read_text(), "the gallery says that it has ended"


def test_a_repainting_stops_after_the_picture_at_hand(desk, workspace, tmp_path):
    (tmp_path / "photos").mkdir()
    for number in range(3):
        (tmp_path / "photos" / f"{number}.png").write_bytes(picture(number))
    scrape_sources(workspace, [FolderSource(tmp_path / "photos")])
    stop = threading.Event()
    desk.repaint(
        "mosaic", "default", QUICK, "cifar10", lambda told: stop.set() if told.done else None, stop
    )
    assert len(read_manifest(workspace.manifest_csv)) == 1


def test_the_shelf_filters_and_sorts(desk):
    for name in ("mosaic", "ink_wash"):
        desk.save(painted(desk, make_order(desk, name)))
    assert desk.pictures("", "by style", 0, 10).total == 2
    (only,) = desk.pictures("style = mosaic", "newest first", 0, 10).pictures
    assert only.caption == "my photo × mosaic"
    assert pixels_of(only.path).shape == (48, 64, 3)
    assert [each.caption[-6:] for each in desk.pictures("", "by style", 1, 1).pictures] == [
        "mosaic"
    ]
    with pytest.raises(Exception, match="no column"):
        desk.pictures("stile = mosaic", "newest first", 0, 10)


def test_what_was_used_last_comes_first(workspace):
    """Without the published weights the shipped ones paint, and a note says so."""
    from flows.desk import StudioDesk

    choice = StudioDesk(workspace).weights()
    assert choice.first in choice.names
    assert ("imagenet" in choice.names) == (not choice.note)


def test_an_example_is_credited(desk, workspace):
    """A new workspace has no photo, so one with a free licence is offered."""
    known = desk.photos()[-1]
    made = painted(desk, make_order(desk, "mosaic", data=known.path.read_bytes()))
    desk.save(made)
    (row,) = read_manifest(workspace.manifest_csv).to_dict("records")
    assert (row["creator"], row["licence"]) == ("Stéfan van der Walt", "CC0 1.0")


def test_a_picture_of_the_history_is_saved_from_its_file(desk, workspace, tmp_path):
    """The memory holds no pixels of it; what is saved is what the page shows."""
    with Visits(grace=0).open() as visits:
        visit = visits.of("ann")
        easel = Easel(desk, Thumbs(visits.shelf))
        ticket = easel.join(visit, make_order(desk, "mosaic"))
        *_, made = easel.paint(visit, ticket)
        assert made.painted().result.image.shape[:2] == made.shape
        saved = desk.save(made.painted())
        kept = workspace.stylized / f"{saved.fingerprint}.png"
        assert np.array_equal(pixels_of(kept), pixels_of(made.picture))
