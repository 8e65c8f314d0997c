from benchmarks.curves import Curve, Point, speedup


def curve(*points):
    return Curve(tuple(Point(seconds, loss, step) for step, (seconds, loss) in enumerate(points)))


BASELINE = curve((0, 1.0), (10, 0.5), (20, 0.2), (30, 0.3))


def test_the_lowest_point_is_the_first_of_equals():
    assert curve((0, 1.0), (5, 0.5), (9, 0.5)).lowest() == Point(5, 0.5, 1)


def test_a_curve_reaches_a_loss_at_its_first_point_no_higher():
    assert BASELINE.reaches(0.5) == Point(10, 0.5, 1)
    assert BASELINE.reaches(0.1) is None


def test_speedup_is_the_time_to_the_baselines_lowest_over_ours_to_that_loss():
    assert speedup(BASELINE, curve((1, 0.4), (5, 0.15), (6, 0.1))) == 20 / 5


def test_a_goal_never_reached_is_no_speedup():
    assert speedup(BASELINE, curve((1, 0.4), (5, 0.21))) is None


def test_a_thinned_curve_keeps_its_ends():
    assert BASELINE.at(2) == [(0, 1.0), (30, 0.3)]
    assert len(BASELINE.at(100)) == 4
