"""The pages around the pictures: walls over several pages, styles, runs."""

from pathlib import Path
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from gallery import build

RUN = "20250301-100000-abcdef"


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_bytes(), "lxml", from_encoding="utf-8")


def words(path: Path) -> str:
    return " ".join(read(path).get_text(" ").split())


def test_no_page_of_a_wall_is_large_whatever_strangers_write(studio: Any, tmp_path: Path) -> None:
    """250 pictures with titles as long as books: below a megabyte a page, and all are reached."""
    row = studio.rows[0]
    long = {"title": "<" * 50_000, "alt": "&" * 50_000, "style_title": '"' * 50_000}
    rows = [row | long | {"fingerprint": f"{number:032x}"} for number in range(250)]
    build(pd.DataFrame(rows), studio.root, tmp_path)
    walls = [tmp_path / "index.html", tmp_path / "wall-2.html", tmp_path / "matrix.html"]
    assert all(path.stat().st_size < 1_000_000 for path in walls)
    assert [len(read(path).select(".wall li")) for path in walls[:2]] == [200, 50]
    assert (tmp_path / "data.js").stat().st_size < 100_000


def test_pages_of_a_wall_that_has_shrunk_are_gone(studio: Any, tmp_path: Path) -> None:
    """No page is left that nothing leads to; what others put there stays."""
    rows = [studio.rows[0] | {"fingerprint": f"{number:032x}"} for number in range(201)]
    build(pd.DataFrame(rows), studio.root, tmp_path)
    (tmp_path / "notes.html").write_text("mine", encoding="utf-8")
    assert (tmp_path / "wall-2.html").exists()
    build(pd.DataFrame(rows[:200]), studio.root, tmp_path)
    assert not (tmp_path / "wall-2.html").exists()
    assert (tmp_path / "notes.html").exists()


def test_a_matrix_of_many_styles_is_cut_into_pages(studio: Any, tmp_path: Path) -> None:
    """Twenty styles a page at most, so that no page is wider than anyone would scroll."""
    rows = [
        studio.rows[0] | {"fingerprint": f"{number:032x}", "style": f"style {number:02d}"}
        for number in range(45)
    ]
    build(pd.DataFrame(rows), studio.root, tmp_path)
    pages = [tmp_path / f"matrix{end}.html" for end in ("", "-2", "-3")]
    assert [len(read(page).select("thead th")) for page in pages] == [20, 20, 5]
    assert sum(len(read(page).select("a.hung")) for page in pages) == 45


def test_a_style_has_a_page_with_its_figures(studio: Any, tmp_path: Path) -> None:
    """How many pictures, their loss and time in the mean, and the pictures."""
    for number, row in enumerate(studio.rows):
        row |= {"total_loss": 0.25 * (number + 1), "seconds": 10.0 * (number + 1)}
    build(studio.manifest, studio.root, tmp_path)
    links = read(tmp_path / "styles.html").select(".palette a")
    (link,) = [link for link in links if "Mosaic" in link.get_text()]
    page = tmp_path / str(link["href"])
    text = words(page)
    assert "Pictures 2" in text
    assert "Loss, in the mean 0.5" in text
    assert "Time, in the mean 20 s" in text
    assert len(read(page).select(".wall li")) == 2


def test_a_run_tells_what_failed_and_why(studio: Any, tmp_path: Path) -> None:
    """Its errors, the photos it did not take, its failed rows; and each picture leads to it."""
    for row in studio.rows:
        row["flow_run"] = RUN
    studio.rows[0] |= {"status": "failed", "error": "No memory for 4096 px.", "output": ""}
    left = [
        {"image_url": f"https://e.org/{n}.jpg", "status": "too_small", "detail": "16 pixels"}
        for n in range(600)
    ]
    report = {
        "run": RUN,
        "name": "harbour",
        "outcome": "partial",
        "done": 3,
        "failed": 1,
        "started_at": "2025-03-01T10:00:00+00:00",
        "seconds": 90.5,
        "not_taken": left,
        "errors": ["The source e.org did not answer."],
        "stages": {"scrape": 1.5},
    }
    build(studio.manifest, studio.root, tmp_path, reports=[report])
    page = tmp_path / "runs" / f"{RUN}.html"
    text = words(page)
    for said in ("some failed", "1 min 30 s", "The source e.org did not answer.", "scrape 1.5 s"):
        assert said in text
    assert "No memory for 4096 px." in text
    assert "Too small https://e.org/0.jpg 16 pixels" in text
    assert "and 100 more" in text
    assert len(read(page).select(".wall li")) == 3
    assert read(tmp_path / "runs.html").select_one(f'a[href="runs/{RUN}.html"]') is not None
    picture = read(tmp_path / "pictures" / f"{studio.rows[1]['fingerprint']}.html")
    assert picture.select_one(f'a[href="../runs/{RUN}.html"]') is not None


def test_empty_pages_say_what_fills_them(tmp_path: Path) -> None:
    """No picture, no style, no run: each page names the command."""
    build(pd.DataFrame(), tmp_path / "nowhere", tmp_path)
    for name in ("index", "matrix", "styles", "runs"):
        assert "atelier" in str(read(tmp_path / f"{name}.html").select_one(".welcome code"))


def test_a_picture_s_page_explains_every_field_and_repaints(studio: Any, tmp_path: Path) -> None:
    """Every column that is not empty, with its meaning; the command is text, whatever is in it."""
    row = studio.rows[0] | {"command": "atelier restyle 'a & <b>'", "alt": "A red boat"}
    meanings = {"tv_loss": "total variation loss at the end"}
    build(pd.DataFrame([row]), studio.root, tmp_path, meanings=meanings)
    page = read(tmp_path / "pictures" / f"{row['fingerprint']}.html")
    heads = page.select("details")[-1].select("dt")
    names = [str(head.find(string=True)).strip() for head in heads]
    shown = {name for name, value in row.items() if value not in ("", None)}
    assert set(names) == shown - {"command", "alt"}
    assert "total variation loss at the end" in page.get_text()
    command = page.select_one("#command")
    assert command is not None
    assert command.get_text() == row["command"]
    assert str(page.select_one(".before img")["alt"]) == "The photo: A red boat"  # type: ignore[index]
