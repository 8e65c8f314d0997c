"""The credits, as a page and as a file."""

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from gallery import GalleryError, build, write_credits

BY_SA = "https://creativecommons.org/licenses/by-sa/2.0/"
SHARED = {
    "title": "Harbour",
    "creator": "Ann",
    "licence": "CC BY-SA 2.0",
    "licence_url": BY_SA,
    "landing_url": "https://photos.test/1",
}


def paint(studio: Any, **changes: object) -> None:
    """Add a picture of another photo."""
    sha256, _ = studio.put("content", None, 0.5 + 0.01 * len(studio.rows))
    studio.paint(sha256, "mosaic", **changes)


def page(studio: Any, out: Path) -> BeautifulSoup:
    build(studio.manifest, studio.root, out, title="Boats")
    return BeautifulSoup((out / "credits.html").read_bytes(), "lxml", from_encoding="utf-8")


def text(studio: Any, tmp_path: Path) -> str:
    write_credits(studio.manifest, tmp_path / "CREDITS.md", title="Boats")
    return (tmp_path / "CREDITS.md").read_text(encoding="utf-8")


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def test_every_photo_and_style_is_named_once(studio: Any, tmp_path: Path) -> None:
    """Title with its source, maker, licence with its text, and in how many pictures it is."""
    paint(studio, **SHARED, style_title="Tiles", style_creator="Bo", style_licence="CC0-1.0")
    soup = page(studio, tmp_path / "gallery")
    photos = soup.select_one("#photos").find_parent("section")
    assert len(photos.select("li")) == 3
    harbour = next(item for item in photos.select("li") if "Harbour" in item.get_text())
    links = [link["href"] for link in harbour.select("a")]
    assert links == ["https://photos.test/1", BY_SA]
    assert "Ann" in harbour.get_text()
    assert "1 picture" in harbour.get_text()
    styles = soup.select_one("#styles").find_parent("section")
    assert len(styles.select("li")) == 2
    assert "Tiles" in words(styles)
    assert "3 pictures" in words(styles)
    assert "Bo" in words(styles)
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in str(styles)


def test_the_file_says_what_the_page_says(studio: Any, tmp_path: Path) -> None:
    """In Markdown, with the pictures as paths of the workspace."""
    paint(studio, **SHARED)
    said = text(studio, tmp_path)
    row = f"| [Harbour](https://photos.test/1) | Ann | [CC BY\\-SA 2.0]({BY_SA}) | 1 |"
    assert row in said.splitlines()
    assert said.startswith("# Credits of Boats\n\n5 pictures were painted from these works.\n")
    output = studio.rows[-1]["output"]
    assert f"### To be shared under [CC BY\\-SA 2.0]({BY_SA})" in said
    assert f"- [Harbour × Mosaic]({output})" in said
    assert [line for line in said.splitlines() if line.startswith("## ")] == [
        "## What the licences ask for",
        "## Photos",
        "## Styles",
    ]


def test_share_alike_is_said_in_words(studio: Any, tmp_path: Path) -> None:
    """What it means, and which pictures it holds for; a page of such a picture says so too."""
    paint(studio, **SHARED)
    soup = page(studio, tmp_path / "gallery")
    assert "Share alike: a picture made of a share-alike work is an adaptation" in words(soup)
    (link,) = soup.select(".shared a")
    picture = tmp_path / "gallery" / str(link["href"])
    assert picture.is_file()
    assert "Share under CC BY-SA 2.0" in words(BeautifulSoup(picture.read_bytes(), "lxml"))


def test_nothing_is_asked_where_nothing_is_owed(studio: Any, tmp_path: Path) -> None:
    """Public domain and known licences: no duties, no unknown works."""
    soup = page(studio, tmp_path / "gallery")
    assert soup.select(".duties li") == []
    assert soup.select_one("#unknown") is None
    assert "Share under" not in words(soup)


def test_licences_that_disagree(studio: Any, tmp_path: Path) -> None:
    """One picture cannot bear both: the page says whom to ask."""
    paint(studio, **SHARED, style_licence="CC BY-NC-SA 4.0")
    soup = page(studio, tmp_path / "gallery")
    said = words(soup)
    assert "To be shared under CC BY-SA 2.0 and CC BY-NC-SA 4.0" in said
    assert "one picture cannot bear both" in said
    assert "may not be used commercially" in said
    assert soup.select("h2 a") == []
    assert "CC BY\\-SA 2.0 and CC BY\\-NC\\-SA 4.0" in text(studio, tmp_path)


def test_works_without_a_licence_are_listed_as_such(studio: Any, tmp_path: Path) -> None:
    """Apart from the others, with what to do before publishing."""
    paint(studio, title="Found", licence="", attribution="", style_licence="")
    paint(studio, title="Found too", licence="", attribution="by Cy")
    soup = page(studio, tmp_path / "gallery")
    unknown = soup.select_one("#unknown").find_parent("section")
    assert [item.select_one(".work").get_text() for item in unknown.select("li")] == [
        "Found",
        "Found too",
    ]
    assert "Cy" in words(unknown)
    assert "of 2 works no licence is known" in words(soup)
    assert "| [Found too](https://example.org/photos/1) | Cy | unknown | 1 |" in text(
        studio, tmp_path
    )


def test_rows_of_before_have_credits_too(studio: Any, tmp_path: Path) -> None:
    """Maker from the credit line, the licence's text and share-alike from its name."""
    paint(studio, title="Cat", licence="CC BY-SA 4.0", attribution="“Cat” by Bo (CC BY-SA 4.0)")
    said = text(studio, tmp_path)
    link = "https://creativecommons.org/licenses/by-sa/4.0/"
    assert f"| Bo | [CC BY\\-SA 4.0]({link}) |" in said
    assert f"### To be shared under [CC BY\\-SA 4.0]({link})" in said


def test_failed_pictures_need_no_credit(studio: Any, tmp_path: Path) -> None:
    """Only what hangs is credited."""
    paint(studio, **SHARED, status="failed", output="")
    assert "Harbour" not in text(studio, tmp_path)


HOSTILE = [
    "<script>alert(1)</script>",
    "](javascript:alert(1)) [x",
    "a | b | c",
    "# heading\n\n- item",
    "**bold** `code` _it_",
    "![](https://evil.test/x.png)",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_records_say_stays_text(studio: Any, tmp_path: Path, evil: str) -> None:
    """Neither page nor file runs, links or breaks by a title, a maker or an address."""
    paint(
        studio,
        title=evil,
        creator=evil,
        licence=evil,
        licence_url="javascript:alert(1)",
        landing_url="javascript:alert(2)",
        style_title=evil,
        style_landing_url='https://x.test/"onload="x',
    )
    soup = page(studio, tmp_path / "gallery")
    assert [tag.get("src") for tag in soup.find_all(["script", "img", "b"])] == ["gallery.js"]
    assert not any("javascript" in str(link["href"]) for link in soup.find_all("a"))
    assert evil.split()[0] in soup.get_text()
    said = text(studio, tmp_path)
    lines = said.splitlines()
    assert "<" not in said
    assert not re.search(r"(?<!\\)\]\((?!https?:|stylized/)", said)
    rows = [re.split(r"(?<!\\)\|", line) for line in lines if line.startswith("| ")]
    assert {len(cells) for cells in rows} == {6}
    assert "# heading" not in lines
    assert not any(line.startswith("- item") for line in lines)


def test_an_address_with_brackets_is_one_link(studio: Any, tmp_path: Path) -> None:
    paint(studio, **SHARED | {"landing_url": "https://photos.test/a_(b)"})
    assert "[Harbour](https://photos.test/a_%28b%29)" in text(studio, tmp_path)


def test_an_empty_manifest(studio: Any, tmp_path: Path) -> None:
    studio.rows = studio.rows[:0]
    assert "No picture is painted yet" in words(page(studio, tmp_path / "gallery"))
    assert text(studio, tmp_path) == "# Credits of Boats\n\nNo picture is painted yet.\n"


def test_the_index_leads_to_the_credits(studio: Any, tmp_path: Path) -> None:
    build(studio.manifest, studio.root, tmp_path)
    index = BeautifulSoup((tmp_path / "index.html").read_bytes(), "lxml")
    assert index.select_one('footer a[href="credits.html"]') is not None


def test_a_place_that_cannot_be_written(studio: Any, tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match="cannot be written"):
        write_credits(studio.manifest, tmp_path / "none" / "CREDITS.md")
