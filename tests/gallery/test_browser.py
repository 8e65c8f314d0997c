"""The wall and the matrix in a real browser, opened from the disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from gallery import build
from tests.gallery.conftest import Studio

Visit = Callable[..., Any]


def titles(page: Any) -> list[str]:
    return page.locator("#shown .wall .name").all_inner_texts()


def notes(page: Any) -> list[str]:
    found = page.locator("#shown .wall .note").all_inner_texts()
    return [note.replace("\u00a0", " ") for note in found]


def count(page: Any) -> str:
    return page.locator("#count").inner_text()


def test_the_wall_opens_with_the_newest_pictures(hall: Path, visit: Visit) -> None:
    """What stands in the HTML stays until something is asked for."""
    page = visit(hall / "index.html")
    assert page.locator("#filters").is_visible()
    assert len(titles(page)) == 200
    assert titles(page)[0] == "Harbour no. 39"
    assert count(page) == ""
    assert page.locator("#clear").is_disabled()


def test_a_filter_covers_the_whole_collection(hall: Path, visit: Visit) -> None:
    """Also what lies on other pages; each filter narrows, and clearing brings all back."""
    page = visit(hall / "index.html")
    page.get_by_label("Style", exact=True).select_option("Mosaic")
    assert len(titles(page)) == 40
    assert count(page) == "40 of 239 pictures"
    assert all(note.startswith("Mosaic · ") for note in notes(page))
    page.get_by_label("Source").select_option("old album")
    assert len(titles(page)) == 10
    page.get_by_label("Preset").select_option("bold")
    assert page.get_by_text("Nothing matches all of this.").is_visible()
    page.get_by_role("button", name="Show everything").click()
    expect(page.locator("#shown .wall li")).to_have_count(200)
    assert page.evaluate("document.activeElement.id") == "q", "the focus is not lost"


def test_search_looks_into_titles_and_style_names(hall: Path, visit: Visit) -> None:
    """Every word counts, in whatever case."""
    page = visit(hall / "index.html")
    page.get_by_label("Search in titles").fill("no. 21 HARBOUR")
    assert set(titles(page)) == {"Harbour no. 21"}
    assert len(titles(page)) == 6
    page.get_by_label("Search in titles").press_sequentially(" chalk")
    assert len(titles(page)) == 1
    page.locator("#clear").click()
    expect(page.locator("#shown .wall li")).to_have_count(200)


@pytest.mark.parametrize(
    ("order", "column", "reverse"),
    [
        ("oldest", 11, False),
        ("loss", 9, False),
        ("-loss", 9, True),
        ("time", 10, False),
        ("-time", 10, True),
    ],
)
def test_the_order_is_that_of_the_whole_collection(
    order: str, column: int, reverse: bool, hall: Path, visit: Visit
) -> None:
    """By date, loss and time; a page of what was found holds 120, the next the rest."""
    page = visit(hall / "index.html")
    page.get_by_label("Order").select_option(order)
    pictures = [p for p in page.evaluate("window.atelier.pictures") if len(p) < 13]
    expected = [p[0] for p in sorted(pictures, key=lambda p: p[column], reverse=reverse)]

    def hung() -> list[str]:
        links = page.eval_on_selector_all("#shown .wall a", "all => all.map(a => a.href)")
        return [str(link).rpartition("/")[2].removesuffix(".html") for link in links]

    first = hung()
    page.get_by_role("button", name="Next page").click()
    assert page.get_by_text("Page 2 of 2").is_visible()
    assert first + hung() == expected


def test_failures_are_found_by_their_status(hall: Path, visit: Visit) -> None:
    """With the reason, and no link to a page that is not there."""
    page = visit(hall / "index.html")
    page.get_by_label("Status").select_option("failed")
    assert titles(page) == ["Harbour no. 3"]
    assert page.locator("#shown .error").inner_text() == "The loss became NaN."
    assert page.locator("#shown .wall a").count() == 0


def test_what_is_asked_for_goes_along_to_the_matrix(hall: Path, visit: Visit) -> None:
    """Wall and matrix show the same choice, which stands in the address and can be kept."""
    page = visit(hall / "index.html")
    page.get_by_label("Style", exact=True).select_option("Waves")
    page.get_by_label("Source").select_option("old album")
    page.get_by_role("link", name="Matrix").click()
    page.wait_for_selector("table.grid")
    assert page.locator("thead th").count() == 1
    assert page.locator("tbody tr").count() == 10
    assert page.locator("td.cell a.hung").count() == 10
    address = page.url
    assert address.endswith("#style=Waves&source=old+album")
    page.get_by_role("link", name="Wall").click()
    page.wait_for_selector("#shown .wall")
    assert len(titles(page)) == 10
    again = visit(hall / "matrix.html", "#" + address.partition("#")[2])
    assert again.locator("tbody tr").count() == 10
    assert again.get_by_label("Style", exact=True).input_value() == "Waves"


def test_a_filtered_matrix_tells_what_the_whole_one_tells(
    hall: Path, studio: Studio, visit: Visit
) -> None:
    """What could not be painted, and the other versions of a picture."""
    page = visit(hall / "matrix.html", "#q=harbour+no.+3&source=harbour+walk")
    row = page.locator("tbody tr").filter(has=page.get_by_text("Harbour no. 3", exact=True))
    assert row.locator("td.cell").first.inner_text() == "could not be painted"
    assert row.locator("td.cell a.hung").count() == 5

    photo = str(studio.rows[0]["content_sha256"])
    studio.paint(photo, "mosaic", preset="bold")
    newest = studio.paint(photo, "mosaic", preset="fine")
    whole = build(studio.manifest, studio.root, studio.root / "gallery").with_name("matrix.html")
    told = []
    for anchor in ("", "#style=Mosaic"):
        page = visit(whole, anchor)
        cell = page.locator("td.cell").filter(has=page.locator(".earlier"))
        assert str(newest["fingerprint"]) in str(cell.locator("a.hung").get_attribute("href"))
        links = cell.locator(".earlier a").all()
        told.append([(link.get_attribute("href"), link.get_attribute("title")) for link in links])
    assert told[0] == told[1]
    assert [str(title).split()[0] for _, title in told[0]] == ["bold", "default"]


UNCOVERED = """e => {
    const at = e.getBoundingClientRect();
    const head = document.querySelector("th.style").getBoundingClientRect();
    const side = e.closest("tr").querySelector("th").getBoundingClientRect();
    return at.top >= head.bottom - 1 && at.left >= side.right - 1;
}"""


def test_names_stay_beside_the_cells_and_cover_none(hall: Path, visit: Visit) -> None:
    """However far the matrix is scrolled, and wherever the keys lead in it."""
    page = visit(hall / "matrix.html", viewport={"width": 700, "height": 800})
    page.locator(".scroll").evaluate("e => e.scrollTo(300, 900)")
    top = page.locator(".scroll").bounding_box()["y"]
    assert page.locator("th.style").first.bounding_box()["y"] == pytest.approx(top, abs=1)
    assert page.locator(".corner").bounding_box()["y"] == pytest.approx(top, abs=1)
    page.locator("td.cell a").nth(40).focus()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        assert page.locator("td.cell a:focus").evaluate(UNCOVERED)


def test_an_address_that_asks_for_nonsense_is_read_as_nothing(hall: Path, visit: Visit) -> None:
    """Styles that are not there, pages far away, broken escapes."""
    page = visit(hall / "index.html", "#style=Nobody&page=-4&sort=%ZZ&x=y")
    assert len(titles(page)) == 200
    page = visit(hall / "index.html", "#style=Waves&page=99999")
    assert len(titles(page)) == 40


def test_texts_of_strangers_stay_text(hall: Path, visit: Visit) -> None:
    """A title that is markup is shown as it was written, and loads nothing."""
    page = visit(hall / "index.html")
    page.get_by_label("Search in titles").fill("onerror")
    assert set(titles(page)) == {"<img src=x onerror=alert(1)>"}
    assert page.locator("img[src=x]").count() == 0


def test_every_picture_has_a_text_also_where_a_script_hung_it(hall: Path, visit: Visit) -> None:
    """The photo's own words, and the style."""
    page = visit(hall / "index.html")
    page.get_by_label("Search in titles").fill("no. 21 mosaic")
    alt = page.locator("#shown img").get_attribute("alt")
    assert alt == "Boats, seen 21 times, painted in the style Mosaic"


def test_keys_lead_from_the_skip_link_to_the_pictures(hall: Path, visit: Visit) -> None:
    """Tab goes through bar, filters and pictures in the order in which they stand, visibly."""
    page = visit(hall / "index.html")
    seen = []
    for _ in range(16):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(e => e.id || e.textContent.trim().split('\\n')[0])(document.activeElement)"
            )
        )
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", seen
    bar = ["Skip to the content", "Atelier", "Wall", "Matrix", "Styles", "Runs", "Credits"]
    fields = ["theme", "failed", "q", "style", "preset", "source", "status", "sort"]
    assert seen[:7] == bar
    assert [name if "could not" not in name else "failed" for name in seen[7:15]] == fields
    assert seen[15].startswith("Harbour no. 39")
    page.keyboard.press("Enter")
    page.wait_for_selector("#compare")


def test_the_skip_link_leads_past_the_bar(hall: Path, visit: Visit) -> None:
    """After it the next stop is in the content."""
    page = visit(hall / "styles.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_pages_have_landmarks_names_and_one_heading(hall: Path) -> None:
    """For screen readers: header, nav, main; one h1; every control has a name."""
    for path in [*sorted(hall.rglob("*.html"))[::9], hall / "index.html", hall / "matrix.html"]:
        page = BeautifulSoup(path.read_bytes(), "lxml")
        assert page.html is not None
        assert page.html["lang"] == "en"
        assert len(page.select("main")) == len(page.select("h1")) == 1, path
        assert all(nav.get("aria-label") for nav in page.select("nav")), path
        assert all(image.has_attr("alt") for image in page.select("img")), path
        for field in page.select("input, select"):
            assert field.get("aria-label") or page.select(f"label[for={field['id']}]"), field
        ids = [tag["id"] for tag in page.select("[id]")]
        assert len(ids) == len(set(ids)), path
