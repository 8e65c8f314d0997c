from hypothesis import given
from hypothesis import strategies as st

from flows.cells import clean, neutralise, restore

RISKY = ("=", "+", "-", "@", "\t", "\r")
awkward = st.text(st.sampled_from("'=+-@\t\r\n,\"a1é漢🎨 "), max_size=12) | st.text(max_size=40)


@given(awkward)
def test_restore_undoes_neutralise(text: str) -> None:
    """Whatever the text, apostrophes and formulas in any number among it, it comes back."""
    assert restore(neutralise(text)) == text


@given(awkward)
def test_no_cell_opens_like_a_formula(text: str) -> None:
    """A neutralised cell never starts with a character that a spreadsheet would act on."""
    assert not neutralise(text).startswith(RISKY)


def test_plain_text_is_left_alone() -> None:
    """Text that is no formula is written as it is, a leading apostrophe included."""
    for text in ("", "mosaic", "'tis", "a=b", "3 - 2"):
        assert neutralise(text) == text


@given(st.text(st.characters(codec=None), max_size=30))
def test_clean_text_can_be_encoded(text: str) -> None:
    """NUL and lone surrogates, which no CSV file can hold, are gone; the rest stays."""
    assert "\x00" not in clean(text)
    clean(text).encode("utf-8")
    if all(c != "\x00" and not "\ud800" <= c <= "\udfff" for c in text):
        assert clean(text) == text
