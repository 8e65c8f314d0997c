"""Whose a photo is, by what stands beside it."""

from __future__ import annotations

import pytest

from scraping import Credit, parse

URL = "https://site.test/"
BY = "https://creativecommons.org/licenses/by/4.0/"
BY_ND = "https://creativecommons.org/licenses/by-nd/4.0/"


def credits_of(html: str) -> list[tuple[str, str]]:
    photos = parse(html, URL).photos
    return [(photo.credit.creator, photo.credit.licence) for photo in photos]


def test_microdata() -> None:
    """schema.org's ImageObject around a picture: license, creator with a name, credit text."""
    html = f"""<div itemscope itemtype=https://schema.org/ImageObject>
      <img itemprop=contentUrl src=a.jpg><link itemprop=license href={BY}>
      <span itemprop=creator itemscope itemtype=https://schema.org/Person>
      Photo: <span itemprop=name>Ann Lee</span></span>
      <meta itemprop=copyrightNotice content='© The Paper'></div><img src=b.jpg>"""
    assert credits_of(html) == [("Ann Lee", "CC BY 4.0"), ("", "")]


def test_acquire_licence_page() -> None:
    """Where nothing else is stated its address is kept, without the name of a licence."""
    html = "<figure><img src=a.jpg><a itemprop=acquireLicensePage href=/buy>Buy</a></figure>"
    (photo,) = parse(html, URL).photos
    assert photo.credit == Credit("", "", f"{URL}buy")
    (photo,) = parse(f"{html}<link rel=license href={BY_ND}>", URL).photos
    assert photo.credit.derivative_ok == "no"


@pytest.mark.parametrize(
    ("licence", "ok"),
    [
        ("CC BY-ND 2.0", "no"),
        ("CC BY ND 2.0", "no"),
        ("CC BY\u2011NC\u2011ND 2.0", "no"),
        ("CC-BY-NC-NoDerivs", "no"),
        ("Creative Commons Attribution-No Derivatives 4.0", "no"),
        ("CC BY-NC 2.0", "yes"),
        ("CC0", "yes"),
        ("All rights reserved", ""),
        ("Anderson", ""),
    ],
)
def test_what_allows_no_derivatives(licence: str, ok: str) -> None:
    """However it is written, since such a photo is not taken."""
    assert Credit(licence=licence).derivative_ok == ok


def test_the_chooser_of_creative_commons() -> None:
    """Its markup names the author in property=cc:attributionName and the licence by rel."""
    html = f"""<li><img src=a.jpg><a rel="cc:attributionURL dct:creator"
      property="cc:attributionName" href=/ann>Ann</a> is licensed under
      <a rel="license noopener noreferrer" href={BY}>CC BY 4.0</a></li>"""
    assert credits_of(html) == [("Ann", "CC BY 4.0")]


def test_a_licence_without_rel() -> None:
    """A link to Creative Commons beside a photo is its licence; in running text it is not."""
    assert credits_of(f"<figure><img src=a.jpg><a href={BY}>cc</a></figure>") == [("", "CC BY 4.0")]
    assert credits_of(f"<p><img src=a.jpg>Read about <a href={BY}>it</a>.</p>") == [("", "")]


def test_neighbours_do_not_share() -> None:
    """In one article, what stands in a figure is that figure's; a caption is its picture's."""
    html = f"""<article><figure><img src=a.jpg><figcaption><span itemprop=author>Ann</span>
      <a rel=license href={BY}>x</a></figcaption></figure><figure><img src=b.jpg></figure>
      <img src=c.jpg></article>"""
    assert credits_of(html) == [("Ann", "CC BY 4.0"), ("", ""), ("", "")]


def test_an_articles_licence_is_its_photos() -> None:
    """Also in a list inside the article that holds no photo; the nearest statement wins."""
    html = f"""<article><ul><li><a rel=license href={BY_ND}>x</a></li></ul><img src=a.jpg>
      <figure><img src=b.jpg><a rel=license href={BY}>y</a></figure></article><img src=c.jpg>"""
    assert [licence for _, licence in credits_of(html)] == ["CC BY-ND 4.0", "CC BY 4.0", ""]


def test_the_whole_page() -> None:
    """A licence in the footer's list, the author in meta; an article's own is not the page's."""
    html = f"""<meta name=author content="by Ann"><body itemscope><img src=a.jpg>
      <article><a rel=license href={BY_ND}>text only</a></article>
      <footer><ul><li><a rel=license href={BY}>Licence</a></ul></footer>"""
    assert credits_of(html) == [("Ann", "CC BY 4.0")]


def test_a_photos_own_record_comes_before_the_pages() -> None:
    """JSON-LD about the photo beats the footer, and what is beside the photo beats both."""
    record = '{"@type": "ImageObject", "url": "/a.jpg", "license": "%s"}'
    ld = f"<script type=application/ld+json>{record}</script>"
    footer = f"<footer><a rel=license href={BY}>x</a></footer>"
    assert credits_of(f"<img src=a.jpg>{ld % BY_ND}{footer}") == [("", "CC BY-ND 4.0")]
    beside = "<figure><img src=a.jpg><a rel=license href=/own>Ours</a></figure>"
    assert credits_of(f"{beside}{ld % BY_ND}{footer}") == [("", "Ours")]


def test_licences_in_words() -> None:
    """A licence need not be an address, and an address in words is no name."""
    html = (
        "<figure><img src=a.jpg><b itemprop=license>CC BY/SA by us</b><a rel=author>%s</a></figure>"
    )
    assert credits_of(html % "Ann") == [("Ann", "CC BY/SA by us")]
    assert credits_of(html % "https://site.test/ann")[0][0] == ""
