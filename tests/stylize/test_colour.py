"""What each way to choose colours keeps of the photo, and what of the painting."""

import numpy as np
import pytest

from stylize.colour import COLOUR_MODES, luma, match_histograms, recolour, with_chroma_of
from stylize.errors import PaintError

RNG = np.random.default_rng(0)
KEEPING = [name for name in COLOUR_MODES if name != "style"]


def picture(height=48, width=64, spread=0.1, middle=0.5):
    """Correlated colours, away from black and white."""
    mixing = spread * (np.eye(3) + 0.4 * RNG.normal(size=(3, 3)))
    colours = middle + RNG.uniform(-1, 1, (height, width, 3)) @ mixing
    return colours.clip(0, 1).astype("float32")


def grey(height=48, width=64):
    return np.repeat(RNG.random((height, width, 1)), 3, -1).astype("float32")


def moments(image):
    flat = image.reshape(-1, 3).astype("float64")
    return flat.mean(0), np.cov(flat, rowvar=False)


def through(mode, photo, style):
    """A painting that is the style itself, finished: what the mode alone does to colours."""
    return COLOUR_MODES[mode].finish(COLOUR_MODES[mode].styles(photo, [style])[0], photo)


def test_luma_is_bt601s():
    primaries = np.eye(3, dtype="float32")[None]
    np.testing.assert_allclose(luma(primaries)[0, :, 0], [0.299, 0.587, 0.114])
    np.testing.assert_allclose(luma(np.ones((1, 1, 3), "float32")), 1)


@pytest.mark.parametrize("mode", COLOUR_MODES)
def test_every_mode_gives_pictures(mode):
    """Float32 of the photo's shape within [0,1], also from wild colours; a style for each given."""
    photo, painted = RNG.random((20, 30, 3)).astype("float32"), picture(20, 30, spread=0.9)
    styles = COLOUR_MODES[mode].styles(photo, [picture(), RNG.random((9, 7, 3)).astype("float32")])
    assert [style.shape for style in styles] == [(48, 64, 3), (9, 7, 3)]
    for image in (*styles, COLOUR_MODES[mode].finish(painted, photo)):
        assert image.dtype == np.float32
        assert image.min() >= 0
        assert image.max() <= 1


@pytest.mark.parametrize("mode", COLOUR_MODES)
def test_every_mode_stands_a_one_coloured_picture(mode):
    flat = np.full((16, 16, 3), (0.2, 0.5, 0.7), "float32")
    for photo, style in ((flat, picture(16, 16)), (picture(16, 16), flat), (flat, flat)):
        assert np.isfinite(through(mode, photo, style)).all()


@pytest.mark.parametrize(("mode", "chroma"), [("luma", 1e-6), ("linear", 1.5), ("histogram", 0.5)])
def test_a_grey_photo_gives_a_grey_picture(mode, chroma):
    """However colourful the painting: channels differ by less than what 8 bits show, on average."""
    finished = COLOUR_MODES[mode].finish(picture(spread=0.4), grey())
    assert np.ptp(finished, axis=-1).mean() * 255 < chroma
    assert finished.std() > 0.1


@pytest.mark.parametrize("mode", KEEPING)
def test_a_painting_like_the_photo_stays_as_it_is(mode):
    photo = picture()
    np.testing.assert_allclose(COLOUR_MODES[mode].finish(photo, photo), photo, atol=2e-3)


def test_style_changes_nothing():
    photo, style, painted = picture(), picture(), picture()
    assert COLOUR_MODES["style"].styles(photo, [style])[0] is style
    assert COLOUR_MODES["style"].finish(painted, photo) is painted


def test_luma_keeps_the_photos_chroma_and_the_paintings_light():
    """What is left when the luma is taken away is the photo's, where such a colour exists."""
    photo, painted = picture(), picture()
    kept = with_chroma_of(painted, photo)
    np.testing.assert_allclose(luma(kept), luma(painted), atol=1e-6)
    np.testing.assert_allclose(kept - luma(kept), photo - luma(photo), atol=1e-6)


def test_luma_takes_chroma_back_where_no_such_colour_exists():
    """Light and hue stay: chroma is a positive multiple of the photo's, at most all of it."""
    photo = RNG.random((30, 30, 3)).astype("float32")
    painted = RNG.random((30, 30, 3)).astype("float32")
    kept = with_chroma_of(painted, photo)
    np.testing.assert_allclose(luma(kept), luma(painted), atol=1e-6)
    chroma, whole = kept - luma(kept), photo - luma(photo)
    share = (chroma * whole).sum(-1, keepdims=True) / (whole**2).sum(-1, keepdims=True)
    np.testing.assert_allclose(chroma, share * whole, atol=1e-5)
    assert -1e-5 <= share.min() < share.max() <= 1 + 1e-5


def test_lumas_styles_are_grey_in_the_photos_light():
    """Mean and standard deviation of the luma are the photo's (Gatys et al. 2016, section 4)."""
    photo, style = picture(middle=0.4), picture(30, 30, spread=0.05)
    [matched] = COLOUR_MODES["luma"].styles(photo, [style])
    assert np.ptp(matched, axis=-1).max() == 0
    assert luma(matched).mean() == pytest.approx(luma(photo).mean(), abs=1e-3)
    assert luma(matched).std() == pytest.approx(luma(photo).std(), rel=1e-2)


def test_luma_wants_one_shape():
    with pytest.raises(PaintError, match="resize the photo"):
        with_chroma_of(picture(20, 20), picture(20, 21))


def test_linear_matches_mean_and_covariance_before_and_after():
    photo, style, painted = picture(middle=0.45), picture(40, 40), picture(spread=0.05)
    [before] = COLOUR_MODES["linear"].styles(photo, [style])
    for image in (before, COLOUR_MODES["linear"].finish(painted, photo)):
        np.testing.assert_allclose(moments(image)[0], moments(photo)[0], atol=2e-3)
        np.testing.assert_allclose(moments(image)[1], moments(photo)[1], atol=3e-4)


def test_the_linear_map_turns_no_hue_more_than_it_must():
    """Pictures that differ in contrast alone are mapped by that factor in every channel."""
    photo = picture(spread=0.05)
    mapped = recolour(photo, [(0.5 + 2 * (photo - 0.5)).astype("float32")], [1.0])
    np.testing.assert_allclose(mapped, 0.5 + 2 * (photo - 0.5), atol=5e-3)


def test_histograms_of_luma_and_chroma_are_the_photos():
    """Every quantile, though the shapes differ, where nothing is clipped."""
    photo, painted = picture(40, 50), picture(30, 70)
    matched = match_histograms(painted, photo)
    quantiles = np.linspace(0, 1, 101)
    for axis in ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112)):
        ours, theirs = (
            np.quantile(image @ np.array(axis), quantiles) for image in (matched, photo)
        )
        np.testing.assert_allclose(ours, theirs, atol=2e-3)


def test_histograms_keep_the_paintings_order_of_light():
    """What was lighter stays lighter: the grading moves no shapes."""
    painted, photo = grey(), picture()
    matched = luma(match_histograms(painted, photo)).ravel()[np.argsort(luma(painted).ravel())]
    assert np.diff(matched).min() > -1e-3
