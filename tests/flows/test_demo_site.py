"""The demo site, asked over HTTP like any other."""

import socket
import time
import tomllib
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
import requests
from bs4 import BeautifulSoup, Tag
from protego import Protego

from flows.demo.collection import collection_text
from flows.demo.content import site
from flows.demo.site import PORT, serve_demo_site
from images import ImageError, decode

GOOD = ("astronaut", "chelsea", "coffee", "rocket")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve_demo_site() as address:
        yield address


def get(url: str, path: str = "") -> requests.Response:
    return requests.get(urljoin(url, path), timeout=5)


def page(url: str, path: str = "") -> BeautifulSoup:
    answer = get(url, path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return BeautifulSoup(answer.content, "lxml")


def one(found: Tag | None) -> Tag:
    assert found is not None
    return found


@pytest.mark.parametrize("name", GOOD)
def test_the_four_good_photos_decode(name: str, url: str) -> None:
    """Each is a whole JPEG, 300–640 pixels a side, under its own address."""
    answer = get(url, f"photos/{name}.jpg")
    picture = decode(answer.content)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert picture.format == "jpeg"
    assert 300 <= min(picture.width, picture.height) <= max(picture.width, picture.height) <= 640


def test_two_pages_are_linked_by_rel_next(url: str) -> None:
    """The index leads to page two in its head and in its body; page two leads nowhere."""
    found = page(url).select("link[rel=next], a[rel=next]")
    assert {urljoin(url, str(tag["href"])) for tag in found} == {f"{url}archive/two.html"}
    assert len(found) == 2
    assert not page(url, "archive/two.html").select("[rel=next]")


def test_the_index_refers_in_three_ways(url: str) -> None:
    """A plain relative picture, a srcset, and a lazy one with a protocol-relative URL."""
    index = page(url)
    assert index.select_one('img[src="photos/astronaut.jpg"]') is not None
    candidates = str(one(index.select_one("img[srcset]"))["srcset"]).split(", ")
    assert "photos/chelsea.jpg 451w" in candidates
    lazy = one(index.select_one("img[data-src]"))
    assert str(lazy["src"]).startswith("data:image/gif")
    assert lazy["data-src"] == f"//{url.removeprefix('http://')}photos/rocket.jpg"


def test_page_two_refers_in_two_ways_under_a_base(url: str) -> None:
    """A <picture> relative to <base href>, and a CSS background with the rocket's bytes."""
    two = page(url, "archive/two.html")
    assert one(two.base)["href"] == "/photos/"
    sources = [str(tag["srcset"]) for tag in two.select("picture source")]
    assert "coffee.jpg 600w" in sources[1]
    assert "url('/backdrops/launch.jpg')" in str(one(two.select_one(".banner"))["style"])
    assert get(url, "backdrops/launch.jpg").content == get(url, "photos/rocket.jpg").content


def test_the_best_candidates_fail(url: str) -> None:
    """The largest cat is a cut JPEG, the largest coffee is not there; the next ones are good."""
    with pytest.raises(ImageError) as caught:
        decode(get(url, "photos/chelsea-902.jpg").content)
    assert caught.value.reason == "truncated"
    assert get(url, "photos/coffee-1800.jpg").status_code == 404
    assert decode(get(url, "photos/chelsea-240.jpg").content).width == 240
    assert decode(get(url, "photos/coffee-240.jpg").content).width == 240


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("icons/lens.png", "too_small"),
        ("photos/guestbook.jpg", "not_image"),
        ("photos/moon.jpg", "truncated"),
    ],
)
def test_the_mishaps_are_what_they_are_said_to_be(path: str, reason: str, url: str) -> None:
    """Each answers 200 under a picture's media type, and none is a photo."""
    answer = get(url, path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")
    with pytest.raises(ImageError) as caught:
        decode(answer.content)
    assert caught.value.reason == reason


def test_one_link_is_broken_and_one_folder_forbidden(url: str) -> None:
    """The lost negative is a 404; robots.txt keeps robots, not people, from the private folder."""
    sources = {str(tag["src"]) for tag in page(url).select("img[src]")}
    assert {"photos/lost-negative.jpg", "private/cameraman.jpg"} <= sources
    assert get(url, "photos/lost-negative.jpg").status_code == 404
    rules = Protego.parse(get(url, "robots.txt").text)
    assert not rules.can_fetch(f"{url}private/cameraman.jpg", "atelier")
    assert rules.can_fetch(f"{url}photos/astronaut.jpg", "atelier")
    assert decode(get(url, "private/cameraman.jpg").content).width == 512


@pytest.mark.parametrize("path", ["", "archive/two.html"])
def test_every_photo_has_a_text_and_every_good_one_its_credit(path: str, url: str) -> None:
    """All have an alt text; title, author, licence and origin stand beside the good ones."""
    found = page(url, path)
    assert all(tag.get("alt") for tag in found.select("img"))
    credited = found.select("main > figure")
    assert credited
    for figure in credited:
        title = one(figure.select_one("cite.title")).get_text()
        assert one(figure.select_one("img"))["title"] == title
        assert one(figure.select_one("[itemprop=creator]")).get_text()
        licence = str(one(figure.select_one("a[rel=license]"))["href"])
        assert licence.startswith("https://creativecommons.org/publicdomain/")
        assert str(one(figure.a)["href"]).startswith("https://")


def test_unchanged_files_answer_304(url: str) -> None:
    """An entity tag is honoured, and HEAD has no body."""
    tag = get(url, "photos/coffee.jpg").headers["ETag"]
    known = {"If-None-Match": tag}
    answer = requests.get(f"{url}photos/coffee.jpg", headers=known, timeout=5)
    assert (answer.status_code, answer.content) == (304, b"")
    head = requests.head(f"{url}photos/coffee.jpg", timeout=5)
    assert int(head.headers["Content-Length"]) > 10_000


def test_two_runs_give_equal_bytes() -> None:
    """Pictures are made anew and come out the same, so that content hashes repeat."""
    from flows.demo import content

    first = site("127.0.0.1:1")
    content._pictures.cache_clear()
    start = time.perf_counter()
    second = site("127.0.0.1:1")
    assert first == second
    assert time.perf_counter() - start < 3


def test_the_site_is_quiet_and_ends_with_its_block(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed for any answer, and afterwards nobody listens."""
    with serve_demo_site(port=0) as address:
        assert get(address).status_code == 200
        assert get(address, "nothing?x=1").status_code == 404
    assert capfd.readouterr() == ("", "")
    with pytest.raises(requests.ConnectionError):
        get(address)


def test_another_port_serves_when_the_fixed_one_is_taken() -> None:
    """With the fixed port in use the site has another, and its own links follow."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serve_demo_site(port) as address:
            assert not address.endswith(f":{port}/")
            assert (
                f'data-src="{address.removeprefix("http:")}photos/rocket.jpg"' in get(address).text
            )


def test_the_fixed_port_is_taken_again_and_again() -> None:
    """Two runs in a row serve under one address, although the first left connections behind."""
    with serve_demo_site(port=0) as address:
        get(address)
    port = int(address.rsplit(":", 1)[1].strip("/"))
    with serve_demo_site(port) as again:
        assert again == address


def test_the_collection_names_the_site() -> None:
    """The collection file is TOML with the caller's address in place of the fixed one."""
    text = collection_text("http://127.0.0.1:4321/")
    collection = tomllib.loads(text)
    assert collection["sources"] == [
        {"url": "http://127.0.0.1:4321/", "delay": 0, "allow_private": True}
    ]
    assert collection["recipe"] == {"size": 320, "weights": "cifar10"}
    assert len(collection["styles"]) == 3
    unchanged = tomllib.loads(collection_text(f"http://127.0.0.1:{PORT}/"))
    assert unchanged["sources"][0]["url"] == f"http://127.0.0.1:{PORT}/"
