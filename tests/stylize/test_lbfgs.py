"""L-BFGS-B within a budget: known minima, exact counts, bounds, and what is no number."""

import math

import numpy as np
import pytest

from stylize.lbfgs import minimise


def rosenbrock(x):
    """(1-a)² + 100(b-a²)², 0 at (1,1), in float32."""
    a, b = np.float32(x[0]), np.float32(x[1])
    slope = [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]
    return float((1 - a) ** 2 + 100 * (b - a * a) ** 2), np.array(slope, "float32")


def bowl(target, steepness=1.0):
    """steepness·|x - target|²."""
    return lambda x: (
        float(steepness * ((x - target) ** 2).sum()),
        (2 * steepness * (x - target)).astype("float32"),
    )


def counted(function, calls):
    def count(x):
        calls.append(x.copy())
        return function(x)

    return count


@pytest.mark.parametrize("bounds", [None, (-2, 2)])
def test_rosenbrocks_valley_is_walked_to_its_end(bounds):
    found = minimise(rosenbrock, np.array([-1.2, 1], "float32"), 200, bounds)
    np.testing.assert_allclose(found.x, [1, 1], atol=2e-3)
    assert found.x.dtype == np.float32
    assert found.value == rosenbrock(found.x)[0]


def test_bounds_hold_a_minimum_that_lies_outside():
    """Entry by entry, the minimum of a bowl is its centre clipped; no evaluation is outside."""
    target = np.linspace(-0.5, 1.5, 60).reshape(4, 5, 3).astype("float32")
    calls = []
    found = minimise(
        counted(bowl(target), calls), np.full(target.shape, 0.5, "float32"), 50, (0, 1)
    )
    np.testing.assert_allclose(found.x, target.clip(0, 1), atol=1e-4)
    assert all(call.min() >= 0 and call.max() <= 1 for call in calls)
    assert all(call.shape == target.shape and call.dtype == np.float32 for call in calls)


@pytest.mark.parametrize("bounds", [None, (-2, 2)])
@pytest.mark.parametrize("evaluations", [1, 2, 7, 20])
def test_evaluations_are_counted_exactly(evaluations, bounds):
    calls = []
    start = np.array([-1.2, 1], "float32")
    found = minimise(counted(rosenbrock, calls), start, evaluations, bounds)
    assert len(calls) == found.evaluations == evaluations
    assert found.stopped == "evaluations"
    np.testing.assert_array_equal(calls[0], start)


def test_none_leave_the_start():
    found = minimise(rosenbrock, np.zeros(2, "float32"), 0)
    assert found.evaluations == 0
    np.testing.assert_array_equal(found.x, [0, 0])


@pytest.mark.parametrize("steepness", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("bounds", [None, (0, 1)])
def test_the_scale_of_the_problem_does_not_matter(steepness, bounds):
    """A large picture moves at once, whatever the size of its gradient."""
    target = np.random.default_rng(0).random((40, 40, 3)).astype("float32")
    start = np.full(target.shape, 0.5, "float32")
    found = minimise(bowl(target, steepness), start, 8, bounds)
    assert found.value < 1e-4 * bowl(target, steepness)(start)[0]


def test_the_first_step_is_as_long_as_asked():
    calls = []
    target = np.random.default_rng(0).random((20, 20, 3)).astype("float32")
    minimise(
        counted(bowl(target), calls), np.full(target.shape, 0.5, "float32"), 2, first_step=0.01
    )
    assert np.sqrt(np.mean((calls[1] - calls[0]) ** 2)) == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("part", ["value", "gradient"])
@pytest.mark.parametrize("after", [0, 1, 5])
def test_what_is_no_number_ends_it_with_the_best_before(after, part):
    calls = []

    def fails(x):
        calls.append(x.copy())
        value, gradient = rosenbrock(x)
        if len(calls) <= after:
            return value, gradient
        return (math.nan, gradient) if part == "value" else (value, gradient * np.inf)

    start = np.array([-1.2, 1], "float32")
    found = minimise(fails, start, 100)
    assert found.stopped == "non_finite"
    assert found.evaluations == len(calls) == after + 1
    assert f"Evaluation {after + 1} " in found.message
    before = [rosenbrock(call)[0] for call in calls[:after]]
    assert found.value == min(before) if before else math.isnan(found.value)
    np.testing.assert_array_equal(found.x, calls[int(np.argmin(before))] if before else start)


def test_the_best_picture_is_given_not_the_last():
    values = []
    found = minimise(
        rosenbrock,
        np.array([-1.2, 1], "float32"),
        15,
        on_evaluation=lambda number, x, value: values.append(value),
    )
    assert found.value == min(values)
    assert rosenbrock(found.x)[0] == min(values)


def test_every_evaluation_is_told():
    told = []
    minimise(
        rosenbrock, np.array([-1.2, 1], "float32"), 6, on_evaluation=lambda *all: told.append(all)
    )
    assert [number for number, _, _ in told] == [1, 2, 3, 4, 5, 6]
    assert all(rosenbrock(x)[0] == value for _, x, value in told)


def test_an_exception_from_the_callback_ends_it():
    def interrupt(number, x, value):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        minimise(rosenbrock, np.zeros(2, "float32"), 10, on_evaluation=interrupt)


def test_it_ends_early_where_nothing_goes_lower():
    """At the minimum itself, after one evaluation; near it, when float32 can do no better."""
    target = np.full((3, 3, 3), 0.25, "float32")
    there = minimise(bowl(target), target, 50)
    assert (there.evaluations, there.stopped) == (1, "converged")
    near = minimise(bowl(target), target + np.float32(0.1), 10_000)
    assert near.stopped == "converged"
    assert near.value < 1e-9


def test_a_line_search_led_astray_is_begun_anew():
    """Three wrong values end SciPy's run; from the best picture the minimum is found after all."""
    calls = []

    def lies(x):
        calls.append(x)
        value, gradient = rosenbrock(x)
        return value + (1000 if 7 <= len(calls) <= 9 else 0), gradient

    found = minimise(lies, np.array([-1.2, 1], "float32"), 200)
    np.testing.assert_allclose(found.x, [1, 1], atol=2e-3)


def test_noisy_gradients_do_not_stall_it():
    """Each entry is off by up to half, as no line search likes it."""
    rng = np.random.default_rng(0)
    scales = np.geomspace(1, 1e3, 200)

    def noisy(x):
        gradient = 2 * scales * (x - 0.5) * rng.uniform(0.5, 1.5, 200)
        return float((scales * (x - 0.5) ** 2).sum()), gradient.astype("float32")

    start = np.zeros(200, "float32")
    assert minimise(noisy, start, 400).value < 1e-6 * noisy(start)[0]
