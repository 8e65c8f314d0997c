import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.errors import WorkspaceError
from flows.photos import kept_photos, merge_photos, read_photos, save_photos
from scraping import Photo

text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
risky = st.text(st.sampled_from("'=+-@\t\r\n,\" aé漢"), max_size=6)
photos = st.builds(
    Photo, source=text, source_id=text, title=text | risky, detail=risky, width=st.integers(0, 9999)
)


def photo(number: int, status: str = "taken", **more: Any) -> Photo:
    kept = {"file": f"content/{number}.jpg", "sha256": str(number)} if status != "timeout" else {}
    return Photo(**{"source": "s", "source_id": str(number), "status": status, **kept, **more})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(photos, max_size=4, unique_by=lambda p: (p.source, p.source_id or p.image_url)))
def test_the_table_gives_back_what_was_put_in(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Photo]
) -> None:
    """Alt texts with newlines, quotes or formulas come back as they were."""
    path = tmp_path_factory.mktemp("photos") / "photos.csv"
    save_photos(path, rows)
    assert read_photos(path) == rows


def test_formulas_are_neutralised_in_the_file(tmp_path: Path) -> None:
    """An alt text of the open web is not run by a spreadsheet."""
    save_photos(tmp_path / "photos.csv", [photo(1, alt="=cmd()")])
    assert ",'=cmd()," in (tmp_path / "photos.csv").read_text()


def test_saving_merges(tmp_path: Path) -> None:
    """A row a photo of a source; the newer version in the older's place."""
    path = tmp_path / "photos.csv"
    save_photos(path, [photo(1, "timeout"), photo(2)])
    save_photos(path, [photo(1), photo(3), photo(1, source="other")])
    found = [(row.source, row.source_id, row.status) for row in read_photos(path)]
    assert found == [
        ("s", "1", "taken"),
        ("s", "2", "taken"),
        ("s", "3", "taken"),
        ("other", "1", "taken"),
    ]


def test_a_taken_photo_is_not_forgotten_by_a_bad_day() -> None:
    """A time-out or a lower limit later on does not take the photo's record away."""
    assert merge_photos([photo(1)], [photo(1, "timeout")]) == [photo(1)]
    newer = photo(1, "unchanged")
    assert merge_photos([photo(1)], [newer]) == [newer]


def test_pictures_to_paint_are_those_that_are_there_once_each() -> None:
    """Taken or unchanged or known from elsewhere, by picture; the rest is a record only."""
    rows = [
        photo(1, "duplicate", source="b"),
        photo(1),
        photo(2, "unchanged"),
        photo(3, "timeout"),
        photo(4, "too_small", file=""),
        photo(5, source="b"),
    ]
    assert [(p.source, p.sha256) for p in kept_photos(rows)] == [("s", "1"), ("s", "2"), ("b", "5")]
    assert [p.sha256 for p in kept_photos(rows, ["b"])] == ["1", "5"]
    assert kept_photos(rows, []) == []


def test_a_file_that_is_no_such_table_is_named(tmp_path: Path) -> None:
    """One sentence with the path; nothing is overwritten."""
    path = tmp_path / "photos.csv"
    path.write_text("source,width\ns,wide\n")
    for call in (lambda: read_photos(path), lambda: save_photos(path, [photo(1)])):
        with pytest.raises(WorkspaceError, match=r"photos\.csv cannot be read .* move it away"):
            call()
    assert path.read_text() == "source,width\ns,wide\n"
    assert read_photos(tmp_path / "none.csv") == []


def test_rows_of_an_older_release_are_read(tmp_path: Path) -> None:
    """Columns that came later take their defaults."""
    (tmp_path / "photos.csv").write_text("source,source_id,status\ns,1,taken\n")
    assert read_photos(tmp_path / "photos.csv") == [replace(photo(1), file="", sha256="")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_that_a_spreadsheet_saved_is_understood(tmp_path: Path, separator: str) -> None:
    """With a byte order mark, another separator, and line ends of Windows."""
    path = tmp_path / "photos.csv"
    save_photos(path, [photo(1, title="Boats, red"), photo(2)])
    table = list(csv.reader(path.read_text().splitlines()))
    saved = io.StringIO(newline="")
    csv.writer(saved, delimiter=separator).writerows(table)
    path.write_bytes(b"\xef\xbb\xbf" + saved.getvalue().encode())
    assert read_photos(path) == [photo(1, title="Boats, red"), photo(2)]


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    """Taken for rows without a file, it would be written over, and its photos pruned."""
    path = tmp_path / "photos.csv"
    path.write_text("name|file\na|content/a.jpg\n")
    with pytest.raises(WorkspaceError, match="no columns source and status"):
        read_photos(path)
    path.write_text("")
    assert read_photos(path) == []
