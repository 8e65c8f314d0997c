"""What licences ask for, read from how they are written."""

import pytest

from gallery.licences import licence_link, picture_licence, terms_of

BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.mark.parametrize(
    ("licence", "url", "kind", "asks"),
    [
        ("CC BY 4.0", "", "BY", "name"),
        ("CC-BY-2.0", "", "BY", "name"),
        ("cc by-sa", "", "BY-SA", "name alike"),
        ("CC BY SA 3.0 nl", "", "BY-SA", "name alike"),
        ("Creative Commons", BY_SA, "BY-SA", "name alike"),
        ("", BY_SA, "BY-SA", "name alike"),
        ("CC BY-NC-SA 2.0", "", "BY-NC-SA", "name alike unpaid"),
        ("CC BY-NC 2.0", "", "BY-NC", "name unpaid"),
        ("GFDL 1.2", "", "GFDL", "name alike"),
        ("Free Art License", "", "FAL", "name alike"),
        ("CC0", "", "CC0", ""),
        ("CC0-1.0", "", "CC0", ""),
        ("Public domain", "", "PDM", ""),
        ("", "https://creativecommons.org/publicdomain/mark/1.0/", "PDM", ""),
        ("MIT", "", "MIT", ""),
        ("NASA media guidelines", "", "NASA media guidelines", ""),
        ("SABYNC", "", "SABYNC", ""),
        ("by-sa", "", "BY-SA", "name alike"),
        ("CC BY\u2011SA 4.0", "", "BY-SA", "name alike"),
        ("CC\u00a0BY\u2013NC 2.0", "", "BY-NC", "name unpaid"),
        ("Creative Commons Attribution 4.0 International", "", "BY", "name"),
        ("Attribution-ShareAlike 3.0 Unported", "", "BY-SA", "name alike"),
        ("Attribution-NonCommercial-Share Alike", "", "BY-NC-SA", "name alike unpaid"),
        ("Attribution required", "", "Attribution required", ""),
    ],
)
def test_terms(licence: str, url: str, kind: str, asks: str) -> None:
    terms = terms_of(licence, url)
    found = [("name", terms.by_name), ("alike", terms.share_alike)]
    found.append(("unpaid", terms.non_commercial))
    assert terms.known
    assert terms.kind == kind
    assert " ".join(word for word, asked in found if asked) == asks


def test_nothing_is_known_of_no_licence() -> None:
    assert not terms_of("").known
    assert not terms_of(" ", "https://example.org/licence").known


@pytest.mark.parametrize(
    ("works", "expected"),
    [
        ([("CC BY-SA 2.0", ""), ("CC0", "")], "CC BY-SA 2.0"),
        ([("CC BY 2.0", ""), ("MIT", "")], ""),
        ([("", ""), ("", "")], ""),
        ([("CC0", ""), ("", BY_SA)], "CC BY-SA 4.0"),
        ([("CC BY-SA 2.0", ""), ("CC BY-SA 4.0", "")], "CC BY-SA 4.0"),
        ([("CC BY-SA 4.0", ""), ("CC BY-SA", "")], "CC BY-SA 4.0"),
        ([("CC BY-SA 4.0", ""), ("CC BY-NC-SA 4.0", "")], "CC BY-SA 4.0 + CC BY-NC-SA 4.0"),
        ([("GFDL", ""), ("CC0", "")], "GFDL"),
        ([("CC BY-SA 3.0 + GFDL", ""), ("CC0", "")], "CC BY-SA 3.0"),
    ],
)
def test_share_alike_is_carried_to_the_picture(works: list[tuple[str, str]], expected: str) -> None:
    """The later version of one licence; both where two cannot be kept at once."""
    assert picture_licence(*works) == expected


@pytest.mark.parametrize(
    ("licence", "url", "expected"),
    [
        ("CC BY-SA 4.0", "https://other.test/by-sa", "https://other.test/by-sa"),
        ("CC BY-SA 4.0", "javascript:alert(1)", BY_SA),
        ("CC BY-SA", "", ""),
        ("CC0-1.0", "", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("Public Domain Mark 1.0", "", "https://creativecommons.org/publicdomain/mark/1.0/"),
        ("Public domain", "", ""),
        ("MIT", "", ""),
    ],
)
def test_where_a_licence_can_be_read(licence: str, url: str, expected: str) -> None:
    """Where its record says, if that is a link; else where Creative Commons keeps it."""
    assert licence_link(licence, url) == expected
