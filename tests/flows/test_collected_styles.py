"""Paintings of a museum become style images: `atelier styles add cleveland`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import responses
from PIL import Image

from flows.cli import main
from flows.collected_styles import add_collected, style_source
from flows.errors import StyleError
from flows.style_images import list_styles
from scraping import Session

SEARCH = "https://openaccess-api.clevelandart.org/api/artworks/"
CDN = "https://openaccess-cdn.clevelandart.org"
Web = responses.RequestsMock


@pytest.fixture
def web() -> Iterator[Web]:
    """A museum of four paintings, of which the second is titled like the first."""
    titles = ("Poplars, Saint-Rémy", "Poplars, Saint-Rémy", "紅葉", "The Race Track")
    works = [
        {
            "id": 100 + number,
            "share_license_status": "CC0",
            "title": title,
            "creators": [{"description": "Vincent van Gogh (Dutch, 1853–1890)"}],
            "url": f"https://clevelandart.org/art/{number}",
            "images": {"web": {"url": f"{CDN}/{number}_web.jpg"}},
        }
        for number, title in enumerate(titles)
    ]
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for host in (CDN, "https://openaccess-api.clevelandart.org", "https://www.artic.edu"):
            mock.get(f"{host}/robots.txt", status=404)
        mock.get(SEARCH, json={"info": {"total": 4}, "data": works})
        for number in range(4):
            mock.get(f"{CDN}/{number}_web.jpg", body=picture(number))
        yield mock


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions that resolve every name and need no time."""
    made = Session
    monkeypatch.setattr("scraping.Session", lambda *given, **more: patient(made, *given, **more))


def patient(made: Callable[..., Session], *given: Any, **more: Any) -> Session:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    public = {"resolve": lambda host, port: ["93.184.216.34"]}
    return made(*given, **public, clock=lambda: now[0], sleep=sleep, **more)


def picture(seed: int, side: int = 96) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(noise).save(out, "JPEG")
    return out.getvalue()


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def add(folder: Path, *more: object) -> int:
    return run("styles", "add", *more, "-w", folder)


def asked(web: Web) -> list[str]:
    return [str(call.request.url) for call in web.calls if "robots" not in str(call.request.url)]


def test_a_museum_s_paintings_are_added(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Title, artist and licence are shown, and kept beside the picture with its page."""
    assert add(tmp_path, "cleveland", "--query", "van gogh", "--limit", 3) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].split() == ["style", "title", "artist", "licence"]
    names = ["poplars_saint_remy", "poplars_saint_remy_cleveland_101", "cleveland_102"]
    assert [line.split()[0] for line in lines[1:]] == names
    assert all("Vincent van Gogh" in line and "CC0 1.0" in line for line in lines[1:])
    assert all(line.split()[-1] == "added" for line in lines[1:])
    assert "styles      3/3" in shown.err
    assert "q=van%20gogh" in asked(web)[0]
    styles = {style.name: style for style in list_styles(tmp_path / "styles")}
    first = styles["poplars_saint_remy"]
    assert first.path.read_bytes() == picture(0)
    assert (first.title, first.creator) == ("Poplars, Saint-Rémy", "Vincent van Gogh")
    assert first.licence_url == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert first.landing_url == "https://clevelandart.org/art/0"
    assert first.attribution.endswith("The Cleveland Museum of Art (CC0 1.0)")
    assert styles["cleveland_102"].title == "紅葉"


def test_adding_again_changes_and_fetches_nothing(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Known by its page in the museum; a greater limit goes on where it stopped."""
    assert add(tmp_path, "cleveland", "--query", "van gogh", "--limit", 2) == 0
    before = {path: path.read_bytes() for path in (tmp_path / "styles").iterdir()}
    pictures = len([url for url in asked(web) if CDN in url])
    capsys.readouterr()
    assert add(tmp_path, "cleveland", "--query", "van gogh", "--limit", 2) == 0
    assert {path: path.read_bytes() for path in (tmp_path / "styles").iterdir()} == before
    assert len([url for url in asked(web) if CDN in url]) == pictures == 2
    assert capsys.readouterr().out.count("there already") == 2
    assert add(tmp_path, "cleveland", "--query", "van gogh", "--limit", 4) == 0
    assert capsys.readouterr().out.count("there already") == 2
    assert len([url for url in asked(web) if CDN in url]) == 4


def test_the_credits_are_json_for_programs(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(tmp_path, "cleveland", "--limit", 1)
    capsys.readouterr()
    assert run("styles", "-w", tmp_path, "--json") == 0
    found = {style["name"]: style for style in json.loads(capsys.readouterr().out)}
    assert found["poplars_saint_remy"]["creator"] == "Vincent van Gogh"
    assert found["poplars_saint_remy"]["landing_url"] == "https://clevelandart.org/art/0"


def test_a_painting_that_fails_is_replaced_by_the_next(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a line says why it was left out."""
    web.replace("GET", f"{CDN}/0_web.jpg", status=404)
    web.replace("GET", f"{CDN}/1_web.jpg", body=picture(1)[:300])
    assert add(tmp_path, "cleveland", "--limit", 2) == 0
    out = capsys.readouterr().out
    assert out.count("added") == 2
    assert "left out  http_404" in out
    assert "left out  truncated" in out
    assert "_1_" not in " ".join(path.name for path in (tmp_path / "styles").iterdir())


def test_a_host_that_keeps_programs_out_is_left_alone(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One request, and a sentence that says what to do."""
    work = {"id": 1, "title": "A", "is_public_domain": True, "image_id": "a"}
    works = [work, work | {"id": 2, "image_id": "b"}]
    web.get("https://api.artic.edu/robots.txt", status=404)
    web.get("https://api.artic.edu/api/v1/artworks/search", json={"data": works})
    for image in "ab":
        web.get(
            f"https://www.artic.edu/iiif/2/{image}/full/843,/0/default.jpg",
            status=403,
            body="<html>Just a moment",
            content_type="text/html",
        )
    assert add(tmp_path, "artic") == 1
    out = capsys.readouterr().out
    assert "left out  blocked" in out
    assert "artic keeps programs from its pictures now; try another museum." in out
    assert len([url for url in asked(web) if "iiif" in url]) == 1


def test_a_museum_that_has_nothing(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web.replace("GET", SEARCH, json={"info": {"total": 0}, "data": []})
    assert add(tmp_path, "cleveland", "--query", "xyz") != 0
    assert "cleveland:xyz: The Cleveland Museum of Art has nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("openverse", "--query", "x"), "openverse is a collection of photos; style images come"),
        (("met",), "met: a query is missing"),
        (("cleveland", "--licence", "MIT"), "cleveland says itself .* leave out --licence"),
        (("cleveland", "a.jpg", "--query", "x"), "--query is for museums, and 'a.jpg' is none"),
        (("clevland",), "clevland cannot be read .* name a museum: artic, cleveland, met"),
        (("cleveland", "--limit", "0"), "--limit"),
    ],
)
def test_what_cannot_be_added_is_a_sentence(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], says: str
) -> None:
    """What was given, and what may be."""
    import re

    assert add(tmp_path, *given) != 0
    assert re.search(says, " ".join(capsys.readouterr().err.split()))
    assert asked(web) == []


def test_a_file_of_a_museum_s_name_is_a_file(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies there is meant before what is far away."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "met").write_bytes(picture(7))
    assert add(tmp_path / "ws", "met", "--title", "Mine") == 0
    styles = {style.name: style.title for style in list_styles(tmp_path / "ws" / "styles")}
    assert styles["met"] == "Mine"
    assert asked(web) == []


def test_progress_goes_to_the_limit(web: Web, tmp_path: Path) -> None:
    """Search first, then the paintings; a failed one does not count."""
    web.replace("GET", f"{CDN}/0_web.jpg", status=404)
    steps: list[tuple[str, float, int]] = []
    (tmp_path / "styles").mkdir()
    with patient(Session) as session:
        add_collected(
            tmp_path / "styles",
            style_source("cleveland", "", 2),
            session,
            lambda stage, done, total, note: steps.append((stage, done, total)),
        )
    assert steps == [
        ("search", 0, 1),
        ("search", 1, 1),
        ("styles", 0, 2),
        ("styles", 1, 2),
        ("styles", 2, 2),
    ]


def test_photos_are_no_styles() -> None:
    with pytest.raises(StyleError, match="cleveland, rijksmuseum, artic, met"):
        style_source("nasa", "x", 1)
