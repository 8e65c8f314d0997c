"""Stylizer end to end on a tiny generated network: the mechanics, not the look."""

import threading

import numpy as np
import pytest

from images import resize
from stylize import Stylizer


def test_a_result_is_a_picture_with_its_figures(stylizer, quick, photo, texture):
    result = stylizer.stylize(photo, [texture], quick)
    assert result.image.shape == (76, 110, 3)
    assert result.image.dtype == np.float32
    assert 0 <= result.image.min() < result.image.max() <= 1
    assert result.outcome == "finished"
    figures = result.statistics
    assert figures.steps == 7 == len(figures.trace)
    assert figures.precision == "float32"
    assert figures.backend.startswith("tensorflow 2.")
    assert figures.device == "cpu"
    assert figures.tiles == 1
    assert figures.seconds > 0
    assert figures.content_loss > 0 < figures.style_loss


@pytest.mark.parametrize("shape", [(64, 64), (65, 131), (200, 33), (64, 9), (17, 64)])
def test_the_output_has_the_photos_exact_aspect(stylizer, quick, texture, shape):
    """Sides are rounded only while painting."""
    photo = np.random.default_rng(0).random((*shape, 3)).astype("float32")
    image = stylizer.stylize(photo, [texture], with_keys(quick, size=8192)).image
    assert image.shape == photo.shape


@pytest.mark.parametrize(("shape", "expected"), [((4, 2000), (1, 512)), ((3000, 1), (512, 1))])
def test_absurd_shapes_are_painted(stylizer, quick, texture, shape, expected):
    photo = np.random.default_rng(0).random((*shape, 3)).astype("float32")
    image = stylizer.stylize(photo, [texture], with_keys(quick, size=512, steps=(1,))).image
    assert image.shape == (*expected, 3)
    assert np.isfinite(image).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (2, 2)])
@pytest.mark.parametrize("initial", ["recoloured", "style"])
def test_absurd_styles_are_painted(stylizer, quick, photo, shape, initial):
    """A style of a pixel, or of one row: what its colours are is still known."""
    style = np.full((*shape, 3), 0.25, "float32")
    image = stylizer.stylize(photo, [style], with_keys(quick, initial=initial)).image
    assert np.isfinite(image).all()
    assert np.ptp(image) > 0


@pytest.mark.parametrize("content", [0.0, 0.5, 1.0])
def test_a_picture_of_one_colour_is_painted(stylizer, quick, texture, content):
    photo = np.full((64, 80, 3), content, "float32")
    result = stylizer.stylize(photo, [photo, texture], with_keys(quick, initial="recoloured"))
    assert result.outcome == "finished"
    assert np.isfinite(result.image).all()


def with_keys(recipe, **keys):
    return recipe.model_copy(update=keys)


def test_more_steps_lower_the_loss(stylizer, quick, photo, texture):
    trace = stylizer.stylize(photo, [texture], with_keys(quick, steps=(40,))).statistics.trace
    assert trace[-1][1] < 0.7 * trace[0][1]


def test_equal_input_gives_equal_pixels(tiny_weights, stylizer, quick, photo, texture):
    """Another Stylizer, the same recipe and seed: not one pixel differs."""
    recipe = with_keys(quick, initial="noise", seed=5)
    one = stylizer.stylize(photo, [texture], recipe)
    two = Stylizer(tiny_weights, "float32").stylize(photo, [texture], recipe)
    np.testing.assert_array_equal(one.image, two.image)
    three = stylizer.stylize(photo, [texture], with_keys(recipe, seed=6))
    assert not np.array_equal(one.image, three.image)


def test_strength_0_keeps_the_photo_and_1_leaves_it_furthest(stylizer, quick, photo, texture):
    away = []
    for strength in (0.0, 0.5, 1.0):
        recipe = with_keys(quick, steps=(30,), size=8192, strength=strength)
        away.append(np.abs(stylizer.stylize(photo, [texture], recipe).image - photo).mean())
    assert away[0] < 1e-3
    assert away[0] < away[1] < away[2]


def test_a_blend_of_one_style_with_itself_is_that_style(stylizer, quick, photo, texture):
    one = stylizer.stylize(photo, [texture], quick).image
    two = stylizer.stylize(photo, [texture, texture], quick, style_weights=[1, 3]).image
    np.testing.assert_allclose(one, two, atol=1e-3)


def test_blend_weights_decide(stylizer, quick, photo, texture):
    other = np.ascontiguousarray(texture[..., ::-1].transpose(1, 0, 2))
    mixed = [
        stylizer.stylize(photo, [texture, other], quick, style_weights=weights).image
        for weights in ([1, 0], [0, 1])
    ]
    alone = stylizer.stylize(photo, [texture], quick).image
    np.testing.assert_allclose(mixed[0], alone, atol=1e-3)
    assert np.abs(mixed[0] - mixed[1]).mean() > 1e-3


@pytest.mark.parametrize(
    ("keys", "steps"), [({}, 3), ({"size": 64}, 3), ({"size": 8192}, 7), ({"scale_factor": 1.2}, 7)]
)
def test_a_start_is_continued_at_the_scales_above_it(stylizer, quick, photo, texture, keys, steps):
    """69 pixels are as large as the coarser scale (110/1.6): only the three steps above it."""
    begin = resize(photo, 48, 69)
    result = stylizer.stylize(photo, [texture], with_keys(quick, **keys), initial=begin)
    assert result.statistics.steps == steps


def test_a_start_below_every_scale_is_painted_at_all_of_them(stylizer, quick, photo, texture):
    begin = resize(photo, 42, 60)
    assert stylizer.stylize(photo, [texture], quick, initial=begin).statistics.steps == 7


def begun(stylizer, quick, photo, styles, **keys):
    """What a painting begins with: one that takes no step."""
    given = {key: keys.pop(key) for key in ("initial_image", "style_weights") if key in keys}
    recipe = with_keys(quick, steps=(0,), size=8192, **keys)
    how = {"initial": given.get("initial_image"), "style_weights": given.get("style_weights")}
    return stylizer.stylize(photo, styles, recipe, **how)


def test_what_a_painting_begins_with(stylizer, quick, photo, texture):
    """The photo, the styles by their shares, noise around grey, or a picture that is given."""
    result = begun(stylizer, quick, photo, [texture], initial="content")
    np.testing.assert_array_equal(result.image, photo)
    assert result.statistics.steps == 0
    assert result.statistics.content_loss == pytest.approx(0, abs=1e-9)
    styles = [texture, texture[::-1, :, ::-1]]
    image = begun(stylizer, quick, photo, styles, initial="style", style_weights=[3, 1]).image
    one, two = (resize(style, 80, 116) for style in styles)
    np.testing.assert_allclose(image, 0.75 * one + 0.25 * two, atol=1e-5)
    noise = begun(stylizer, quick, photo, [texture], initial="noise").image
    assert noise.mean() == pytest.approx(0.5, abs=0.02)
    assert noise.std() == pytest.approx(0.2, abs=0.02)
    given = begun(stylizer, quick, photo, [texture], initial_image=photo[::-1]).image
    np.testing.assert_array_equal(given, photo[::-1])


@pytest.mark.parametrize("result", ["last", "lowest", "averaged"])
def test_each_way_to_end_a_scale(stylizer, quick, photo, texture, result):
    """None is worse than the start; the lowest is no worse than any loss of the last scale."""
    recipe = with_keys(quick, result=result, steps=(12,), learning_rate=0.2, final_rate=1.0)
    painted = stylizer.stylize(photo, [texture], recipe)
    figures = painted.statistics
    total = recipe.alpha * figures.content_loss + recipe.beta * figures.style_loss
    losses = [loss for _, loss in figures.trace]
    if result == "lowest":
        assert total == pytest.approx(min(losses), rel=1e-3)
    assert total < losses[0]


def test_lbfgs_paints(stylizer, quick, photo, texture):
    """As many evaluations as there are steps, each told of, and a lower loss."""
    seen = []
    recipe = with_keys(quick, optimiser="lbfgs", steps=(8, 6))
    result = stylizer.stylize(photo, [texture], recipe, on_iterate=seen.append)
    assert result.statistics.steps == len(seen) <= 14
    assert [one.step for one in seen] == sorted({one.step for one in seen})
    assert seen[7].loss < seen[0].loss
    assert result.outcome == "finished"


@pytest.mark.parametrize("colours", ["luma", "linear", "histogram"])
def test_a_photo_can_keep_its_colours(stylizer, quick, photo, texture, colours):
    """Their mean, at least, is nearer to the photo's than that of a plain painting."""
    plain, kept = (
        stylizer.stylize(photo, [texture], with_keys(quick, colours=way, initial="recoloured"))
        for way in ("style", colours)
    )
    away = [np.abs(one.image.mean((0, 1)) - photo.mean((0, 1))).max() for one in (plain, kept)]
    assert away[1] < away[0]


def test_a_plateau_ends_a_scale_early_and_says_so(stylizer, quick, photo, texture):
    """No painting gains nine tenths in ten steps for long."""
    seen = []
    recipe = with_keys(quick, steps=(40, 3), plateau=0.9, beta_1=0.0)
    result = stylizer.stylize(photo, [texture], recipe, on_iterate=seen.append)
    assert result.statistics.steps < 43
    assert result.outcome == "finished"
    assert seen[-1].step == seen[-1].steps == 43


def test_iterates_stream_to_a_callback(stylizer, quick, photo, texture):
    seen = []
    stylizer.stylize(photo, [texture], quick, on_iterate=seen.append)
    assert [iterate.step for iterate in seen] == list(range(1, 8))
    assert {iterate.steps for iterate in seen} == {7}
    assert [iterate.seconds for iterate in seen] == sorted(iterate.seconds for iterate in seen)
    assert seen[-1].picture().shape == (76, 110, 3)
    assert seen[0].picture().shape == (*seen[0].scale, 3)
    for one in seen:
        expected = quick.alpha * one.content_loss + quick.beta * one.style_loss
        assert one.loss == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("colours", ["style", "luma", "histogram"])
def test_the_last_iterate_is_the_result(stylizer, quick, texture, colours):
    """Of an odd-sized photo: without its canvas' rim, and in its colours; so are those before."""
    photo = np.random.default_rng(0).random((67, 91, 3)).astype("float32")
    seen = []
    recipe = with_keys(quick, size=8192, colours=colours, clip=False)
    result = stylizer.stylize(photo, [texture], recipe, on_iterate=seen.append)
    np.testing.assert_allclose(seen[-1].picture(), result.image, atol=1e-5)
    for one in seen:
        height, width, _ = one.picture().shape
        assert height / width == pytest.approx(67 / 91, rel=0.05)


def test_an_exception_in_the_callback_ends_the_painting(stylizer, quick, photo, texture):
    """And the Stylizer paints the next picture as if nothing had been."""
    before = stylizer.stylize(photo, [texture], quick).image

    def stop(iterate):
        if iterate.step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stylizer.stylize(photo, [texture], quick, on_iterate=stop)
    after = stylizer.stylize(photo, [texture], quick)
    assert after.outcome == "finished"
    np.testing.assert_array_equal(after.image, before)


def test_threads_share_a_stylizer(stylizer, quick, photo, texture):
    """One after the other, each getting what is its own."""
    expected = [stylizer.stylize(p, [texture], quick).image for p in (photo, photo[::-1])]
    found = {}

    def paint(index, picture):
        found[index] = stylizer.stylize(picture, [texture], quick).image

    threads = [
        threading.Thread(target=paint, args=pair) for pair in enumerate((photo, photo[::-1]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in range(2):
        np.testing.assert_array_equal(found[index], expected[index])


def test_the_trace_is_thinned_to_200_points(stylizer, quick, photo, texture):
    recipe = with_keys(quick, steps=(230,), size=64)
    trace = stylizer.stylize(photo, [texture], recipe).statistics.trace
    assert len(trace) == 200
    assert (trace[0][0], trace[-1][0]) == (1, 230)
