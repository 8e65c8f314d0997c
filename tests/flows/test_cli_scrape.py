"""`atelier scrape`: the demo site from the command line, what it prints, and what it refuses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.cli.sources import scrape
from flows.demo.site import serve_demo_site
from scraping import FolderSource, WebSource

PHOTOS = Path(__file__).parents[2] / "docs" / "photos.md"


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with serve_demo_site(0) as url:
        yield url


@pytest.fixture(autouse=True)
def _no_contact(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ATELIER_CONTACT", raising=False)
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> int:
    return main(["scrape", *map(str, arguments)])


def at(demo: str) -> tuple[str, ...]:
    return demo, "--allow-private", "--delay", "0", "-w", "ws"


def test_the_demo_site_scraped_twice(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Four photos, and a sentence for everything else; the second time a line."""
    assert run(*at(demo)) == 0
    shown = capsys.readouterr()
    assert "photos    4 taken, 1 duplicate, 1 http_404" in shown.out
    (host,) = (line for line in shown.out.splitlines() if line.split()[1:4] == ["10", "4", "0"])
    assert host.split()[0] == demo.split("/")[2]
    assert shown.out.count("left out") == 5
    assert "10/10" in shown.err
    assert run(*at(demo)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("  photos    4 unchanged")
    assert lines[1].endswith("; nothing new")
    assert len(list(Path("ws/runs").glob("*.json"))) == 2


def test_a_dry_run_fetches_no_picture(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What would be taken, with titles and licences; no workspace is made for it."""
    assert run(*at(demo), "--dry-run") == 0
    out = capsys.readouterr().out
    assert f"{demo}photos/chelsea-902.jpg" in out
    assert "Eileen Collins, astronaut" in out
    assert "Public Domain Mark 1.0" in out
    assert "would be asked for" in out.splitlines()[-1]
    assert not Path("ws").exists()


def test_a_dry_run_is_json_for_programs(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*at(demo), "--dry-run", "--json") == 0
    photos = {photo["image_url"]: photo for photo in json.loads(capsys.readouterr().out)}
    assert len(photos) == 10
    coffee = photos[f"{demo}photos/coffee-1800.jpg"]
    assert (coffee["title"], coffee["licence"], coffee["reason"]) == ("Coffee cup", "CC0 1.0", "")


def test_rows_are_json_for_programs(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else on standard output; a source that fails is a sentence beside them."""
    assert run(*at(demo), f"{demo}nowhere", "--json") == 3
    shown = capsys.readouterr()
    rows = json.loads(shown.out)
    assert sum(row["status"] == "taken" for row in rows) == 4
    assert "nowhere cannot be read (http_404)" in shown.err


def test_a_source_that_fails_stops_no_other(
    demo: str, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It comes first in the table, its sentence at the end; the status says that some failed."""
    assert run(*at(f"{demo}nowhere"), photos) == 3
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0] == "scrape 2 sources"
    assert "1 source failed" in lines[3]
    assert "photos    3 taken" in shown.out
    assert "failed    The first page of" in shown.err


def test_nothing_at_all_is_a_sentence_and_failure(
    demo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*at(f"{demo}nowhere")) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.strip().splitlines()) == 1
    assert run(*at(f"{demo}nowhere"), "--dry-run") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "is no web address (http://…), no folder and no collection"),
        (("openvrse:harbour",), "did you mean 'openverse'?"),
        (("localhost:8000",), "no open collection"),
        (("openverse",), "a query is missing"),
        (("http://a.example/", "--next", "a[["), "no CSS selector"),
        (("http://a.example/", "--depth", "-1"), "--depth"),
        (("http://a.example/", "--depth", "99"), "depth must be"),
        (("http://a.example/", "--delay", "0"), "delay must be at least 1"),
        (("http://a.example/", "--dry-run", "--refresh"), "leave out --refresh"),
        (("http://a.example/", "--contact", "a\nb"), "--contact takes one line"),
        (("http://a.example/", "--contact", "é"), "--contact takes one line"),
    ],
)
def test_misuse_is_one_sentence(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, nothing asked, nothing written."""
    assert run(*arguments, "-w", "ws") == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert shown.out == ""
    assert not Path("ws").exists()


class Seen:
    """What the command hands to the scraper."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sources: list[Any] = []
        self.agent = ""
        self.more: dict[str, Any] = {}
        monkeypatch.setattr("scraping.scrape_all", self.take)

    def take(self, sources: Any, *_: Any, session: Any, on_photo: Any, **more: Any) -> None:
        from scraping import Photo

        self.sources, self.more = list(sources), more
        self.agent = session.policy.user_agent
        on_photo(Photo(source=sources[0].name, source_id="1", status="robots"), 1, 1)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    return Seen(monkeypatch)


def test_every_option_reaches_the_source(seen: Seen, photos: Path) -> None:
    options = ("--limit", 7, "--max-pages", 9, "--depth", 2, "--next", "a.more", "--delay", 2.5)
    places = ("https://a.example/", photos, "openverse:old harbour", "commons:Category:Boats")
    assert run(*places, *options, "--sitemap", "--style-sheets", "--refresh") == 0
    web, folder, openverse, commons = seen.sources
    assert web == WebSource("https://a.example/", 7, 9, 2.5, False, 2, "a.more", True, True)
    assert folder == FolderSource(photos.absolute(), limit=7)
    assert (openverse.name, openverse.limit) == ("openverse:old harbour", 7)
    assert commons.name == "commons:Category:Boats"
    assert seen.more["refresh"] is True


def test_who_asks_says_whom_to_write_to(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The option, else the environment; without either the public web is told no address, and
    the person once."""
    assert run("https://a.example/", "https://b.example/") == 0
    assert capsys.readouterr().err.count("ATELIER_CONTACT") == 1
    monkeypatch.setenv("ATELIER_CONTACT", "env@a.example")
    assert run("https://a.example/") == 0
    assert "env@a.example" in seen.agent
    assert run("https://a.example/", "--contact", "me@a.example") == 0
    assert "me@a.example" in seen.agent
    assert "ATELIER_CONTACT" not in capsys.readouterr().err


def test_no_contact_is_missed_at_home(
    seen: Seen, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On this machine or network, or in a folder, there is nobody to write to."""
    assert run("http://127.0.0.1:9/", photos, "--allow-private") == 0
    assert "ATELIER_CONTACT" not in capsys.readouterr().err


def test_a_page_without_photos_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            status = run(*at(f"http://127.0.0.1:{server.server_port}/"))
        finally:
            server.shutdown()
            thread.join()
    assert status == 0
    assert "no photos found" in capsys.readouterr().out


def options() -> list[str]:
    """The names of all options."""
    import inspect

    names = set(inspect.signature(scrape).parameters) - {"places", "as_json", "next_selector"}
    return sorted(f"--{name.replace('_', '-')}" for name in names | {"json", "next"})


def test_options_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """Every one, by its name, in the help and in the docs."""
    assert run("--help") == 0
    out = capsys.readouterr().out
    page = PHOTOS.read_text(encoding="utf-8")
    assert [option for option in options() if option not in out] == []
    assert [option for option in options() if f"`{option}" not in page] == []
    assert "openverse:harbour" in out


def test_every_reason_word_is_explained() -> None:
    from scraping import REASONS

    page = PHOTOS.read_text(encoding="utf-8")
    words = [word.replace("NNN", "404") for word in REASONS]
    assert [word for word in words if f"`{word}`" not in page] == []
