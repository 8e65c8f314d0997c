"""How an image moves down its loss at one scale, on losses that need no network."""

import numpy as np
import pytest

from stylize import backend
from stylize.adam import start
from stylize.objective import Losses
from stylize.optimize import OPTIMISERS, PATIENCE, Problem, make_advance, make_follow, rates_of
from stylize.pyramid import Scale
from stylize.recipe import Recipe
from stylize.walk import RETRIES, Walk

TARGET = np.random.default_rng(0).random((1, 8, 12, 3)).astype("float32") * 0.6 + 0.2
RECIPE = Recipe(optimiser="adam", levels=1, chroma_rate=1.0, space="rgb", learning_rate=0.02)


@pytest.fixture(scope="module")
def moves():
    """The compiled steps of all optimisers."""
    return make_advance(), make_follow()


def quadratic(image, target=TARGET):
    """mean((x - x*)²) of each picture, and its gradient."""
    error = np.asarray(image) - target
    loss = np.square(error).mean((1, 2, 3))
    return Losses(loss, loss, 0 * loss, 0 * loss), (2 * error / error[0].size).astype("float32")


class Spoilt:
    """A loss that is not finite on the calls in `at`; it notes what it was asked for."""

    def __init__(self, at, what="loss"):
        self.at, self.what, self.seen = at, what, []

    def __call__(self, image):
        self.seen.append(np.asarray(image).copy())
        losses, gradient = quadratic(image)
        if len(self.seen) in self.at:
            if self.what == "gradient":
                gradient[0, 0, 0, 0] = np.inf
            else:
                losses = losses._replace(total=losses.total * np.nan)
        return losses, gradient


def descend(moves, recipe, evaluate=quadratic, steps=30, image=None):
    """The image that a scale ends with, and the walk there."""
    begin = np.full(TARGET.shape, 0.5, "float32") if image is None else image
    scale = Scale(*begin.shape[1:3], steps)
    walk = Walk([scale], None)
    problem = Problem(evaluate, *moves, scale, recipe)
    moved = OPTIMISERS[recipe.optimiser](problem, begin, walk)
    return np.asarray(moved), walk


def with_keys(**keys):
    return RECIPE.model_copy(update=keys)


def test_a_large_image_moves_as_a_small_one(moves, monkeypatch):
    """Along one axis after the other, rolled back alike."""
    recipe = with_keys(levels=2, space="opponent", chroma_rate=0.5)
    small, _ = descend(moves, recipe, Spoilt({4}), steps=8)
    monkeypatch.setattr("stylize.optimize.LARGE", 1)
    large, walk = descend(moves, recipe, Spoilt({4}), steps=8)
    assert walk.outcome == "recovered"
    np.testing.assert_allclose(large, small, atol=1e-6)


def test_every_name_of_the_recipe_is_registered():
    assert set(OPTIMISERS) == set(Recipe.model_fields["optimiser"].annotation.__args__)


@pytest.mark.parametrize("optimiser", sorted(OPTIMISERS))
def test_it_goes_down_to_the_lowest_point(moves, optimiser):
    moved, walk = descend(moves, with_keys(optimiser=optimiser), steps=60)
    losses = [loss for _, loss in walk.trace(0)]
    assert float(quadratic(moved)[0].total[0]) < 1e-3 * losses[0]
    assert walk.outcome == "finished"


@pytest.mark.parametrize("optimiser", sorted(OPTIMISERS))
def test_a_scale_without_steps_changes_nothing(moves, optimiser):
    moved, walk = descend(moves, with_keys(optimiser=optimiser), steps=0)
    np.testing.assert_array_equal(moved, 0.5)
    assert walk.taken == 0


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs"])
def test_a_traces_losses_are_those_of_the_images(moves, optimiser):
    """The first is the start's; every one is of an image that was evaluated."""
    evaluate = Spoilt(set())
    _, walk = descend(moves, with_keys(optimiser=optimiser), evaluate, steps=12)
    known = [float(quadratic(image)[0].total[0]) for image in evaluate.seen]
    assert [loss for _, loss in walk.trace(0)] == pytest.approx(known[: walk.taken])
    np.testing.assert_allclose(evaluate.seen[0], 0.5, atol=1e-6)


def test_a_quasi_newton_trace_is_of_the_best_image_so_far(moves):
    evaluate = Spoilt(set())
    moved, walk = descend(moves, with_keys(optimiser="quasi_newton"), evaluate, steps=12)
    known = [float(quadratic(image)[0].total[0]) for image in evaluate.seen]
    best = np.minimum.accumulate(known).tolist()
    assert [loss for _, loss in walk.trace(0)] == pytest.approx(best)
    assert float(quadratic(moved)[0].total[0]) == pytest.approx(best[-1])
    lowest = with_keys(optimiser="quasi_newton", result="lowest")
    np.testing.assert_array_equal(descend(moves, lowest, steps=12)[0], moved)


def test_the_rate_falls_to_its_last_part(moves):
    """A steep line: each step is the rate itself, cosine from α to α·final_rate."""

    def slope(image):
        loss = np.asarray(image).mean((1, 2, 3))
        return Losses(loss, loss, loss, loss), np.ones_like(image)

    steps = []

    def noted(image):
        steps.append(float(np.asarray(image)[0, 0, 0, 0]))
        return slope(image)

    recipe = with_keys(learning_rate=0.01, final_rate=0.2, clip=False, beta_1=0.0)
    moved, _ = descend(moves, recipe, noted, steps=10)
    rates = -np.diff([*steps, float(moved[0, 0, 0, 0])])
    progress = np.arange(10) / 10
    np.testing.assert_allclose(
        rates, 0.01 * (0.2 + 0.8 * (1 + np.cos(np.pi * progress)) / 2), rtol=1e-4
    )
    constant = rates_of(with_keys(final_rate=1.0), 1.0).levels
    np.testing.assert_allclose(constant, [0.02])


def test_levels_share_the_rate():
    rates = rates_of(with_keys(levels=3, level_decay=0.5, learning_rate=0.04), 0.5)
    np.testing.assert_allclose(rates.levels, [0.005, 0.01, 0.02])


@pytest.mark.parametrize("what", ["loss", "gradient"])
def test_a_step_tells_when_values_are_not_finite(moves, what):
    losses, gradient = Spoilt({1}, what)(TARGET)
    *_, finite = moves[0](
        TARGET, gradient, losses.total, start(1, 8, 12, 1), np.float32(1), rates_of(RECIPE, 1.0)
    )
    assert not bool(finite)


@pytest.mark.parametrize("what", ["loss", "gradient"])
def test_non_finite_values_are_rolled_back(moves, what):
    """The step before is taken again, half as large, from where it started."""
    evaluate = Spoilt({4}, what)
    moved, walk = descend(moves, RECIPE, evaluate, steps=10)
    assert walk.outcome == "recovered"
    assert walk.taken == 10
    assert np.isfinite(moved).all()
    np.testing.assert_array_equal(evaluate.seen[4], evaluate.seen[2])
    whole, half = (evaluate.seen[index] - evaluate.seen[2] for index in (3, 5))
    assert np.abs(half).max() < 0.7 * np.abs(whole).max()


@pytest.mark.parametrize("result", ["last", "lowest", "averaged"])
def test_values_that_stay_non_finite_end_the_scale(moves, result):
    """After the last retry the picture is of images whose loss is known; the outcome says why."""
    evaluate = Spoilt(set(range(4, 1000)))
    moved, walk = descend(moves, with_keys(result=result), evaluate, steps=20)
    assert walk.outcome == "stopped_non_finite"
    assert walk.rolled_back == RETRIES + 1
    assert walk.taken == 3
    known = np.stack(evaluate.seen[:3])
    assert (known.min(0) <= moved).all()
    assert (moved <= known.max(0)).all()
    if result != "averaged":
        assert any(np.array_equal(moved, image) for image in known)


def test_the_lowest_stays_the_lowest_when_the_scale_ends_early(moves):
    """Steps that climb away from the start, and then no number: the start is what is kept."""
    evaluate = Spoilt(set(range(4, 1000)))

    def uphill(image):
        losses, gradient = evaluate(image)
        return losses, -gradient

    moved, _ = descend(moves, with_keys(result="lowest"), uphill, steps=20)
    np.testing.assert_array_equal(moved, 0.5)


def test_a_start_that_is_no_number_is_given_back(moves):
    moved, walk = descend(moves, RECIPE, Spoilt(set(range(1000))), steps=5)
    np.testing.assert_array_equal(moved, 0.5)
    assert (walk.taken, walk.outcome) == (0, "stopped_non_finite")


def test_lbfgs_ends_at_values_that_are_not_finite(moves):
    recipe = with_keys(optimiser="lbfgs")
    moved, walk = descend(moves, recipe, Spoilt(set(range(3, 1000))), steps=20)
    assert walk.outcome == "stopped_non_finite"
    assert np.isfinite(moved).all()


@pytest.mark.parametrize("what", ["loss", "gradient"])
def test_quasi_newton_goes_on_from_the_best_image_after_a_value_that_is_no_number(moves, what):
    recipe = with_keys(optimiser="quasi_newton")
    moved, walk = descend(moves, recipe, Spoilt({4}, what), steps=30)
    assert walk.outcome == "recovered"
    losses = [loss for _, loss in walk.trace(0)]
    assert np.isfinite(losses).all()
    assert float(quadratic(moved)[0].total[0]) < 1e-2 * losses[0]


def test_quasi_newton_ends_at_values_that_stay_non_finite(moves):
    evaluate = Spoilt(set(range(4, 1000)))
    moved, walk = descend(moves, with_keys(optimiser="quasi_newton"), evaluate, steps=30)
    assert walk.outcome == "stopped_non_finite"
    assert walk.taken < 10
    assert any(np.array_equal(moved, image) for image in evaluate.seen[:3])


def test_lbfgs_moves_one_picture_at_a_time(moves):
    with pytest.raises(ValueError, match="one picture at a time, 2 came"):
        descend(moves, with_keys(optimiser="lbfgs"), image=np.zeros((2, 8, 12, 3), "float32"))


def wild(image):
    """A loss that Adam never gets lower than 1: it only jumps about."""
    losses, gradient = quadratic(image)
    return losses._replace(total=1 + 0 * losses.total), gradient


def test_a_plateau_ends_the_scale_and_progress_goes_on(moves):
    """Ten steps without a gain; the steps that were not taken are not counted."""
    _, walk = descend(moves, with_keys(plateau=0.01), wild, steps=50)
    assert walk.taken == PATIENCE + 1
    assert walk.outcome == "finished"
    _, walk = descend(moves, with_keys(plateau=0.0), wild, steps=50)
    assert walk.taken == 50


def test_a_slope_is_no_plateau(moves):
    """A thousandth a step is a gain of about a hundredth in ten."""
    values = iter(0.999 ** np.arange(1000))

    def slow(image):
        losses, gradient = quadratic(image)
        return losses._replace(total=np.float32([next(values)])), gradient

    _, walk = descend(moves, with_keys(plateau=0.005), slow, steps=40)
    assert walk.taken == 40


def test_one_trace_serves_every_height_and_width(moves):
    """The step is traced once for one number of levels, however many shapes are moved."""
    descend(moves, RECIPE)
    before = backend.traces()
    for shape in ((1, 9, 13, 3), (1, 32, 5, 3), (3, 7, 7, 3)):
        image = np.full(shape, 0.5, "float32")
        descend(moves, RECIPE, lambda x: quadratic(x, 0.3), steps=2, image=image)
    assert backend.traces() == before
