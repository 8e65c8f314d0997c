import json

import pytest

from benchmarks import engine
from benchmarks.curves import Curve, Point
from benchmarks.report import line, machine


def test_a_line_is_json_with_the_four_keys_first():
    made = json.loads(line("engine", "gemm_share", 0.123456789, "of peak", side=512))
    assert list(made) == ["benchmark", "metric", "value", "unit", "side"]
    assert made["value"] == 0.1235
    assert made["side"] == 512


def test_a_goal_not_reached_is_null():
    assert json.loads(line("engine", "speedup_vs_adam", None, "times"))["value"] is None


def test_the_machine_is_named_with_its_cores():
    assert "cores" in machine()


@pytest.fixture
def bench(monkeypatch):
    """A run whose baseline took 50 seconds to what takes us 5."""
    baseline = Curve(tuple(Point(float(step), 1 / (1 + step), step) for step in range(51)))
    ours = Curve(tuple(Point(step / 10, 1 / (1 + step), step) for step in range(1, 60)))
    made = engine.Bench(engine.QUICK)
    made.__dict__.update(_ours=ours, _evaluator=None)
    monkeypatch.setattr("benchmarks.baselines.plain_adam", lambda *_: baseline)
    monkeypatch.setattr(engine, "Bench", lambda form: made)
    return made


def test_the_contest_says_how_it_came_about(bench, capsys):
    engine.main(["--quick", "--only", "speedup_vs_adam"])
    (text,) = capsys.readouterr().out.splitlines()
    said = json.loads(text)
    assert said["metric"] == "speedup_vs_adam"
    assert said["value"] == 10
    assert (said["baseline_steps"], said["steps"], said["size"]) == (50, 50, 256)
    assert said["on_the_way"]["20"] == 10


def test_every_metric_of_the_engine_has_a_name_and_a_sentence():
    names = ["gemm_share", "speedup_vs_adam", "speedup_vs_lbfgs", "seconds_per_picture", "peak_mb"]
    assert list(engine.METRICS) == names
    assert all(metric.__doc__ for metric in engine.METRICS.values())
