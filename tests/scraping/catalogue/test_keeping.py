"""Rows 46–50, 59 and 60: what lies in the content folder, and what never may."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scraping import FolderSource, StoreError, WebSource, scrape
from tests.scraping.catalogue.outcome import Outcome, check_promise
from tests.scraping.catalogue.pictures import encoded, photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.web import BAD, SITE, Answer, Web

OTHER = "https://other.test/photo.jpg"


@catalogued(
    Row(46, "R", "the same bytes under two URLs", "taken duplicate", None, "one file, two rows"),
)
def test_the_same_bytes_twice(row: Row, net: Web) -> None:
    """Both rows lead to one file; the second names the first."""
    for url in (BAD, OTHER):
        net.has(url, Answer(photo(1)))
    outcome = net.visit(BAD, OTHER)
    assert outcome.words == row.words
    first, second = outcome.rows
    assert first.file == second.file
    assert first.image_url in second.detail
    assert len(outcome.files) == 2


def shrunk(data: bytes) -> bytes:
    picture = Image.open(BytesIO(data))
    return encoded(picture.resize((240, 200), Image.Resampling.LANCZOS), quality=60)


def cropped(data: bytes) -> bytes:
    picture = Image.open(BytesIO(data))
    return encoded(picture.resize((480, 200)))


@catalogued(
    Row(47, "R", "a copy of lower quality", "taken near_duplicate", lambda _: None, "no file"),
    Row(47, "R", "a smaller copy", "taken near_duplicate", shrunk, "no file"),
    Row(47, "R", "a copy of another shape", "taken taken", cropped, "the aspect differs"),
    Row(47, "R", "another photo", "taken taken", lambda _: photo(2, width=480, height=400)),
)
def test_a_copy_that_was_encoded_again(row: Row, net: Web) -> None:
    """The perceptual hash tells; from the web it is not kept."""
    whole = photo(1, width=480, height=400)
    copy = row.setup(whole) or encoded(Image.open(BytesIO(whole)), quality=50)
    net.has(BAD, Answer(whole))
    net.has(OTHER, Answer(copy))
    outcome = net.visit(BAD, OTHER)
    assert outcome.words == row.words
    assert bool(outcome.rows[1].file) == (row.words[1] == "taken")
    assert len(outcome.rows[1].dhash) == 16


@catalogued(Row(47, "–", "a re-encoded copy in a folder", "taken taken", None, "the row says so"))
def test_a_copy_in_a_folder(row: Row, tmp_path: Path) -> None:
    """What a person put there is never passed over; the row says what it resembles."""
    mine = tmp_path / "mine"
    mine.mkdir()
    whole = photo(1, width=480, height=400)
    (mine / "a.jpg").write_bytes(whole)
    (mine / "b.jpg").write_bytes(shrunk(whole))
    outcome = Outcome(scrape(FolderSource(mine), tmp_path / "content"), tmp_path / "content")
    check_promise(outcome)
    assert outcome.words == row.words
    assert "a.jpg" in outcome.rows[1].detail


@catalogued(
    Row(48, "R", "two URLs that both end in image.jpg", "taken taken", ("a", "b"), "both kept"),
)
def test_two_photos_of_one_name(row: Row, net: Web) -> None:
    """Names come from the content, so none is lost."""
    urls = [f"https://bad.test/{folder}/image.jpg" for folder in row.setup]
    for seed, url in enumerate(urls):
        net.has(url, Answer(photo(seed)))
    outcome = net.visit(*urls)
    assert outcome.words == row.words
    assert len({photo.file for photo in outcome.rows}) == 2


@catalogued(
    Row(49, "R", "../../x", "taken", ("../../x", "x"), "named by its content"),
    Row(49, "R", "%2e%2e%2fx", "taken", ("%2e%2e%2fx", "..%2Fx"), "named by its content"),
    Row(49, "R", "%5c..%5cx", "taken", ("%5c..%5cx", "%5C..%5Cx"), "named by its content"),
    Row(49, "R", "a NUL, as %00", "taken", ("a%00.jpg", "a%00.jpg"), "named by its content"),
    Row(49, "R", "CON", "taken", ("CON", "CON"), "named by its content"),
    Row(49, "R", "300 characters", "taken", ("n" * 300, "n" * 300), "named by its content"),
)
def test_names_that_are_paths(row: Row, net: Web, tmp_path: Path) -> None:
    """Nothing is written outside the folder, and no name of the web is used."""
    written, asked = row.setup
    net.page(f'<img src="{written}">')
    net.has(f"{SITE}{asked}", Answer(photo(1)))
    outcome = net.scrape()
    assert outcome.words == row.words
    assert outcome.files == [f"{outcome.row.sha256}.jpg"]
    assert [path.name for path in tmp_path.iterdir()] == ["content"]


@catalogued(
    Row(50, "–", "a symlink planted at the target", "taken", "precious", "replaced"),
)
def test_a_planted_link(row: Row, net: Web, tmp_path: Path) -> None:
    """What the link leads to stays as it is: a temporary file takes the link's place."""
    net.has(BAD, Answer(photo(1)))
    target = tmp_path / "content" / Path(net.visit(BAD).row.file).name
    victim = tmp_path / "victim"
    victim.write_text(row.setup)
    target.unlink()
    target.symlink_to(victim)
    assert net.visit(BAD).words == row.words
    assert victim.read_text() == row.setup
    assert not target.is_symlink()


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@catalogued(
    Row(59, "–", "disk full while flushing", "taken", "fsync", "one sentence; then the next run"),
    Row(59, "–", "disk full while renaming", "taken", "replace", "one sentence; then the next run"),
)
def test_a_full_disk(row: Row, net: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The run ends with one sentence that names the folder, no half file stays, and the next run
    takes the photo.
    """
    net.has(BAD, Answer(photo(1)))
    with monkeypatch.context() as patch:
        patch.setattr(os if row.setup == "fsync" else Path, row.setup, full)
        if row.setup == "replace":
            patch.setattr(os, "replace", full)
        with pytest.raises(StoreError, match="No space left") as caught:
            net.visit(BAD)
    assert str(tmp_path / "content") in str(caught.value)
    assert list((tmp_path / "content").iterdir()) == []
    assert net.visit(BAD).words == row.words


KILLED = """
import os, signal, sys
from pathlib import Path
from scraping import FolderSource, scrape
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
scrape(FolderSource(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@catalogued(Row(59, "–", "killed while writing", "taken", "SIGKILL", "no half file has its name"))
def test_a_killed_run(row: Row, tmp_path: Path) -> None:
    """What was half written never bears a picture's name; the next run takes the photo and leaves
    nothing else behind.
    """
    mine, content = tmp_path / "mine", tmp_path / "content"
    mine.mkdir()
    (mine / "a.jpg").write_bytes(photo(1))
    command = [sys.executable, "-c", KILLED, str(mine), str(content)]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert killed.returncode == -getattr(signal, row.setup), killed.stderr
    assert not [path for path in content.iterdir() if not path.name.startswith(".")]
    outcome = Outcome(scrape(FolderSource(mine), content), content)
    assert outcome.words == row.words
    assert [name for name in outcome.files if not name.startswith(".")] == [
        Path(outcome.row.file).name
    ]


@catalogued(Row(60, "–", "two runs at once on one folder", "taken", 12, "every file is whole"))
def test_two_runs_at_once(row: Row, tmp_path: Path) -> None:
    """Both end well, and each picture lies there once."""
    mine, content = tmp_path / "mine", tmp_path / "content"
    mine.mkdir()
    for seed in range(row.setup):
        (mine / f"{seed:02}.jpg").write_bytes(photo(seed, width=400, height=300))
    found: list[Outcome] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(Outcome(scrape(FolderSource(mine), content), content))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.words for outcome in found] == [row.words * row.setup] * 2
    for outcome in found:
        check_promise(outcome)
    assert len(found[0].files) == row.setup


@catalogued(Row(46, "R", "the same bytes at two sources", "taken duplicate", None, "one file"))
def test_the_same_bytes_at_two_sources(row: Row, net: Web, tmp_path: Path) -> None:
    """A photo that another source brought is not kept twice."""
    net.has(BAD, Answer(photo(1)))
    net.page(f'<img src="{BAD}">')
    net.page(f'<img src="{BAD}">', f"{SITE}b")
    first = net.scrape()
    with net.session() as session:
        source = replace(WebSource(SITE), url=f"{SITE}b")
        rows = scrape(source, tmp_path / "content", first.every, session=session)
    assert [*first.words, *(found.status for found in rows)] == row.words
    assert len(first.files) == 1
