"""The plain loops that the engine is held against do bring the loss down."""

import numpy as np
import pytest

from benchmarks.baselines import plain_adam, scipy_lbfgs
from benchmarks.ours import judged

SHAPE = (8, 8, 3)
PHOTO = np.full(SHAPE, 0.9, "float32")


class Bowl:
    """Stands for the evaluator: the mean square of the picture's distance from 0.5."""

    shape = (1, *SHAPE)

    def value_and_gradient(self, image):
        import tensorflow as tf

        away = image - 0.5
        return tf.reduce_mean(tf.square(away)), 2 * away / tf.cast(tf.size(away), tf.float32)

    def judge(self, picture):
        loss = float(np.mean((picture - 0.5) ** 2))
        return loss, loss, 0.0


def test_adam_moves_every_pixel_by_its_rate_at_first():
    curve = plain_adam(Bowl(), PHOTO, steps=3)
    assert [point.step for point in curve.points] == [0, 1, 2, 3]
    assert curve.points[0].loss == pytest.approx(0.16)
    assert curve.points[1].loss == pytest.approx(0.38**2, rel=1e-4)


def test_time_never_runs_backwards():
    seconds = [point.seconds for point in plain_adam(Bowl(), PHOTO, steps=5).points]
    assert seconds[0] == 0
    assert seconds == sorted(seconds)


def test_lbfgs_finds_the_bottom_and_stops_at_its_evaluations():
    curve = scipy_lbfgs(Bowl(), PHOTO, evaluations=4)
    assert len(curve.points) <= 4
    assert curve.lowest().loss < 1e-6


def test_pictures_of_other_sizes_are_not_judged_and_rims_are_cut_off():
    canvas = np.pad(np.full(SHAPE, 0.5, "float32"), ((2, 2), (0, 0), (0, 0)))
    kept = [(1.0, 1, PHOTO[:4, :4]), (2.0, 2, canvas)]
    assert judged(kept, Bowl()).points == ((2.0, 0.0, 2),)
