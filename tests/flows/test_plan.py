from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.content import Content
from flows.fingerprint import fingerprint
from flows.history import History, Known, Pace, is_older, seconds_for
from flows.plan import REASONS, Plan, plan
from flows.style_images import StyleImage
from stylize import Recipe

RECIPE = Recipe(size=64)
WEIGHTS = SimpleNamespace(name="cifar10", sha256="w" * 64)
CONTENTS = [
    Content(f"{n:064}", f"content/{n}.jpg", f"prepared/{n}-64.png", 64, 40 + n % 2)
    for n in range(4)
]
STYLES = [StyleImage(name, Path(name), name[0] * 64) for name in ("mosaic", "waves")]


def name_of(content: Content, style: StyleImage, recipe: Recipe = RECIPE) -> str:
    return fingerprint(recipe, content.sha256, [(style.sha256, 1.0)], (), WEIGHTS.sha256)


def known(name: str, **changes: object) -> Known:
    return replace(Known("done", f"stylized/{name}.png", "h", "1", 1, 0), **changes)  # type: ignore[arg-type]


def history(*pairs: tuple[Content, StyleImage], recipe: Recipe = RECIPE, **how: object) -> History:
    rows = {name_of(c, s, recipe): known(name_of(c, s, recipe), **how) for c, s in pairs}
    return History(
        known=rows,
        contents=frozenset(c.sha256 for c, _ in pairs),
        styles=frozenset(s.sha256 for _, s in pairs),
        pairs=frozenset((c.sha256, s.sha256) for c, s in pairs),
        painted=frozenset((c.sha256, s.sha256, recipe.canonical()) for c, s in pairs),
    )


def make(past: History, existing: set[str] | None = None, **how: object) -> Plan:
    settings = {"contents": CONTENTS, "styles": STYLES, "recipe": RECIPE, "weights": WEIGHTS}
    on_disk = {row.output for row in past.known.values()} if existing is None else existing
    return plan(**{**settings, "preset": "default", "history": past, "existing": on_disk} | how)  # type: ignore[arg-type]


ALL = [(content, style) for style in STYLES for content in CONTENTS]


def test_a_new_collection_is_planned_whole() -> None:
    """Every photo in every style, once, named by its fingerprint."""
    made = make(History())
    assert [job.reason for job in made.jobs] == ["new photo"] * 8
    assert {job.fingerprint for job in made.jobs} == {name_of(*pair) for pair in ALL}
    assert all(job.output == f"stylized/{job.fingerprint}.png" for job in made.jobs)
    assert (made.done, made.total, made.reasons) == (0, 8, {"new photo": 8})


def test_what_exists_is_not_done_twice() -> None:
    """With every picture there, nothing is planned."""
    made = make(history(*ALL))
    assert made.jobs == ()
    assert made.done == made.total == 8


def test_jobs_are_grouped_by_style_then_by_shape() -> None:
    """So that style targets are computed once and batches have one shape."""
    keys = [(job.style.name, job.shape) for job in make(History()).jobs]
    assert keys == sorted(keys)
    assert len(set(keys)) == 4


@pytest.mark.parametrize(
    ("past", "how", "reason"),
    [
        (history(*ALL[1:4], *ALL[5:]), {}, "new photo"),
        (history(*ALL[:4]), {}, "new style"),
        (history(*ALL[:4], *ALL[5:]), {}, "new pair"),
        (history(*ALL), {"recipe": RECIPE.model_copy(update={"seed": 1})}, "recipe changed"),
        (history(*ALL), {"weights": SimpleNamespace(name="x", sha256="x")}, "weights changed"),
        (history(*ALL), {"existing": set()}, "output missing"),
        (history(*ALL, status="failed", output=""), {"existing": set()}, "failed before"),
        (history(*ALL), {"engine_version": "2", "refresh": True}, "engine changed"),
        (history(*ALL), {"force": True}, "forced"),
    ],
)
def test_each_job_says_why(past: History, how: dict[str, object], reason: str) -> None:
    """The reason names what about the picture is new, missing or asked for."""
    reasons = {job.reason for job in make(past, **how).jobs}
    assert reasons == {reason}
    assert reason in REASONS


def test_an_older_engine_makes_a_picture_stale_not_due() -> None:
    """A new engine version repaints nothing by itself."""
    made = make(history(*ALL, engine_version="1.9"), engine_version="1.10")
    assert made.jobs == ()
    assert made.stale == made.done == 8
    assert make(history(*ALL, engine_version="2"), engine_version="1.10").stale == 0


def test_versions_are_compared_by_their_numbers() -> None:
    """1.10 is younger than 1.9; without a version nothing is old."""
    assert is_older("1.9", "1.10")
    assert not is_older("1.10", "1.10")
    assert not is_older("2", "1.10")
    assert not is_older("", "1")
    assert not is_older("of mine", "1")
    assert not is_older("9" * 5000, "1")


def test_attempts_count_on_over_runs() -> None:
    """The third run that tries a picture knows that it is the third."""
    made = make(history(ALL[0], status="failed", output="", attempts=2), set())
    attempts = {job.fingerprint: job.attempt for job in made.jobs}
    assert attempts.pop(name_of(*ALL[0])) == 3
    assert set(attempts.values()) == {1}


def test_what_cannot_be_painted_is_left_out_and_reported() -> None:
    """A photo that failed its preprocessing has no jobs, the others do."""
    bad = CONTENTS[0].failed("content/0.jpg is missing.")
    made = make(History(), contents=[bad, *CONTENTS[1:]])
    assert len(made.jobs) == 6
    assert made.excluded == (bad,)


def test_the_same_bytes_twice_are_one_picture() -> None:
    """A style under two names, or a photo listed twice, is painted once."""
    made = make(History(), styles=[*STYLES, replace(STYLES[0], name="copy")], contents=CONTENTS * 2)
    assert len(made.jobs) == 8


def test_a_plan_changes_nothing_it_was_given() -> None:
    """Planning twice gives the same plan."""
    past = history(*ALL[:3])
    assert make(past) == make(past)


def test_the_estimate_goes_by_what_was_measured() -> None:
    """Median seconds per megapixel and step of the device used last; the fallback without any."""
    recipe = Recipe(steps=(100,))
    work = [(recipe, (1000, 1000)), (recipe, (500, 1000))]
    slow = [Pace("optimize", "vgg19", "gpu", 100.0, 1.0)] * 3
    paces = [*slow, *(Pace("optimize", "vgg19", "cpu", 100.0, s) for s in (50.0, 60.0, 900.0))]
    assert seconds_for(work, paces, lambda *_: 0.0) == [60.0, 30.0]
    assert seconds_for(work, [], lambda _, height, width: height * width) == [1e6, 5e5]
    other = [(recipe.model_copy(update={"network": "vgg16"}), (10, 10))]
    assert seconds_for(other, paces, lambda *_: 7.0) == [7.0]


def test_ten_thousand_pictures_are_planned_quickly() -> None:
    """A plan with nothing to do is made of look-ups."""
    import os

    contents = [replace(CONTENTS[0], sha256=f"{n:064}") for n in range(5_000)]
    past = history(*((content, style) for content in contents for style in STYLES))
    start = os.times()
    assert make(past, contents=contents).done == 10_000
    assert os.times().user - start.user < 3.0
