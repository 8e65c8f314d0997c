"""The Gaussian-Wasserstein style loss against closed forms, SciPy and finite differences."""

import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf

from stylize.wasserstein import RIDGE, inverse_root, relative_wasserstein, wasserstein

RNG = np.random.default_rng(0)


def moments(features):
    """μ (1,C) and E[ff'] (1,C,C) of features (P,C), in their dtype."""
    count = np.asarray(len(features), features.dtype)
    return features.mean(0)[None], (features.T @ features / count)[None]


def activations(positions, channels, seed=0, scale=1.0):
    """Features after a ReLU: correlated, of a steep spectrum, their mean square `scale`²."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(channels, channels)))[0]
    mixing = basis / np.arange(1, channels + 1)[:, None] ** 1.2
    features = np.maximum(rng.normal(size=(positions, channels)) @ mixing, 0)
    return (features * scale / np.sqrt((features**2).mean())).astype("float32")


def of_gaussians(mean, covariance, target_mean, target_covariance, **how):
    """The loss of two Gaussians given by mean and covariance, float64, no ridge unless asked."""
    pairs = ((mean, covariance), (target_mean, target_covariance))
    given = [(mu[None], (np.outer(mu, mu) + sigma)[None]) for mu, sigma in pairs]
    tensors = [tf.constant(array) for pair in given for array in pair]
    return float(wasserstein(*tensors, **{"ridge": 0.0} | how)[0])


def in_scipy(first, target, ridge=RIDGE):
    """The same from features in float64: tr(Σ + Σ* - 2(Σ*^½ΣΣ*^½)^½)/C + mean((μ-μ*)²)."""
    sigma, sigma_target = (
        np.cov(features.astype("float64"), rowvar=False, bias=True) + ridge * np.eye(first.shape[1])
        for features in (first, target)
    )
    root = scipy.linalg.sqrtm(sigma_target)
    cross = np.trace(scipy.linalg.sqrtm(root @ sigma @ root)).real
    spread = np.trace(sigma) + np.trace(sigma_target) - 2 * cross
    shift = np.mean((first.astype("float64").mean(0) - target.astype("float64").mean(0)) ** 2)
    return shift + spread / first.shape[1]


def positive(channels):
    factor = RNG.normal(size=(channels, 2 * channels))
    return factor @ factor.T / (2 * channels)


def test_equal_gaussians_are_at_distance_0():
    mean, covariance = RNG.normal(size=6), positive(6)
    assert of_gaussians(mean, covariance, mean, covariance) == pytest.approx(0, abs=1e-5)


def test_diagonal_covariances_differ_by_their_roots():
    """Σ(√a - √b)²/C, for a diagonal Gaussian is transported channel by channel."""
    a, b, zero = RNG.uniform(0.1, 2, 5), RNG.uniform(0.1, 2, 5), np.zeros(5)
    expected = np.mean((np.sqrt(a) - np.sqrt(b)) ** 2)
    assert of_gaussians(zero, np.diag(a), zero, np.diag(b)) == pytest.approx(expected, rel=1e-4)


def test_a_shifted_mean_costs_its_mean_square():
    mean, shift, covariance = RNG.normal(size=4), np.array([1.0, -2, 0, 3]), positive(4)
    moved = of_gaussians(mean + shift, covariance, mean, covariance)
    assert moved == pytest.approx(14 / 4, abs=1e-5)


def test_a_gaussian_against_a_point_keeps_its_trace():
    """Only ε is left of the other covariance, so the distance is about tr Σ."""
    covariance, zero = np.diag([1.0, 2.0, 3.0]), np.zeros(3)
    near = of_gaussians(zero, covariance, zero, np.zeros((3, 3)), ridge=1e-10)
    assert near == pytest.approx(2, rel=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_scipys(seed):
    first, target = activations(900, 16, seed), activations(700, 16, seed + 10, scale=1.5)
    ours = float(wasserstein(*map(tf.constant, (*moments(first), *moments(target))))[0])
    assert ours == pytest.approx(in_scipy(first, target), rel=1e-3)


def test_it_is_symmetric():
    first, target = moments(activations(300, 8, 1)), moments(activations(300, 8, 2, scale=3))
    there, back = wasserstein(*first, *target), wasserstein(*target, *first)
    np.testing.assert_allclose(there, back, rtol=1e-3)


@pytest.mark.parametrize(("positions", "channels"), [(300, 16), (48, 256), (64, 512), (4, 512)])
def test_fewer_positions_than_channels_leave_value_and_gradient_right(positions, channels):
    """Float32 against an exact float64 calculation, on the features themselves."""
    first, target = activations(positions, channels, 3), activations(400, channels, 4)
    x = tf.constant(first)
    with tf.GradientTape() as tape:
        tape.watch(x)
        mean, second = tf.reduce_mean(x, 0)[None], (tf.transpose(x) @ x / positions)[None]
        value = wasserstein(mean, second, *map(tf.constant, moments(target)))
    expected, slope = exact(first, target)
    power = float(np.mean(target**2))
    assert float(value[0]) == pytest.approx(expected, abs=0.01 * power)
    error = np.linalg.norm(tape.gradient(value, x) - slope) / np.linalg.norm(slope)
    assert error < 0.02


def exact(first, target):
    """The distance and its gradient in the features, by Cholesky factors and an SVD in float64."""
    first, target = first.astype("float64"), target.astype("float64")
    positions, channels = first.shape
    shift = first.mean(0) - target.mean(0)
    ridge = (RIDGE + 2e-7 * (target**2).sum() / len(target)) * np.eye(channels)
    sigma, sigma_target = (np.cov(f, rowvar=False, bias=True) + ridge for f in (first, target))
    left, right = np.linalg.cholesky(sigma), np.linalg.cholesky(sigma_target)
    u, roots, v = np.linalg.svd(left.T @ right)
    carry = scipy.linalg.solve_triangular(left.T, u @ v @ right.T)
    value = (shift**2).sum() + np.trace(sigma) + np.trace(sigma_target) - 2 * roots.sum()
    centred = first - first.mean(0)
    return value / channels, 2 * (shift + centred - centred @ carry) / (positions * channels)


@pytest.mark.parametrize("loss", [wasserstein, relative_wasserstein])
def test_gradients_agree_with_finite_differences(loss):
    """Central differences in float64, every entry, through the moments to the features."""
    x = tf.constant(np.maximum(RNG.normal(size=(8, 3)), 0) + 0.1 * RNG.normal(size=(8, 3)))
    target = [tf.constant(array) for array in moments(RNG.normal(size=(20, 3)) + 0.3)]

    def value_of(features):
        second = tf.transpose(features) @ features / 8
        return loss(tf.reduce_mean(features, 0)[None], second[None], *target)

    with tf.GradientTape() as tape:
        tape.watch(x)
        value = value_of(x)
    numeric, h = np.zeros(x.shape), 1e-5
    for index in np.ndindex(*x.shape):
        bump = np.zeros(x.shape)
        bump[index] = h
        numeric[index] = float((value_of(x + bump) - value_of(x - bump))[0]) / (2 * h)
    np.testing.assert_allclose(tape.gradient(value, x), numeric, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 300.0])
def test_the_relative_form_does_not_know_the_networks_scale(scale):
    first, target = activations(60, 32, 5, scale=2), activations(90, 32, 6)
    here = relative_wasserstein(*moments(first), *moments(target))
    there = relative_wasserstein(*moments(first * scale), *moments(target * scale))
    np.testing.assert_allclose(there, here, rtol=2e-3)


def test_the_relative_form_is_1_for_no_features():
    target = moments(activations(200, 32))
    nothing = [np.zeros_like(array) for array in target]
    np.testing.assert_allclose(relative_wasserstein(*nothing, *target), [1], atol=0.03)


def test_pictures_are_apart_and_share_a_target():
    firsts = [moments(activations(80, 8, seed)) for seed in (1, 2)]
    target = moments(activations(80, 8, 3))
    both = [np.concatenate(arrays) for arrays in zip(*firsts, strict=True)]
    alone = [float(wasserstein(*first, *target)[0]) for first in firsts]
    np.testing.assert_allclose(wasserstein(*both, *target), alone, rtol=1e-4)
    assert wasserstein(*both, *target).dtype == tf.float32


@pytest.mark.parametrize("black", ["first", "target", "both"])
def test_a_black_picture_is_finite(black):
    """Also in its gradient, though no covariance is left."""
    lit, dark = moments(activations(50, 16)), moments(np.zeros((50, 16), "float32"))
    first = [tf.constant(array) for array in (lit if black == "target" else dark)]
    with tf.GradientTape() as tape:
        tape.watch(first)
        value = relative_wasserstein(*first, *(lit if black == "first" else dark))
    assert np.isfinite(value).all()
    assert all(np.isfinite(part).all() for part in tape.gradient(value, first))


def test_not_a_number_comes_through():
    """A painting's guard must see it: no exception, and no number in its place."""
    lost = [array * np.float32("nan") for array in moments(activations(50, 16))]
    assert np.isnan(wasserstein(*lost, *moments(activations(50, 16)))).all()


def test_inverse_root_of_a_diagonal():
    root = inverse_root(tf.constant(np.diag([4.0, 1.0, 0.25])[None]))
    np.testing.assert_allclose(root[0], np.diag([0.5, 1, 2]), rtol=1e-5, atol=1e-9)


def test_inverse_root_is_bounded_where_there_is_none():
    """A singular matrix has no inverse root; the iterations stop at a finite one."""
    singular = np.diag([1.0, 1e-3, 0.0, 0.0])[None].astype("float32")
    root = np.asarray(inverse_root(tf.constant(singular)))[0]
    assert np.isfinite(root).all()
    assert root[1, 1] == pytest.approx(1e-3**-0.5, rel=1e-3)
