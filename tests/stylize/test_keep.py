"""Which iterate a scale ends with."""

from itertools import pairwise

import numpy as np
import pytest

from stylize.keep import DECAY, KEEPERS, Averaged, Last, Lowest
from stylize.recipe import Recipe


def pictures(*values):
    """A batch of one-coloured pictures (N,2,3,3)."""
    return np.stack([np.full((2, 3, 3), value, "float32") for value in values])


def shown(images):
    return np.asarray(images)[:, 0, 0, 0].tolist()


def walk(keeper, *steps):
    """Let `keeper` see steps from (images, losses) to the next one's images."""
    for (before, losses), (after, _) in pairwise(steps):
        keeper.see(pictures(*before), np.float32(losses), pictures(*after))
    return shown(keeper.kept(pictures(*steps[-1][0])))


def test_every_name_of_the_recipe_is_registered():
    assert set(KEEPERS) == set(Recipe.model_fields["result"].annotation.__args__)


@pytest.mark.parametrize("name", sorted(KEEPERS))
def test_without_a_step_it_is_what_there_is(name):
    assert shown(KEEPERS[name]().kept(pictures(0.3))) == pytest.approx([0.3])


def test_the_last_is_the_last():
    assert walk(Last(), ([0.0], [3]), ([1.0], [1]), ([2.0], [2]), ([3.0], None)) == [3.0]


def test_the_lowest_is_the_one_the_loss_belongs_to():
    """A step's loss is that of the image before it."""
    assert walk(Lowest(), ([0.0], [3]), ([1.0], [1]), ([2.0], [2]), ([3.0], None)) == [1.0]


def test_of_equal_losses_the_first_is_kept():
    assert walk(Lowest(), ([0.0], [3]), ([1.0], [1]), ([2.0], [1]), ([3.0], None)) == [1.0]


def test_each_picture_of_a_batch_keeps_its_own_lowest():
    steps = ([0.0, 10.0], [3, 1]), ([1.0, 11.0], [1, 5]), ([2.0, 12.0], [2, 0.5]), ([3.0, 13], None)
    assert walk(Lowest(), *steps) == [1.0, 12.0]


def test_the_average_is_exponential_and_knows_its_start():
    """Σ decayed images over Σ decayed weights, in float64."""
    values = np.random.default_rng(0).random(30)
    weights = DECAY ** np.arange(29)[::-1]
    expected = np.sum(weights * values[1:]) / np.sum(weights)
    found = walk(Averaged(), *(([value], [0.0]) for value in values))
    assert found == pytest.approx([expected], rel=1e-5)


def test_the_average_of_one_picture_is_that_picture():
    assert walk(Averaged(), ([0.0], [1]), ([0.7], None)) == pytest.approx([0.7])
    assert walk(Averaged(), *(([0.7], [1]) for _ in range(200))) == pytest.approx([0.7], rel=1e-5)


def test_what_was_rolled_back_is_not_in_the_average():
    """An image is taken in when a step starts from it, for then its loss is a number."""
    keeper = Averaged()
    keeper.see(pictures(0.5), np.float32([1]), pictures(1e6))
    keeper.see(pictures(0.5), np.float32([1]), pictures(0.5))
    assert shown(keeper.kept(pictures(0.5))) == pytest.approx([0.5])
