"""The gallery as a whole, read back as HTML from disk."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import gallery
from gallery import GalleryError, build


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_bytes(), "lxml", from_encoding="utf-8")


def pages(out: Path) -> list[Path]:
    return sorted(out.rglob("*.html"))


def matrix(out: Path) -> BeautifulSoup:
    return read(out / "matrix.html")


def local_links(page: Path) -> list[Path]:
    """Every file that a page refers to, as paths on disk."""
    names = [
        str(tag[attribute])
        for attribute in ("src", "href")
        for tag in read(page).find_all(attrs={attribute: True})
    ]
    local = [n for n in names if not urlsplit(n).scheme and not n.startswith("#")]
    return [(page.parent / unquote(name)).resolve() for name in local]


def body_text(path: Path) -> str:
    return " ".join(read(path).get_text(" ").split())


def test_the_matrix_is_a_grid_of_photos_and_styles(studio: Any, tmp_path: Path) -> None:
    """Two photos × two styles: a header for each, and a picture with a text in each cell."""
    index = build(studio.manifest, studio.root, tmp_path / "gallery")
    page = matrix(tmp_path / "gallery")
    assert index == tmp_path / "gallery" / "index.html"
    assert [h.select_one(".name").get_text() for h in page.select("thead th")] == [
        "Ink wash",
        "Mosaic",
    ]
    assert len(page.select("tbody tr")) == 2
    assert len(page.select("td.cell a.hung img[alt]")) == 4
    assert "4 pictures: 2 photos in 2 styles" in body_text(index)


def test_every_link_of_every_page_leads_to_a_file(studio: Any, tmp_path: Path) -> None:
    """Pages work from disk: each relative address exists, and nothing is loaded from outside."""
    build(studio.manifest, studio.root, tmp_path / "a folder #1")
    found = pages(tmp_path / "a folder #1")
    assert len(found) == 4 + 2 + 5
    for page in found:
        assert all(path.is_file() for path in local_links(page)), page
        assert not read(page).select("script:not([src]), iframe, style, [style]")
        for tag in read(page).select("img[src], link[href], script"):
            address = str(tag.get("src") or tag.get("href"))
            assert not address.startswith(("http", "//")), tag


def test_a_picture_s_page_tells_how_it_was_made(studio: Any, tmp_path: Path) -> None:
    """Losses, seconds, size, steps, recipe, weights, licences and sources are on its page."""
    row = studio.rows[0]
    build(studio.manifest, studio.root, tmp_path)
    page = tmp_path / "pictures" / f"{row['fingerprint']}.html"
    text = body_text(page)
    for fact in ("0.25", "0.0123", "1.50e-07", "1 min 05 s", "128 × 96", "default", "cifar10"):
        assert fact in text
    for credit in ("CC0 1.0", "A. Photographer", "MIT", "The house", "[3]"):
        assert credit in text
    assert read(page).select_one('a[href="https://example.org/photos/1"]') is not None
    alts = [img["alt"] for img in read(page).select(".frame img")]
    assert len(alts) == 2
    assert all(alts)


def test_pages_are_walked_with_previous_and_next(studio: Any, tmp_path: Path) -> None:
    """From the first picture, following "next" visits every picture once."""
    index = build(studio.manifest, studio.root, tmp_path)
    first = read(index).select_one(".wall a")["href"]
    page, seen = tmp_path / str(first), []
    while page not in seen:
        seen.append(page)
        following = read(page).select_one("a[rel=next]")
        if following is None:
            break
        page = (page.parent / str(following["href"])).resolve()
    assert len(seen) == 4


def test_building_again_rewrites_nothing(studio: Any, tmp_path: Path) -> None:
    """Pages and thumbnails that did not change are left alone."""
    build(studio.manifest, studio.root, tmp_path / "g")
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "g").rglob("*")}
    build(studio.manifest, studio.root, tmp_path / "g")
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "g").rglob("*")} == before


def test_what_is_gone_from_the_manifest_leaves_the_gallery(studio: Any, tmp_path: Path) -> None:
    """Its page and its thumbnails are deleted; files that are not ours stay."""
    build(studio.manifest, studio.root, tmp_path)
    (tmp_path / "thumbs" / "notes.jpg").write_bytes(b"mine")
    build(studio.manifest.head(1), studio.root, tmp_path)
    assert len(list((tmp_path / "pictures").iterdir())) == 1
    assert len(list((tmp_path / "styles").iterdir())) == 1
    assert len(list((tmp_path / "thumbs").iterdir())) == 3 + 1
    assert (tmp_path / "thumbs" / "notes.jpg").read_bytes() == b"mine"


def test_the_newest_recipe_hangs_in_the_cell(studio: Any, tmp_path: Path) -> None:
    """Of several pictures of a photo in a style the newest is large, the others beneath it."""
    photo = str(studio.rows[0]["content_sha256"])
    newest = studio.paint(photo, "mosaic", preset="bold", created_at="2026-01-01T00:00:00+00:00")
    build(studio.manifest.iloc[::-1], studio.root, tmp_path)
    cell = matrix(tmp_path).select_one(f'a[href="pictures/{newest["fingerprint"]}.html"]').parent
    assert cell.get("class") == ["cell"]
    assert len(cell.select("a.hung")) == 1
    assert cell.select_one(".earlier a")["href"] == f"pictures/{studio.rows[0]['fingerprint']}.html"


def test_failures_are_listed_with_their_error(studio: Any, tmp_path: Path) -> None:
    """A failed row is on a page of its own, to which index and empty cell lead."""
    studio.rows[0] |= {"status": "failed", "error": "The loss became NaN.", "output": ""}
    index = build(studio.manifest, studio.root, tmp_path)
    assert read(index).select_one('.lede a[href="failures.html"]') is not None
    page = read(tmp_path / "failures.html")
    assert page.select_one(".failed .error").get_text() == "The loss became NaN."
    assert matrix(tmp_path).select_one('td.cell .empty a[href="failures.html"]') is not None
    studio.rows[0] |= {"status": "done"}
    build(studio.manifest, studio.root, tmp_path)
    assert not (tmp_path / "failures.html").exists()


def test_hostile_rows_inject_nothing(studio: Any, tmp_path: Path) -> None:
    """Markup and quotes are shown as text, script addresses are no links, paths stay inside."""
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    (tmp_path / "secret.png").write_bytes((studio.root / "styles" / "mosaic.png").read_bytes())
    texts = (
        "title",
        "attribution",
        "licence",
        "style",
        "style_title",
        "error",
        "preset",
        "weights",
    )
    more = ("fingerprint", "recipe", "styles", "created_at", "source", "alt", "command", "flow_run")
    hostile: Any = dict.fromkeys((*texts, *more), evil)
    for link in ("javascript:alert(1)", "https://e.org/\"onclick='x'", "data:text/html,x", evil):
        studio.paint(str(studio.rows[0]["content_sha256"]), "x", **hostile, landing_url=link)
        studio.rows[-1]["output"] = "../secret.png"
    studio.paint("", "x", **hostile, status=evil)
    left = {"image_url": "javascript:alert(1)", "status": evil, "detail": evil}
    report = {"run": evil, "name": evil, "outcome": evil, "errors": [evil], "not_taken": [left]}
    report |= {"hosts": [{"host": evil, "outcomes": {evil: evil}}], "stages": {evil: 1}}
    reports = [
        report,
        report | {"run": "../../../etc/passwd", "name": "\ud800"},
        {},
        {"run": 3, "hosts": 4},
    ]
    meanings = dict.fromkeys(studio.manifest.columns, evil)
    out = tmp_path / "g"
    build(studio.manifest, studio.root, out, title=evil, reports=reports, meanings=meanings)
    assert all(path.is_relative_to(out) for path in tmp_path.rglob("*.html"))
    kinds = {path.parent.name for path in pages(tmp_path / "g")}
    assert kinds == {"g", "pictures", "styles", "runs"}
    for path in pages(tmp_path / "g"):
        page = read(path)
        assert not page.select("script:not([src]), [onerror], [onclick], img[src=x]")
        assert not [a for a in page.select("a[href]") if "script:" in a["href"]]
        assert "secret" not in path.read_text(encoding="utf-8")


def test_rows_without_values_or_files_are_shown(studio: Any, tmp_path: Path) -> None:
    """NaN, None, missing columns and missing files leave gaps, and no "nan" on any page."""
    for column in ("title", "licence", "seconds", "width", "content_loss", "recipe", "styles"):
        studio.rows[0][column] = float("nan")
    studio.rows[1] |= {"output": "stylized/gone.png", "style": None, "content_sha256": "ab" * 32}
    studio.rows.append({"fingerprint": "cd" * 16, "status": "done"})
    (studio.root / "styles" / "mosaic.png").write_bytes(b"no picture")
    build(studio.manifest, studio.root, tmp_path)
    assert len(list((tmp_path / "pictures").iterdir())) == 5
    for page in pages(tmp_path):
        words = body_text(page).lower().split()
        assert not {"nan", "none", "<na>"} & set(words), page
    assert "file missing" in body_text(tmp_path / "index.html")


def test_an_empty_manifest_has_a_page_too(tmp_path: Path) -> None:
    """Without rows, without columns, without a workspace: the page says what to do."""
    index = build(pd.DataFrame(), tmp_path / "nowhere", tmp_path / "g")
    assert "atelier build" in body_text(index)


def test_a_blend_is_a_column_of_its_own(studio: Any, tmp_path: Path) -> None:
    """A picture in two styles shows both style images in the header of its column."""
    both = '[{"name": "mosaic", "weight": 0.5}, {"name": "ink_wash", "weight": 0.5}]'
    studio.paint(str(studio.rows[0]["content_sha256"]), "ink_wash+mosaic", styles=both)
    build(studio.manifest, studio.root, tmp_path)
    page = matrix(tmp_path)
    header = next(h for h in page.select("thead th") if "+" in h.get_text())
    assert len(header.select(".swatch img")) == 2


def test_a_typed_frame_reads_like_a_plain_one(studio: Any, tmp_path: Path) -> None:
    """Nullable dtypes and real timestamps make the same pictures as plain objects."""
    frame = studio.manifest.convert_dtypes()
    frame["created_at"] = pd.to_datetime(frame["created_at"])
    index = build(frame, studio.root, tmp_path)
    assert len(read(index).select(".wall a")) == 4


@pytest.mark.parametrize("place", ["out", "out/thumbs", "out/pictures"])
def test_a_file_in_the_way_is_a_sentence(place: str, studio: Any, tmp_path: Path) -> None:
    """Where a folder cannot be made, the error names the path."""
    blocked = tmp_path / place
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("in the way", encoding="utf-8")
    with pytest.raises(GalleryError, match=rf"{blocked.name} is a file"):
        build(studio.manifest, studio.root, tmp_path / "out")


def test_a_folder_in_the_way_is_a_sentence(studio: Any, tmp_path: Path) -> None:
    """Where a page cannot be replaced, the error names it, and no temporary file stays."""
    (tmp_path / "index.html").mkdir()
    with pytest.raises(GalleryError, match=r"index\.html cannot be written"):
        build(studio.manifest, studio.root, tmp_path)
    assert not list(tmp_path.glob(".*"))


def test_twelve_pictures_take_less_than_three_seconds(studio: Any, tmp_path: Path) -> None:
    """The first build, thumbnails included."""
    for index in range(8):
        photo = studio.rows[0]["content_sha256"]
        studio.paint(photo, "mosaic")
        studio.put("stylized", str(studio.rows[-1]["fingerprint"]), 0.05 * index, side=384)
    start = time.perf_counter()
    build(studio.manifest, studio.root, tmp_path)
    assert time.perf_counter() - start < 3


def test_the_public_names_are_complete() -> None:
    """What the package exports is what its documentation promises."""
    assert sorted(gallery.__all__) == [
        *("Credits", "GalleryError", "Record", "Shared", "Work"),
        *("build", "picture_licence", "read_records", "write_credits"),
    ]
