"""Stylizer end to end on a tiny generated network: the mechanics, not the look."""

import numpy as np
import pytest

from stylize import PaintError, Recipe, Stylizer, resolve_recipe
from stylize.painter import RETRIES, Painter

QUICK = Recipe(size=110, steps=(4, 3), initial="content", gamma=0.0)


@pytest.fixture(scope="module")
def stylizer(tiny_weights):
    return Stylizer(tiny_weights, precision="float32")


def test_a_result_is_a_picture_with_its_figures(stylizer, photo, texture):
    result = stylizer.stylize(photo, [texture], QUICK)
    assert result.image.shape == (76, 110, 3)
    assert result.image.dtype == np.float32
    assert 0 <= result.image.min() < result.image.max() <= 1
    assert result.outcome == "finished"
    figures = result.statistics
    assert figures.steps == 7 == len(figures.trace)
    assert figures.precision == "float32"
    assert figures.backend.startswith("tensorflow 2.")
    assert figures.device == "cpu"
    assert figures.seconds > 0
    assert figures.content_loss > 0 < figures.style_loss


@pytest.mark.parametrize("shape", [(64, 64), (65, 131), (200, 33), (64, 9), (17, 64)])
def test_the_output_has_the_photos_exact_aspect(stylizer, texture, shape):
    """Sides are rounded only while painting."""
    photo = np.random.default_rng(0).random((*shape, 3)).astype("float32")
    image = stylizer.stylize(photo, [texture], QUICK.model_copy(update={"size": 8192})).image
    assert image.shape == photo.shape


def test_more_steps_lower_the_loss(stylizer, photo, texture):
    recipe = QUICK.model_copy(update={"steps": (40,)})
    trace = stylizer.stylize(photo, [texture], recipe).statistics.trace
    assert trace[-1][1] < 0.7 * trace[0][1]


def test_equal_input_gives_equal_pixels(tiny_weights, photo, texture):
    """Another Stylizer, the same recipe and seed: not one pixel differs."""
    recipe = QUICK.model_copy(update={"initial": "noise", "seed": 5})
    one, two = (Stylizer(tiny_weights, "float32").stylize(photo, [texture], recipe) for _ in "ab")
    np.testing.assert_array_equal(one.image, two.image)
    other = recipe.model_copy(update={"seed": 6})
    three = Stylizer(tiny_weights, "float32").stylize(photo, [texture], other)
    assert not np.array_equal(one.image, three.image)


def test_strength_0_keeps_the_photo_and_1_leaves_it_furthest(stylizer, photo, texture):
    recipe = QUICK.model_copy(update={"steps": (30,), "size": 8192})
    away = [
        np.abs(stylizer.stylize(photo, [texture], resolve(recipe, strength)).image - photo).mean()
        for strength in (0.0, 0.5, 1.0)
    ]
    assert away[0] < 1e-3
    assert away[0] < away[1] < away[2]


def resolve(recipe, strength):
    return recipe.model_copy(update={"strength": strength})


def test_a_blend_of_one_style_with_itself_is_that_style(stylizer, photo, texture):
    one = stylizer.stylize(photo, [texture], QUICK).image
    two = stylizer.stylize(photo, [texture, texture], QUICK, style_weights=[1, 3]).image
    np.testing.assert_allclose(one, two, atol=1e-3)


def test_blend_weights_decide(stylizer, photo, texture):
    other = np.ascontiguousarray(texture[..., ::-1].transpose(1, 0, 2))
    mixed = [
        stylizer.stylize(photo, [texture, other], QUICK, style_weights=weights).image
        for weights in ([1, 0], [0, 1])
    ]
    alone = stylizer.stylize(photo, [texture], QUICK).image
    np.testing.assert_allclose(mixed[0], alone, atol=1e-3)
    assert np.abs(mixed[0] - mixed[1]).mean() > 1e-3


def test_iterates_stream_to_a_callback(stylizer, photo, texture):
    seen = []
    stylizer.stylize(photo, [texture], QUICK, on_iterate=seen.append)
    assert [iterate.step for iterate in seen] == list(range(1, 8))
    assert {iterate.steps for iterate in seen} == {7}
    assert [iterate.seconds for iterate in seen] == sorted(iterate.seconds for iterate in seen)
    assert seen[-1].picture().shape == (80, 112, 3)
    assert seen[0].picture().shape == (*seen[0].scale, 3)


def test_an_exception_in_the_callback_ends_the_painting(stylizer, photo, texture):
    def stop(iterate):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stylizer.stylize(photo, [texture], QUICK, on_iterate=stop)
    assert stylizer.stylize(photo, [texture], QUICK).outcome == "finished"


def test_the_trace_is_thinned_to_200_points(stylizer, photo, texture):
    recipe = QUICK.model_copy(update={"steps": (230,)})
    trace = stylizer.stylize(photo, [texture], recipe).statistics.trace
    assert len(trace) == 200
    assert (trace[0][0], trace[-1][0]) == (1, 230)


def spoil(monkeypatch, at):
    """Let the step report non-finite values on the calls in `at`."""
    original, calls = Painter.__init__, []

    def init(self, *arguments):
        original(self, *arguments)
        inner = self._step

        def step(*state):
            calls.append(1)
            *rest, ok = inner(*state)
            return (*rest, bool(ok) and len(calls) not in at)

        self._step = step

    monkeypatch.setattr(Painter, "__init__", init)


def test_non_finite_values_are_rolled_back(monkeypatch, tiny_weights, photo, texture):
    """A step that blows up is taken again, smaller; the picture is finished."""
    spoil(monkeypatch, {3, 5})
    result = Stylizer(tiny_weights, "float32").stylize(photo, [texture], QUICK)
    assert result.outcome == "recovered"
    assert result.statistics.steps == 7
    assert np.isfinite(result.image).all()


def test_values_that_stay_non_finite_end_the_painting(monkeypatch, tiny_weights, photo, texture):
    """After the last retry the best picture so far is returned, and the outcome says why."""
    spoil(monkeypatch, set(range(4, 1000)))
    recipe = QUICK.model_copy(update={"steps": (20,)})
    result = Stylizer(tiny_weights, "float32").stylize(photo, [texture], recipe)
    assert result.outcome == "stopped_non_finite"
    assert result.statistics.steps == 3
    assert np.isfinite(result.image).all()
    assert RETRIES == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (np.full((64, 64, 3), 128.0, "float32"), "divide 8-bit values by 255"),
        (np.zeros((64, 64), "float32"), "load it with images.load"),
        (np.full((64, 64, 3), np.nan, "float32"), "load it with images.load"),
    ],
)
def test_what_is_no_image_is_refused(stylizer, texture, content, words):
    with pytest.raises(PaintError, match=words):
        stylizer.stylize(content, [texture], QUICK)


@pytest.mark.parametrize("weights", [[1.0], [0.0, 0.0], [1.0, -1.0]])
def test_bad_blends_are_refused(stylizer, photo, texture, weights):
    with pytest.raises(PaintError, match="for each a weight"):
        stylizer.stylize(photo, [texture, texture], QUICK, style_weights=weights)


def test_weights_of_another_network_are_refused(stylizer, photo, texture):
    recipe = resolve_recipe(overrides={"network": "vgg16", "size": 64})
    with pytest.raises(PaintError, match="resolve the weights for the recipe's network"):
        stylizer.stylize(photo, [texture], recipe)


def test_bfloat16_paints_the_same_picture(tiny_weights, photo, texture):
    """Half precision features reach the same losses within 5 %, and nearly the same pixels."""
    both = [
        Stylizer(tiny_weights, precision).stylize(photo, [texture], QUICK)
        for precision in ("float32", "bfloat16")
    ]
    assert both[1].statistics.precision == "bfloat16"
    one, two = (result.statistics for result in both)
    assert two.style_loss == pytest.approx(one.style_loss, rel=0.05)
    assert two.content_loss == pytest.approx(one.content_loss, rel=0.05)
    assert np.abs(both[0].image - both[1].image).mean() < 10 / 255
