from hypothesis import given
from hypothesis import strategies as st

from flows.printable import printable


def test_what_a_terminal_would_obey_is_shown() -> None:
    """Escape sequences, the eight-bit ones too, bells and turned text of a page's title."""
    assert printable("a\x1b[2Jb") == "a�[2Jb"
    assert printable("\x9b31m\x07\x00") == "�31m��"
    assert printable("gpj.\u202eexe") == "gpj.�exe"
    assert printable("one\ntwo\tthree") == "one two three"


def test_plain_text_is_left_alone() -> None:
    for text in ("", "Chelsea the cat", "Zürich – 漢字 🎨", "a\u200db"):
        assert printable(text) == text


@given(st.text(st.characters(codec=None), max_size=40))
def test_everything_can_be_written(text: str) -> None:
    """Lone surrogates too; nothing is lost but what cannot be seen."""
    shown = printable(text)
    shown.encode("utf-8")
    assert len(shown) == len(text)
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in shown)
