"""Many pictures with one Stylizer: their order, what they share, and that none sees another."""

import numpy as np
import pytest

from stylize import PaintError, Stylizer, backend
from stylize.jobs import StylizeJob
from stylize.memory import step_bytes


def with_keys(recipe, **keys):
    return recipe.model_copy(update=keys)


@pytest.fixture(scope="module")
def batched(tiny_weights):
    """Paints up to three pictures at once."""
    return Stylizer(tiny_weights, precision="float32", batch=3)


def picture(seed, height=48, width=66):
    """A smooth picture of its own."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((height // 6 + 1, width // 6 + 1, 3))
    image = coarse.repeat(6, axis=0).repeat(6, axis=1)[:height, :width]
    return (0.8 * image + 0.2 * rng.random(image.shape)).astype("float32")


@pytest.fixture
def jobs(quick):
    """Five of one shape, each with a style of its own, and two of another."""
    shapes = [(48, 66)] * 5 + [(66, 48)] * 2
    return [
        StylizeJob(picture(seed, *shape), [picture(10 + seed, 40, 52)], quick)
        for seed, shape in enumerate(shapes)
    ]


def alone(stylizer, job):
    return stylizer.stylize(
        job.content,
        job.styles,
        job.recipe,
        style_weights=job.style_weights,
        masks=job.masks,
        initial=job.initial,
    )


def close(one, two):
    """Equal but for rounding, which Adam's first steps make more of where there is no slope."""
    assert one.image.shape == two.image.shape
    assert np.abs(one.image - two.image).mean() < 1e-4
    assert one.statistics.style_loss == pytest.approx(two.statistics.style_loss, rel=1e-3)
    assert one.statistics.content_loss == pytest.approx(two.statistics.content_loss, rel=1e-3)
    ours, theirs = ([loss for _, loss in r.statistics.trace] for r in (one, two))
    assert ours == pytest.approx(theirs, rel=1e-3)


def test_results_come_in_the_order_of_the_jobs(stylizer, jobs):
    results = list(stylizer.run(jobs))
    assert len(results) == 7
    for job, result in zip(jobs, results, strict=True):
        np.testing.assert_array_equal(result.image, alone(stylizer, job).image)


def test_a_batch_gives_each_picture_as_if_it_were_alone(stylizer, batched, jobs):
    """Batches of three, two and two; every picture with a style, a loss and a trace of its own."""
    for job, result in zip(jobs, batched.run(jobs), strict=True):
        close(result, alone(stylizer, job))


@pytest.mark.parametrize(
    "keys",
    [
        {"result": "lowest", "learning_rate": 0.2},
        {"result": "averaged"},
        {"initial": "noise", "seed": 3},
        {"initial": "recoloured", "colours": "luma"},
        {"initial": "style", "strength": 0.8},
        {"optimiser": "quasi_newton"},
    ],
    ids=lambda keys: next(iter(keys.values())),
)
def test_that_holds_for_every_way_to_begin_and_to_end(stylizer, batched, jobs, keys):
    changed = [StylizeJob(j.content, j.styles, with_keys(j.recipe, **keys)) for j in jobs[:3]]
    for job, result in zip(changed, batched.run(changed), strict=True):
        close(result, alone(stylizer, job))


def test_a_style_that_all_share_is_one_target(stylizer, batched, jobs):
    style = picture(20, 40, 52)
    shared = [StylizeJob(job.content, [style], job.recipe) for job in jobs[:3]]
    for job, result in zip(shared, batched.run(shared), strict=True):
        close(result, alone(stylizer, job))


def test_blends_may_differ_within_a_batch(stylizer, batched, jobs):
    styles = [picture(20, 40, 52), picture(21, 40, 52)]
    blends = [
        StylizeJob(job.content, styles, job.recipe, [share, 1 - share])
        for job, share in zip(jobs[:3], (0, 0.3, 1), strict=True)
    ]
    for job, result in zip(blends, batched.run(blends), strict=True):
        close(result, alone(stylizer, job))


def steps_of(stylizer, jobs):
    """How many steps were taken in all: a batch's count once."""
    seen = []
    results = list(stylizer.run(jobs, seen.append))
    assert len(results) == len(jobs)
    return len(seen)


def test_jobs_in_a_row_that_are_alike_are_painted_together(batched, jobs):
    """3 + 2 of the first shape, 2 of the second: three paintings of three steps."""
    assert steps_of(batched, jobs) == 9


def test_what_is_a_pictures_own_is_painted_alone(batched, jobs):
    """Masks, a picture to go on from, another recipe, L-BFGS."""
    job, white = jobs[0], np.ones((48, 66), "float32")
    last = with_keys(job.recipe, steps=(2,))
    plain = StylizeJob(job.content, job.styles, last)
    masked = StylizeJob(job.content, job.styles, last, masks=[white])
    begun = StylizeJob(job.content, job.styles, last, initial=job.content)
    other = StylizeJob(job.content, job.styles, with_keys(last, strength=0.6))
    assert steps_of(batched, [plain, plain, plain]) == 2
    assert steps_of(batched, [masked, masked]) == 4
    assert steps_of(batched, [plain, begun, plain]) == 6
    assert steps_of(batched, [plain, other]) == 4
    assert batched.together(last, 48, 66) == 3
    assert batched.together(with_keys(last, optimiser="lbfgs"), 48, 66) == 1


def test_an_iterate_of_a_batch_is_of_its_first_picture(batched, jobs):
    seen = []
    results = list(batched.run(jobs[:3], seen.append))
    np.testing.assert_allclose(seen[-1].picture(), results[0].image, atol=1e-5)
    traces = [[loss for _, loss in result.statistics.trace] for result in results]
    expected = np.mean(traces, axis=0)
    assert [one.loss for one in seen] == pytest.approx(expected.tolist(), rel=1e-4)


def test_a_result_comes_before_the_next_job_is_asked_for(stylizer, jobs):
    """So that jobs may be found while painting, and pictures saved as they are made."""
    asked = []

    def given():
        for job in jobs[:3]:
            asked.append(job)
            yield job

    results = stylizer.run(given())
    for count in (1, 2, 3):
        next(results)
        assert len(asked) == count


@pytest.mark.parametrize("which", ["stylizer", "batched"])
def test_a_bad_job_is_told_when_its_turn_comes(request, which, jobs):
    """The pictures before it are painted, also those of its own batch."""
    painter = request.getfixturevalue(which)
    bad = StylizeJob(255 * jobs[2].content, jobs[2].styles, jobs[2].recipe)
    results = painter.run([*jobs[:2], bad, *jobs[3:]])
    assert len([next(results), next(results)]) == 2
    with pytest.raises(PaintError, match="divide 8-bit values by 255"):
        next(results)


def test_no_jobs_are_no_results(stylizer):
    assert list(stylizer.run([])) == []


def test_many_odd_shapes_are_traced_no_more(stylizer, batched, quick):
    """Twenty shapes, in batches and alone, with one style or a blend, after a first of each."""
    recipe = with_keys(quick, size=8192, steps=(1, 1))

    def paint(seed, height, width):
        photo, style = picture(seed, height, width), picture(seed + 1, width, height)
        alike = [StylizeJob(photo, [style], recipe), StylizeJob(photo[::-1], [style], recipe)]
        return [*batched.run([*alike, *alike]), *stylizer.run(alike[:1])]

    paint(0, 48, 66)
    before = backend.traces()
    for seed in range(20):
        shape = (33 + 3 * seed, 90 - 2 * seed)
        assert {result.image.shape for result in paint(seed, *shape)} == {(*shape, 3)}
    assert backend.traces() == before


def test_recipes_that_differ_in_numbers_only_share_what_is_compiled(stylizer, quick, jobs):
    job = jobs[0]
    alone(stylizer, job)
    before = backend.traces()
    for keys in (
        {"alpha": 3.0, "beta": 0.1, "gamma": 2.0},
        {"learning_rate": 0.1, "space": "bytes", "clip": False},
        {"steps": (2,), "strength": 0.9},
        {"result": "averaged", "plateau": 0.5, "colours": "luma"},
        {"style_scale": 0.7, "style_fit": "native", "initial": "noise"},
    ):
        alone(stylizer, StylizeJob(job.content, job.styles, with_keys(quick, **keys)))
    assert backend.traces() == before


def test_a_style_is_seen_by_the_network_once(monkeypatch, stylizer, quick):
    """Its targets serve the next photos; so do a photo's for its next styles."""
    style, photo = picture(70, 41, 53), picture(71)
    list(stylizer.run([StylizeJob(photo, [style], quick)]))
    painter, made = stylizer._painter(quick), []
    for name in ("_style_moments", "_content_features"):
        inner = getattr(painter._targets, name)
        noted = lambda image, name=name, inner=inner: made.append(name) or inner(image)  # noqa: E731
        monkeypatch.setattr(painter._targets, name, noted)
    list(stylizer.run([StylizeJob(photo, [style], quick)]))
    assert made == []
    list(stylizer.run([StylizeJob(picture(72), [style], with_keys(quick, strength=0.9))]))
    assert set(made) == {"_content_features"}
    made.clear()
    list(stylizer.run([StylizeJob(photo, [picture(73)], quick)]))
    assert set(made) == {"_style_moments"}


def test_pictures_that_need_tiles_are_painted_one_by_one(stylizer, quick):
    """Tiles know one picture; a batch that was asked for gives way."""
    large = [StylizeJob(picture(seed, 640, 640), [picture(9, 40, 52)], quick) for seed in (1, 2)]
    jobs = [
        StylizeJob(j.content, j.styles, with_keys(j.recipe, size=640, steps=(1,))) for j in large
    ]
    enough = step_bytes(jobs[0].recipe, 640, 640, stylizer._painter(quick).width, "float32")
    tiled = Stylizer(stylizer._weights, "float32", memory=enough, batch=2)
    results = list(tiled.run(jobs))
    assert tiled.together(jobs[0].recipe, 640, 640) == 1
    for job, result in zip(jobs, results, strict=True):
        assert result.statistics.tiles > 1
        close(result, alone(stylizer, job))
