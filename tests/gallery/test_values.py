"""Single values as a page shows them."""

import pandas as pd
import pytest

from gallery.values import (
    byline,
    clipped,
    duration,
    integer,
    is_hash,
    json_mapping,
    label,
    number,
    significant,
    text,
    web_link,
    without_folder,
    without_folders,
)


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, "", "  ", "nan"])
def test_nothing_is_empty(nothing: object) -> None:
    """Every way in which a frame says "no value" reads as empty."""
    assert text(nothing) == ""
    assert number(nothing) is None
    assert integer(nothing) is None


@pytest.mark.parametrize(("value", "expected"), [("12.0", 12), (3, 3), ("x", None), ("inf", None)])
def test_whole_numbers_are_read_leniently(value: object, expected: int | None) -> None:
    """A count may come as text or as a float; what is no number is None."""
    assert integer(value) == expected


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (-1, ""),
        (0.04, "0.0 s"),
        (9.96, "10 s"),
        (59.7, "1 min 00 s"),
        (185, "3 min 05 s"),
        (7800, "2 h 10 min"),
    ],
)
def test_durations_are_words(seconds: float | None, words: str) -> None:
    """Units change at a minute and at an hour, and rounding never shows 60 s."""
    assert duration(seconds).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (0.0, "0"), (0.314159, "0.314"), (12345.6, "12,300"), (1.2e-5, "1.20e-05")],
)
def test_numbers_have_three_digits(value: float | None, words: str) -> None:
    """Losses are short, and tiny ones keep their exponent."""
    assert significant(value) == words


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org/x",
        "https://",
        "https://[broken",
        "https://example.org/a b",
        'https://example.org/"x',
        "java\nscript:alert(1)",
        "",
    ],
)
def test_only_web_addresses_become_links(address: str) -> None:
    """Other schemes, and characters that could end an attribute, make no link."""
    assert web_link(address) == ""


def test_web_addresses_stay_as_they_are() -> None:
    """http and https pass unchanged."""
    assert web_link("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
    assert web_link("http://127.0.0.1:8765/") == "http://127.0.0.1:8765/"


def test_hashes_are_safe_file_names() -> None:
    """Lower-case hex of a plausible length, nothing else."""
    assert is_hash("0f" * 16)
    assert not any(
        map(is_hash, ("", "abc", "../" + "0f" * 8, "0F" * 16, "0f" * 40, "0f" * 8 + "\n"))
    )


def test_labels_and_mappings() -> None:
    """Names of files read as headings; broken JSON as nothing."""
    assert label("woodcut_waves") == "Woodcut waves"
    assert json_mapping('{"a": 1}') == {"a": 1}
    assert json_mapping("[1]") == json_mapping("{") == json_mapping("[" * 100_000) == {}


@pytest.mark.parametrize(
    ("attribution", "title", "licence", "left"),
    [
        ("“Cat” by Ann (CC0 1.0)", "Cat", "CC0 1.0", "by Ann"),
        ("“Cat” by Ann (CC0 1.0)", "", "", "“Cat” by Ann (CC0 1.0)"),
        ("Ann, courtesy of the museum", "Cat", "CC0 1.0", "Ann, courtesy of the museum"),
        ("", "Cat", "CC0 1.0", ""),
    ],
)
def test_a_byline_repeats_nothing(attribution: str, title: str, licence: str, left: str) -> None:
    """Title and licence, which a page shows beside it, are left out; the rest stays as it is."""
    assert byline(attribution, title, licence) == left


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("/home/ann/photos/boats", "boats"),
        ("/home/ann/photos/boats/", "boats/"),
        ("C:\\Users\\ann\\boats", "boats"),
        ("file:///home/ann/a.jpg", "a.jpg"),
        ("~/boats", "boats"),
        ("photos", "photos"),
        ("content/ab.jpg", "content/ab.jpg"),
        ("https://e.org/a/b.jpg", "https://e.org/a/b.jpg"),
        ("openverse:harbour", "openverse:harbour"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_folders_of_a_machine_stay_there(value: str, shown: str) -> None:
    """Pages are made to be shown; where somebody keeps their photos is not."""
    assert without_folder(value) == shown


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("No space left: /home/ann/art/data/stylized/a.png", "No space left: a.png"),
        ("'/home/ann/b.png' and \"/srv/c d/e.png\" differ", "'b.png' and \"e.png\" differ"),
        ("file:///home/ann/b.png: no picture", "b.png: no picture"),
        (r"C:\Users\ann\b.png is missing (see ~/art/log.txt)", "b.png is missing (see log.txt)"),
        (
            "https://example.org/a/b.jpg: 404 or/and 3/4/5",
            "https://example.org/a/b.jpg: 404 or/and 3/4/5",
        ),
        ("stylized/a.png is missing; look into /tmp", "stylized/a.png is missing; look into /tmp"),
        ("", ""),
    ],
)
def test_folders_within_a_sentence_stay_there_too(sentence: str, shown: str) -> None:
    """What went wrong is told without where somebody keeps their files."""
    assert without_folders(sentence) == shown


def test_long_titles_are_clipped() -> None:
    """To the length that was asked for, with a sign that there was more."""
    assert clipped("Harbour", 7) == "Harbour"
    assert clipped("Harbour at dawn", 9) == "Harbour…"
    assert len(clipped("x" * 10_000, 160)) == 160
