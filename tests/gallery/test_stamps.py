"""A gallery built again makes only what changed, and trusts nothing that was tampered with."""

from pathlib import Path
from typing import Any

import pytest

from gallery import build
from gallery.stamps import STAMPS, Stamps


def built(studio: Any, out: Path) -> dict[str, int]:
    """Build; the pages with the times of their last writing."""
    build(studio.manifest, studio.root, out)
    return {p.relative_to(out).as_posix(): p.stat().st_mtime_ns for p in out.rglob("*.html")}


def test_a_new_picture_touches_only_its_neighbours(studio: Any, tmp_path: Path) -> None:
    """Other pages are left as they are: not beside it on the wall, and not of its photo."""
    other, _ = studio.put("content", None, 0.55)
    before = built(studio, tmp_path)
    new = studio.paint(other, "mosaic")
    after = built(studio, tmp_path)
    pictures = [name for name in before if name.startswith("pictures/")]
    changed = {name for name in pictures if before[name] != after[name]}
    assert changed == {f"pictures/{studio.rows[-2]['fingerprint']}.html"}, "its neighbour"
    assert f"pictures/{new['fingerprint']}.html" in after
    assert before["index.html"] != after["index.html"]


def test_pages_that_did_not_change_are_not_even_made(tmp_path: Path) -> None:
    """The same matter: the page is not rendered; other matter: it is."""

    def never() -> bytes:
        raise AssertionError("rendered")

    first = Stamps(tmp_path, "a")
    first.page("x.html", ("matter", 1), lambda: b"one")
    first.save()
    again = Stamps(tmp_path, "a")
    again.page("x.html", ("matter", 1), never)
    assert (first.made, again.made) == (1, 0)
    again.page("x.html", ("matter", 2), lambda: b"two")
    assert (tmp_path / "x.html").read_bytes() == b"two"


def test_other_templates_make_every_page_anew(tmp_path: Path) -> None:
    """Stamps of another edition are worth nothing."""
    for edition in ("a", "b"):
        stamps = Stamps(tmp_path, edition)
        stamps.page("x.html", 1, edition.encode)
        stamps.save()
    assert (tmp_path / "x.html").read_bytes() == b"b"


@pytest.mark.parametrize("change", ["missing", "edited", "emptied"])
def test_a_page_that_was_tampered_with_is_made_again(
    change: str, studio: Any, tmp_path: Path
) -> None:
    """Deleted, edited or emptied: after the next build it is what it was."""
    built(studio, tmp_path)
    page = tmp_path / "pictures" / f"{studio.rows[0]['fingerprint']}.html"
    whole = page.read_bytes()
    if change == "missing":
        page.unlink()
    else:
        page.write_bytes(b"" if change == "emptied" else whole.replace(b"Photo", b"Phony"))
    built(studio, tmp_path)
    assert page.read_bytes() == whole


TORN = [b"", b"{", b"[]", b'{"edition": 1}', b'{"pages": []}', b"[" * 100_000, b"\xff\xfe"]


@pytest.mark.parametrize("stamps", [None, *TORN])
def test_lost_or_torn_stamps_cost_time_and_nothing_else(
    stamps: bytes | None, studio: Any, tmp_path: Path
) -> None:
    """Every page is made, none is written, and the stamps are whole again."""
    before = built(studio, tmp_path)
    whole = (tmp_path / STAMPS).read_bytes()
    if stamps is None:
        (tmp_path / STAMPS).unlink()
    else:
        (tmp_path / STAMPS).write_bytes(stamps)
    assert built(studio, tmp_path) == before
    assert (tmp_path / STAMPS).read_bytes() == whole


def test_stamps_with_odd_entries_are_read_past(tmp_path: Path) -> None:
    """An entry that is no stamp counts as none."""
    torn = b'{"edition": "a", "pages": {"x.html": 3, "y.html": [], "z.html": ["d", null]}}'
    (tmp_path / STAMPS).write_bytes(torn)
    stamps = Stamps(tmp_path, "a")
    for name in ("x.html", "y.html", "z.html"):
        stamps.page(name, 1, lambda: b"made")
    assert stamps.made == 3


def test_a_broken_picture_costs_nothing_each_time(studio: Any, tmp_path: Path) -> None:
    """Its page says that the file is missing, and is not written again."""
    (studio.root / str(studio.rows[1]["output"])).write_bytes(b"no picture")
    before = built(studio, tmp_path)
    assert built(studio, tmp_path) == before


def test_a_thumbnail_that_is_gone_is_made_again(studio: Any, tmp_path: Path) -> None:
    """Deleted thumbnails come back with the next build."""
    built(studio, tmp_path)
    names = {path.name for path in (tmp_path / "thumbs").iterdir()}
    for path in (tmp_path / "thumbs").iterdir():
        path.unlink()
    built(studio, tmp_path)
    assert {path.name for path in (tmp_path / "thumbs").iterdir()} == names
