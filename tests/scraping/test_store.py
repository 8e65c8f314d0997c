"""What lies in the content folder, and what earlier runs know of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import responses

from scraping import (
    FolderSource,
    Photo,
    Session,
    StoreError,
    WebSource,
    is_reason,
    pending,
    scrape,
)

SITE = "https://site.test"
SOURCE = WebSource(f"{SITE}/")
Web = responses.RequestsMock
Picture = Callable[..., bytes]


def page(web: Web, html: str, path: str = "/") -> None:
    web.get(f"{SITE}{path}", body=html, content_type="text/html; charset=utf-8")


def statuses(rows: list[Photo]) -> list[str]:
    assert all(is_reason(row.status) for row in rows)
    assert all(row.detail for row in rows if row.status != "taken")
    return [row.status for row in rows]


def asked(web: Web) -> list[str]:
    return [str(call.request.url)[len(SITE) :] for call in web.calls]


def test_same_bytes_and_same_names(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Rows 46, 48, 49: one file for the same bytes, names are never paths."""
    urls = ["/x/image.jpg", "/y/image.jpg", "/z/image.jpg", "/CON%00..%2fx", f"/{'n' * 300}.jpg"]
    page(web, "".join(f"<img src='{url}?{number}'>" for number, url in enumerate(urls)))
    for number, url in enumerate(urls):
        web.get(f"{SITE}{url}?{number}", body=picture(max(1, number)))
    rows = scrape(SOURCE, tmp_path / "content", session=session)
    assert statuses(rows) == ["taken", "duplicate", "taken", "taken", "taken"]
    assert rows[1].file == rows[0].file
    assert urls[0] in rows[1].detail
    names = sorted(path.name for path in (tmp_path / "content").iterdir())
    assert names == sorted({Path(row.file).name for row in rows})
    assert len(names) == 4


def test_settled_photos_make_no_request(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """A second run asks for pages only; refusals stay as they were."""
    page(web, "<img src=a.jpg><img src=b.jpg><img src=gone.jpg><img src=cut.jpg><img src=busy.jpg>")
    web.get(f"{SITE}/a.jpg", body=picture(1))
    web.get(f"{SITE}/b.jpg", body=picture(1))
    web.get(f"{SITE}/gone.jpg", status=404)
    web.get(f"{SITE}/cut.jpg", body=picture(2)[:-300])
    web.get(f"{SITE}/busy.jpg", status=500)
    rows = scrape(SOURCE, tmp_path / "content", session=session)
    web.calls.reset()
    assert [found.key for found in pending(SOURCE, rows, session=session)] == [f"{SITE}/busy.jpg"]
    again = scrape(SOURCE, tmp_path / "content", rows, session=session)
    assert statuses(again) == ["unchanged", "duplicate", "http_404", "truncated", "http_500"]
    assert set(asked(web)) == {"/", "/busy.jpg"}
    assert (again[0].sha256, again[0].file) == (rows[0].sha256, rows[0].file)
    third = scrape(SOURCE, tmp_path / "content", again, session=session)
    assert statuses(third) == statuses(again)


def test_a_file_that_is_gone_is_fetched_again(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """A row is believed as long as its file is there."""
    page(web, "<img src=a.jpg>")
    web.get(f"{SITE}/a.jpg", body=picture(1))
    content = tmp_path / "content"
    rows = scrape(SOURCE, content, session=session)
    assert pending(SOURCE, rows, content=content, session=session) == []
    (tmp_path / rows[0].file).unlink()
    assert len(pending(SOURCE, rows, content=content, session=session)) == 1
    assert statuses(scrape(SOURCE, content, rows, session=session)) == ["taken"]


def test_duplicates_across_sources(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Row 46: a photo that another source brought is not kept twice."""
    page(web, "<img src=a.jpg>")
    web.get(f"{SITE}/a.jpg", body=picture(1))
    rows = scrape(SOURCE, tmp_path / "content", session=session)
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "copy.jpg").write_bytes(picture(1))
    assert statuses(scrape(FolderSource(folder), tmp_path / "content", rows)) == ["duplicate"]


def test_a_planted_link_is_replaced(
    session: Session, web: Web, picture: Picture, tmp_path: Path
) -> None:
    """Row 50: the file a link at the target's name points to is not written through."""
    page(web, "<img src=a.jpg>")
    web.get(f"{SITE}/a.jpg", body=picture(1))
    (row,) = scrape(SOURCE, tmp_path / "first", session=session)
    victim = tmp_path / "victim"
    victim.write_text("precious")
    content = tmp_path / "content"
    content.mkdir()
    (content / Path(row.file).name).symlink_to(victim)
    scrape(SOURCE, content, session=session)
    assert victim.read_text() == "precious"
    assert not (content / Path(row.file).name).is_symlink()


def test_a_full_disk(
    session: Session, web: Web, picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 59: no half file stays, and one sentence names the folder."""
    page(web, "<img src=a.jpg>")
    web.get(f"{SITE}/a.jpg", body=picture(1))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        scrape(SOURCE, tmp_path / "content", session=session)
    assert list((tmp_path / "content").iterdir()) == []


def test_a_content_folder_that_cannot_be(session: Session, tmp_path: Path) -> None:
    """A file in its place is said in a sentence, before anything is asked for."""
    (tmp_path / "content").write_text("I am a file")
    with pytest.raises(StoreError, match="cannot be written"):
        scrape(SOURCE, tmp_path / "content", session=session)


def test_rows_as_text() -> None:
    """A row comes back from strings as it was, whatever columns a file lacks or adds."""
    row = Photo(source="s", alt='=cmd(),"\n', width=3, attempts=2, status="taken", file="f")
    texts = {name: str(value) for name, value in row.as_row().items()}
    assert Photo.from_row(texts | {"other": "x"}) == row
    assert Photo.from_row({"source": "s", "width": ""}) == Photo(source="s")
    assert row.present
    assert not replace(row, status="limit").present


def test_unfinished_files_of_dead_processes_are_removed(tmp_path: Path, picture: Picture) -> None:
    """At once where the process is of this machine; those of the living, and of others, stay."""
    from scraping.store import _owner

    host = _owner().rpartition("-")[0]
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.png").write_bytes(picture())
    content = tmp_path / "content"
    content.mkdir()
    names = [f".{host}-{2**22 + 1}-a.part", f".{_owner()}-b.part", ".elsewhere-1-c.part", ".d.part"]
    for name in names:
        (content / name).write_bytes(b"half")
    scrape(FolderSource(str(tmp_path / "photos")), content)
    assert {path.name for path in content.glob(".*")} == set(names[1:])
