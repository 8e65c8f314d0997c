"""Row 60 of the hostile-input catalogue in photos.csv: words of the web, and two writers."""

from __future__ import annotations

import csv
import threading
from pathlib import Path

import responses

from flows.photos import read_photos, save_photos
from scraping import Photo
from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.web import BAD, Answer, Web


def scraped_alt(alt: str, folder: Path) -> Photo:
    """The row of a photo whose page says `alt` about it, in HTML."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        net = Web(mock, folder)
        net.has(BAD, Answer(photo(1)))
        net.page(f'<img src="{BAD}" alt="{alt}">')
        return net.scrape().row


@catalogued(
    Row(60, "R", "alt text with a newline", "taken", ("a\nboat,\r\n at sea", "a boat, at sea")),
    Row(60, "R", "alt text =cmd()", "taken", ("=cmd()|' /C calc'!A0",) * 2, "neutralised"),
    Row(60, "R", "alt text @SUM(A1)", "taken", ("@SUM(A1)",) * 2, "neutralised"),
    Row(60, "R", "alt text +1-1", "taken", ("+1-1",) * 2, "neutralised"),
    Row(
        60,
        "R",
        "alt text with quotes and commas",
        "taken",
        ("&quot;a&quot;, b", '"a", b'),
        "quoted",
    ),
    Row(60, "R", "alt text with NUL", "taken", ("a\0b&#0;c&#xD800;d", "")),
)
def test_words_of_the_web(row: Row, tmp_path: Path) -> None:
    """One line a photo, no cell that a spreadsheet would run; read back it is as it was."""
    said, kept = row.setup
    found = scraped_alt(said, tmp_path)
    assert found.status == row.expected
    assert found.alt == kept or not kept
    path = tmp_path / "photos.csv"
    save_photos(path, [found])
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    with path.open(encoding="utf-8", newline="") as file:
        (cells,) = csv.DictReader(file)
    assert not [cell for cell in cells.values() if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert read_photos(path) == [found]


@catalogued(Row(60, "–", "two runs that save at once", "taken", 6, "locked; no row is lost"))
def test_two_writers(row: Row, tmp_path: Path) -> None:
    """Each save merges into what the other wrote, and the file is whole at every instant."""
    path = tmp_path / "photos.csv"

    def save(source: str) -> None:
        for number in range(row.setup):
            save_photos(path, [Photo(source=source, source_id=str(number), status=row.expected)])
            assert read_photos(path)

    threads = [threading.Thread(target=save, args=(source,)) for source in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    saved = {(found.source, found.source_id) for found in read_photos(path)}
    assert saved == {(source, str(number)) for source in "ab" for number in range(row.setup)}
