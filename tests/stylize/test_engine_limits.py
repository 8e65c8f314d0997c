"""Where a painting meets its limits: memory, precision, values that are no numbers."""

import numpy as np
import pytest

from stylize import PaintError, Stylizer, backend, engine, memory, resolve_recipe
from stylize.painter import Painter


def with_keys(recipe, **keys):
    return recipe.model_copy(update=keys)


@pytest.fixture
def small_tiles(monkeypatch):
    """Tiles of 64 pixels, so that a small picture has several."""
    monkeypatch.setattr(memory, "SIDES", (64,))
    monkeypatch.setattr(memory, "rim_of", lambda network, layers: 0)


@pytest.mark.parametrize("shape", [(96, 128), (101, 131)])
@pytest.mark.usefixtures("small_tiles")
def test_little_memory_gives_the_same_picture_in_tiles(
    stylizer, tiny_weights, quick, texture, shape
):
    """Also where nothing divides its sides."""
    photo = np.random.default_rng(0).random((*shape, 3)).astype("float32")
    photo[:, : shape[1] // 2] *= 0.4
    recipe = with_keys(quick, size=8192, levels=1, gamma=0.5, steps=(3,), edges="zero")
    whole = stylizer.stylize(photo, [texture], recipe)
    just_short = memory.step_bytes(recipe, *shape, 4 / 64, "float32") - 1
    tiled = Stylizer(tiny_weights, "float32", memory=just_short).stylize(photo, [texture], recipe)
    assert tiled.statistics.tiles > 1
    assert whole.statistics.tiles == 1
    assert np.abs(tiled.image - whole.image).mean() < 1e-4
    for loss in ("content_loss", "style_loss", "tv_loss"):
        one, two = (getattr(result.statistics, loss) for result in (tiled, whole))
        assert one == pytest.approx(two, rel=1e-3)


@pytest.mark.usefixtures("small_tiles")
def test_regions_and_noise_are_painted_in_tiles(tiny_weights, stylizer, quick, photo, texture):
    left = np.zeros(photo.shape[:2], "float32")
    left[:, :58] = 1
    recipe = with_keys(quick, size=8192, levels=1, steps=(3,), edges="zero", initial="noise")
    just_short = memory.step_bytes(recipe, 80, 116, 4 / 64, "float32") - 1
    one, two = (
        painter.stylize(photo, [texture, 1 - texture], recipe, masks=[left, 1 - left])
        for painter in (Stylizer(tiny_weights, "float32", memory=just_short), stylizer)
    )
    assert one.statistics.tiles > two.statistics.tiles == 1
    assert np.abs(one.image - two.image).mean() < 1e-4


@pytest.mark.usefixtures("small_tiles")
def test_many_pictures_in_tiles_are_traced_no_more(tiny_weights, quick, texture):
    """After the first, whatever their shape; and two in a row are two equal pictures."""
    recipe = with_keys(quick, size=8192, levels=1, steps=(1,), edges="zero")
    least = memory.step_bytes(recipe, 80, 90, 4 / 64, "float32") - 1
    stylizer = Stylizer(tiny_weights, "float32", memory=least)
    first, before = {}, None
    for height, width in ((80, 90), (91, 83), (80, 90), (87, 90)):
        photo = np.random.default_rng(width).random((height, width, 3)).astype("float32")
        painted = stylizer.stylize(photo, [texture], recipe)
        assert painted.statistics.tiles > 1
        known = first.setdefault((height, width), painted.image)
        np.testing.assert_array_equal(known, painted.image)
        before = before or backend.traces()
    assert backend.traces() == before


def test_too_little_memory_is_refused_before_the_first_step(tiny_weights, quick, photo, texture):
    seen = []
    with pytest.raises(PaintError, match="choose a smaller size, or free some memory"):
        Stylizer(tiny_weights, memory=1000).stylize(
            photo, [texture], with_keys(quick, steps=(3, 3)), on_iterate=seen.append
        )
    assert not seen


def spoil(monkeypatch, at):
    """Let the losses be no numbers on the evaluations in `at`."""
    original, calls = Painter.__init__, []

    def init(self, *arguments):
        original(self, *arguments)
        inner = self._evaluate

        def evaluate(*given):
            calls.append(1)
            losses, gradient = inner(*given)
            if len(calls) in at:
                losses = losses._replace(total=losses.total * np.nan)
            return losses, gradient

        self._evaluate = evaluate

    monkeypatch.setattr(Painter, "__init__", init)


def test_non_finite_values_are_rolled_back(monkeypatch, tiny_weights, quick, photo, texture):
    """A step that blows up is taken again, smaller; the picture is finished."""
    spoil(monkeypatch, {3, 5})
    result = Stylizer(tiny_weights, "float32").stylize(photo, [texture], quick)
    assert result.outcome == "recovered"
    assert result.statistics.steps == 7
    assert np.isfinite(result.image).all()
    assert np.isfinite([loss for _, loss in result.statistics.trace]).all()


def test_values_that_stay_non_finite_end_the_painting(
    monkeypatch, tiny_weights, quick, photo, texture
):
    """After the last retry the best picture so far is returned, and the outcome says why."""
    spoil(monkeypatch, set(range(4, 1000)))
    recipe = with_keys(quick, steps=(20,))
    result = Stylizer(tiny_weights, "float32").stylize(photo, [texture], recipe)
    assert result.outcome == "stopped_non_finite"
    assert result.statistics.steps == 3
    assert np.isfinite(result.image).all()


def test_a_painting_that_ended_paints_no_finer_scale(
    monkeypatch, tiny_weights, quick, photo, texture
):
    """What ended at the coarse scale is not gone on with, and its picture has its full size."""
    spoil(monkeypatch, {3, 4, 5, 6, 7})
    result = Stylizer(tiny_weights, "float32").stylize(photo, [texture], quick)
    assert result.outcome == "stopped_non_finite"
    assert result.statistics.steps == 2
    assert result.image.shape == (76, 110, 3)


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("space", ["opponent", "rgb", "bytes"])
def test_a_wild_learning_rate_gives_a_picture_all_the_same(
    stylizer, quick, photo, texture, clip, space
):
    recipe = with_keys(quick, learning_rate=255.0, clip=clip, space=space)
    result = stylizer.stylize(photo, [texture], recipe)
    assert np.isfinite(result.image).all()
    assert 0 <= result.image.min() <= result.image.max() <= 1
    assert np.isfinite(result.statistics.style_loss)


def test_weights_of_another_network_are_refused(stylizer, photo, texture):
    recipe = resolve_recipe(overrides={"network": "vgg16", "size": 64})
    with pytest.raises(PaintError, match="resolve the weights for the recipe's network"):
        stylizer.stylize(photo, [texture], recipe)


def test_a_mistake_does_not_spoil_the_next_picture(stylizer, quick, photo, texture):
    with pytest.raises(PaintError):
        stylizer.stylize(photo * 255, [texture], quick)
    assert stylizer.stylize(photo, [texture], quick).outcome == "finished"


def test_half_precision_paints_the_same_picture(
    monkeypatch, tiny_weights, stylizer, quick, photo, texture
):
    """Half precision features reach the same losses within 5 %, and nearly the same pixels."""
    monkeypatch.setattr(engine, "cpu_flags", lambda: frozenset({"avx512_bf16"}))
    one = stylizer.stylize(photo, [texture], quick)
    two = Stylizer(tiny_weights, "bfloat16").stylize(photo, [texture], quick)
    assert two.statistics.precision == "bfloat16"
    for loss in ("style_loss", "content_loss"):
        expected = getattr(one.statistics, loss)
        assert getattr(two.statistics, loss) == pytest.approx(expected, rel=0.05)
    assert np.abs(one.image - two.image).mean() < 10 / 255


def test_precision_the_hardware_lacks_falls_back_and_says_so(
    monkeypatch, caplog, tiny_weights, quick, photo, texture
):
    """float32, which is faster there, and the row says what it was."""
    monkeypatch.setattr(engine, "cpu_flags", lambda: frozenset({"avx2"}))
    with caplog.at_level("WARNING"):
        painted = Stylizer(tiny_weights, "bfloat16").stylize(photo, [texture], quick)
    assert painted.statistics.precision == "float32"
    assert "only emulates bfloat16: painting in float32" in caplog.text


def test_weights_of_a_papers_convention_are_painted_with_its_terms(
    tmp_path, arrays, photo, texture
):
    """An .npz that says whose activations it gives; others have the terms rescaled."""
    recipe = resolve_recipe("max-400", {"steps": [1], "size": 64})
    found = {}
    for convention in ("torchvision", "own"):
        path = tmp_path / f"{convention}.npz"
        np.savez(path, **arrays, convention=np.array(convention))
        weights = engine.WeightSet(convention, "vgg19", path, "0" * 64)
        painted = Stylizer(weights, "float32").stylize(photo, [texture], recipe)
        found[convention] = painted.statistics
    literal, rescaled = found["torchvision"], found["own"]
    assert literal.trace[0][1] > 1e3
    assert rescaled.trace[0][1] < 10
    assert literal.style_loss != pytest.approx(rescaled.style_loss, rel=0.5)
