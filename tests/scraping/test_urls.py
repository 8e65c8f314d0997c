"""Addresses: resolved as browsers do, and one key for the many spellings of each."""

from __future__ import annotations

import pytest

from scraping.urls import absolute, is_image_path, key_of, site_of

SAME = [
    ("https://a.test/x?b=2&a=1", "https://a.test/x?a=1&b=2"),
    ("https://a.test/x?utm_source=y&a=1&fbclid=z&GCLID=q", "https://a.test/x?a=1"),
    ("https://a.test/x;jsessionid=AB12?PHPSESSID=9", "https://a.test/x"),
    ("https://a.test/x#top", "https://a.test/x"),
    ("https://a.test:443/", "https://a.test"),
    ("http://a.test:080/x", "http://a.test/x"),
    ("HTTPS://A.Test./x", "https://a.test/x"),
    ("https://a.test/b/../c/./x", "https://a.test/c/x"),
    ("https://a.test/../../x/.", "https://a.test/x/"),
    ("https://a.test/b/%2e%2E/x", "https://a.test/x"),
    ("https://a.test/%7euser/%c3%a9", "https://a.test/~user/é"),
    ("https://a.test/a%2fb", "https://a.test/a%2Fb"),
    ("https://a.test/a b", "https://a.test/a%20b"),
    ("https://a.test/?q=a+b", "https://a.test/?q=a%20b"),
    ("https://bücher.test/", "https://xn--bcher-kva.test/"),
    ("http://[::1]:80/x", "http://[::1]/x"),
]
OTHER = [
    ("https://a.test/x?a=1&a=2", "https://a.test/x?a=2&a=1"),
    ("https://a.test/x", "http://a.test/x"),
    ("https://a.test/x", "https://a.test/X"),
    ("https://a.test:8443/x", "https://a.test/x"),
    ("https://a.test/a%2Fb", "https://a.test/a/b"),
    ("https://a.test/a%3Fb", "https://a.test/a?b"),
    ("https://a.test/?q=%ff", "https://a.test/?q=%fe"),
    ("https://a.test/%ff", "https://a.test/%fe"),
    ("https://a.test/x/", "https://a.test/x"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_address(one: str, other: str) -> None:
    """Row 57: they have one key, and the key is its own key."""
    assert key_of(one) == key_of(other)
    assert key_of(key_of(one)) == key_of(one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_addresses_that_differ(one: str, other: str) -> None:
    """What may be another photo has another key."""
    assert key_of(one) != key_of(other)


def test_no_address_raises() -> None:
    """A key is made of whatever is there."""
    for text in ("http://[", "http://a.test:port/", "", "//", "http://" + "é" * 300, "x" * 9_000):
        assert isinstance(key_of(text), str)
        assert isinstance(site_of(text)[0], str)


def test_resolving() -> None:
    """Backslashes are slashes in a path and stay in a query; what is too long is no address."""
    base = "https://a.test/b/c"
    assert absolute(base, "\\img\\sea.jpg") == "https://a.test/img/sea.jpg"
    assert absolute(base, "x?y=a\\b") == "https://a.test/b/x?y=a\\b"
    assert absolute(base, "\\\\cdn.test\\x.jpg") == "https://cdn.test/x.jpg"
    assert absolute(base, "/" + "x" * 7_000).endswith("xxx")
    assert absolute(base, "/" + "x" * 8_000) == ""
    assert len(absolute(base, "data:image/png;base64," + "A" * 20_000)) > 20_000


def test_one_site() -> None:
    """www, the scheme and the web's ports make no difference; another port or name does."""
    site = site_of("https://a.test/x")
    assert {site_of(url) for url in ("http://www.a.test", "https://A.test:443/")} == {site}
    assert site_of("https://a.test:8443/") != site
    assert site_of("https://b.a.test/") != site
    assert site_of("https://a.test.evil.test/") != site


def test_a_wikis_page_about_a_file_is_no_file() -> None:
    """A page called File:Sea.jpg, in any language, is a page."""
    for name in (
        "File:Sea.jpg",
        "Datei:Das_Meer.jpg",
        "%D0%A4%D0%B0%D0%B9%D0%BB:M.jpg",
        "File%3AA.png",
    ):
        assert not is_image_path(f"https://wiki.test/wiki/{name}")
    for name in ("Sea.jpg", "12:30.jpg", "a/b:c/sea.jpg", "Special:FilePath/Sea.jpg"):
        assert is_image_path(f"https://wiki.test/{name}")
