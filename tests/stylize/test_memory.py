"""How much memory a step takes, and what follows from it."""

import re

import pytest

from stylize import PaintError, Recipe
from stylize.memory import COMFORT, SIDES, Room, batch_size, budget, step_bytes, tile_side

GIB = 1 << 30
RECIPE = Recipe()
ADAM = Recipe(optimiser="adam")
FULL = (1.0, "float32")


def room(gib):
    """All comfort, up to a limit."""
    return Room(int(gib * GIB), int(gib * GIB))


def test_a_step_takes_more_the_larger_the_picture():
    small, large = (step_bytes(RECIPE, side, side, *FULL) for side in (256, 512))
    assert large == pytest.approx(4 * small, rel=0.01)


def test_a_step_takes_less_in_half_precision_and_half_width():
    whole = step_bytes(RECIPE, 512, 512, *FULL)
    assert step_bytes(RECIPE, 512, 512, 1.0, "bfloat16") < whole
    assert 0.4 * whole < step_bytes(RECIPE, 512, 512, 0.5, "float32") < 0.7 * whole


def test_a_shallow_network_takes_less_than_a_deep_one():
    layers = {"content_layers": "block2_conv1", "style_layers": "block1_conv1"}
    shallow = Recipe(optimiser="adam", **layers)
    assert step_bytes(shallow, 512, 512, *FULL) < 0.6 * step_bytes(ADAM, 512, 512, *FULL)


def test_lbfgs_takes_more_than_adam_by_what_it_remembers():
    """Up to the size above which Adam takes its place."""
    more = [
        step_bytes(RECIPE, side, side, *FULL) - step_bytes(ADAM, side, side, *FULL)
        for side in (512, 2048, 4096)
    ]
    assert more[0] > 20 * 2 * 512 * 512 * 12
    assert more[1] < 8 * more[0]
    assert more[2] == 0


def test_a_view_takes_as_much_for_a_large_picture_as_for_a_small():
    """The losses see a square: only the picture's own arrays grow."""
    viewed = [
        step_bytes(Recipe(optimiser="adam", view=256), side, side, *FULL) for side in (256, 1024)
    ]
    plain = [step_bytes(ADAM, side, side, *FULL) for side in (256, 1024)]
    assert viewed[0] == plain[0]
    assert viewed[1] < 0.15 * plain[1]


def test_a_cpus_budget_is_a_part_of_what_is_free_and_bounded():
    assert budget(1 << 30, "cpu") == (int(0.6 * GIB), int(0.6 * GIB))
    assert budget(500 * GIB, "cpu") == (300 * GIB, COMFORT)
    assert budget(500 * GIB, "gpu") == (300 * GIB, 300 * GIB)


def test_a_picture_that_fits_needs_no_tiles():
    enough = -(-3 * step_bytes(ADAM, 512, 512, *FULL) // 2)
    assert tile_side(ADAM, 512, 512, *FULL, Room(enough, enough)) == 0
    assert tile_side(ADAM, 512, 512, *FULL, Room(enough - 2, enough - 2)) in SIDES


def test_less_memory_makes_smaller_tiles():
    sides = [tile_side(RECIPE, 4096, 4096, *FULL, room(gib)) for gib in (9, 6, 5, 4)]
    assert sides == list(SIDES)


def test_a_print_fits_into_a_small_machine():
    """4096 × 3072 pixels with the shipped weights, in tiles, by the estimate."""
    for precision in ("float32", "bfloat16"):
        assert tile_side(RECIPE, 4096, 3072, 0.5, precision, Room(8 * GIB, COMFORT)) in SIDES


def test_too_little_memory_says_what_is_needed_and_what_to_do():
    with pytest.raises(PaintError) as caught:
        tile_side(RECIPE, 4096, 3072, *FULL, Room(1 << 28, 1 << 28))
    sentence = str(caught.value)
    assert "3072 × 4096" in sentence
    assert "0.2 GiB may be used: choose a smaller size, or free some memory." in sentence
    needed = float(re.search(r"about ([\d.]+) GiB", sentence)[1])
    assert tile_side(RECIPE, 4096, 3072, *FULL, room(needed + 0.1)) == min(SIDES)


def test_a_view_has_no_tiles():
    """It would be too much for a square that the losses see as a whole: said, with its need."""
    recipe = Recipe(view=1024)
    with pytest.raises(PaintError, match="choose a smaller size") as caught:
        tile_side(recipe, 1024, 1024, *FULL, Room(GIB, GIB))
    needed = float(re.search(r"about ([\d.]+) GiB", str(caught.value))[1])
    assert needed == pytest.approx(step_bytes(recipe, 1024, 1024, *FULL) / GIB, abs=0.06)


def test_a_batch_has_as_many_pictures_as_fit():
    one = step_bytes(RECIPE, 512, 512, *FULL)
    assert batch_size(RECIPE, 512, 512, *FULL, 5 * one) == 5
    assert batch_size(RECIPE, 512, 512, *FULL, one // 2) == 1
