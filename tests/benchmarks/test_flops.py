import pytest

from benchmarks.flops import matrix_product, vgg_step


@pytest.mark.parametrize(("side", "gigaflops"), [(256, 94.7), (512, 379)])
def test_a_step_of_vgg19_to_block5_conv1_counts_as_documented(side, gigaflops):
    assert vgg_step(side, side) / 1e9 == pytest.approx(gigaflops, rel=2e-3)


def test_one_layer_by_hand():
    """3 to 64 channels on 10 × 20 positions, nine taps, two FLOPs each, forward and backward."""
    assert vgg_step(10, 20, last="block1_conv1") == 2 * 2 * 9 * 3 * 64 * 10 * 20


def test_half_the_width_is_about_a_quarter_of_the_work():
    assert vgg_step(512, 512, widths=0.5) / vgg_step(512, 512) == pytest.approx(0.25, abs=0.01)


def test_a_layer_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="has no layer"):
        vgg_step(64, 64, last="block9_conv1")


def test_a_matrix_product():
    assert matrix_product(2048) == 2 * 2048**3
