"""`atelier stylize`: what it is given reaches the painter, and what it is asked for is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.cli import main
from flows.cli.optional_value import with_values
from flows.curves import curves_inside
from flows.plots import is_plot
from images import encode_png, load, read_provenance

pytestmark = pytest.mark.usefixtures("fake_engine")


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def grey(path: Path, pixels: Any) -> Path:
    """A grey picture of `pixels` (H,W)."""
    path.write_bytes(encode_png(np.repeat(np.float32(pixels)[..., None], 3, axis=2)))
    return path


@pytest.fixture
def photo(photos: Path) -> Path:
    """A photo of 80 × 100 pixels; painted at 64 × 51 or so."""
    return photos / "photo-0.png"


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the picture goes; the working directory is there too."""
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    return tmp_path / "out" / "painted.png"


def facts(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_provenance(path.read_bytes())["atelier"])
    return found


def test_nothing_more_is_given_than_was_asked_for(photo: Path, out: Path, painter: Any) -> None:
    assert run("stylize", photo, "mosaic", "-o", out, "--size", 64) == 0
    assert painter.more == {}
    assert not {"style_weights", "masks", "initial"} & set(facts(out))


def test_a_photo_that_is_too_small_for_the_size(
    photo: Path, out: Path, painter: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asked for more pixels than there are is told why there are fewer."""
    assert run("stylize", photo, "mosaic", "-o", out, "--size", 2048) == 0
    assert "Not 2048 pixels: a photo is never enlarged." in capsys.readouterr().out
    assert run("stylize", photo, "mosaic", "-o", out, "--size", 64) == 0
    assert "enlarged" not in capsys.readouterr().out


def test_shares_of_a_blend(photo: Path, out: Path, painter: Any) -> None:
    styles = ("mosaic", "ink_wash")
    assert run("stylize", photo, *styles, "-o", out, "--style-weights", "0.7,0.3") == 0
    assert painter.more["style_weights"] == [0.7, 0.3]
    assert facts(out)["style_weights"] == [0.7, 0.3]


@pytest.mark.parametrize("shares", ["1", "1,2,3", "1,x", "-1,2", "0,0", "nan,1", "inf,1", ""])
def test_shares_that_do_not_fit(
    shares: str, photo: Path, out: Path, painter: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("stylize", photo, "mosaic", "ink_wash", "-o", out, f"--style-weights={shares}")
    assert run(*given) == 2
    assert "a number for each of the 2 styles" in capsys.readouterr().err
    assert painter.calls == 0


def test_masks_take_the_photo_s_shape_and_keep_soft_edges(
    photo: Path, out: Path, painter: Any, tmp_path: Path
) -> None:
    """A ramp of another size is the same ramp at the photo's."""
    ramp = np.linspace(0, 1, 25)[None].repeat(20, 0)
    first, second = grey(tmp_path / "a.png", ramp), grey(tmp_path / "b.png", 1 - ramp)
    masks = ("--mask", first, "--mask", second)
    assert run("stylize", photo, "mosaic", "ink_wash", "-o", out, "--size", 64, *masks) == 0
    height, width = load(out, _any_size()).pixels.shape[:2]
    one, other = painter.more["masks"]
    assert one.shape == other.shape == (height, width)
    assert one.dtype == np.float32
    np.testing.assert_allclose(one[5], np.linspace(0, 1, width), atol=0.03)
    np.testing.assert_allclose(one + other, 1, atol=0.01)
    assert [mask["name"] for mask in facts(out)["masks"]] == ["a.png", "b.png"]
    assert all(len(mask["sha256"]) == 64 for mask in facts(out)["masks"])


def _any_size() -> Any:
    from images import Limits

    return Limits(min_side=1)


@pytest.mark.parametrize(
    ("shape", "value", "styles", "words"),
    [
        ((80, 100), 1.0, ["mosaic", "ink_wash"], "1 masks came for 2 styles"),
        ((100, 80), 1.0, ["mosaic"], "give it the photo's aspect"),
        ((80, 100), 0.0, ["mosaic"], "is black everywhere"),
    ],
)
def test_masks_that_do_not_fit(
    shape: tuple[int, int],
    value: float,
    styles: list[str],
    words: str,
    photo: Path,
    out: Path,
    painter: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mask = grey(out.parent / "mask.png", np.full(shape, value))
    assert run("stylize", photo, *styles, "-o", out, "--mask", mask) == 2
    assert words in capsys.readouterr().err
    assert painter.calls == 0


def test_going_on_from_a_picture(photo: Path, out: Path, painter: Any, tmp_path: Path) -> None:
    small = grey(tmp_path / "small.png", np.full((72, 90), 0.25))
    assert run("stylize", photo, "mosaic", "-o", out, "--initial", small) == 0
    assert painter.more["initial"].shape == (72, 90, 3)
    assert facts(out)["initial"]["name"] == "small.png"


def test_the_words_of_the_recipe_are_no_pictures(photo: Path, out: Path, painter: Any) -> None:
    assert run("stylize", photo, "mosaic", "-o", out, "--initial", "noise") == 0
    assert facts(out)["recipe"]["initial"] == "noise"
    assert painter.more == {}


@pytest.mark.parametrize(
    ("initial", "status", "words"),
    [("none.png", 1, "none.png: cannot be read"), ("tall.png", 2, "give it the photo's aspect")],
)
def test_a_start_that_cannot_be_used(
    initial: str,
    status: int,
    words: str,
    photo: Path,
    out: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    grey(out.parent / "tall.png", np.full((200, 100), 0.25))
    assert run("stylize", photo, "mosaic", "-o", out, "--initial", initial) == status
    assert words in capsys.readouterr().err


def test_colours_are_a_key_of_the_recipe(
    photo: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("stylize", photo, "mosaic", "-o", out, "--colours", "luma") == 0
    assert facts(out)["recipe"]["colours"] == "luma"
    assert run("stylize", photo, "mosaic", "-o", out, "--colours", "sepia") == 2
    assert "'histogram'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["painted.png", "painted.jpg"])
def test_the_picture_carries_its_trace(name: str, photo: Path, out: Path) -> None:
    """`atelier plot` reads it."""
    path = out.with_name(name)
    assert run("stylize", photo, "mosaic", "-o", path, "--size", 64) == 0
    found = curves_inside(path)
    assert found.steps == (1, 2, 3, 4)
    assert found.parts["content"] == pytest.approx((0.5, 0.25, 1 / 6, 0.125), rel=1e-5)
    assert len(found.scales) == 2


def test_the_json_for_programs_is_no_longer_for_it(
    photo: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("stylize", photo, "mosaic", "-o", out, "--plot", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["out"], told["plot"]) == (str(out), str(out.with_name("painted-losses.png")))
    assert "trace" not in told


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (["--plot"], "painted-losses.png"),
        (["--plot", "a.svg"], "a.svg"),
        (["--plot=b.png"], "b.png"),
        (["--plot", "c.png"], "c.png"),
    ],
)
def test_a_plot_lies_where_it_was_said_or_beside(
    given: list[str], name: str, photo: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("stylize", photo, "mosaic", "-o", out, *given) == 0
    assert is_plot(out.with_name(name))
    assert {path.name for path in out.parent.iterdir()} == {"painted.png", name}
    assert f"plot      {name}" in capsys.readouterr().out


def test_a_style_after_plot_is_a_style(photo: Path, out: Path) -> None:
    """Before anything else it is not overwritten."""
    style = grey(out.parent / "style.png", np.full((80, 80), 0.5))
    before = style.read_bytes()
    assert run("stylize", photo, "--plot", style, "-o", out) == 0
    assert facts(out)["styles"] == ["style"]
    assert style.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "made"),
    [
        (["--plot"], ["--plot="]),
        (["--plot", "--json"], ["--plot=", "--json"]),
        (["--plot", "x", "y"], ["--plot=x", "y"]),
        (["--plot", "y", "x"], ["--plot=", "y", "x"]),
        (["--plot=y", "x"], ["--plot=y", "x"]),
        (["--", "--plot", "x"], ["--", "--plot", "x"]),
    ],
)
def test_a_value_may_be_left_out(arguments: list[str], made: list[str]) -> None:
    assert with_values(arguments, "--plot", lambda word: word == "x") == made


def test_frames_and_film(photo: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Photo, three iterates, result; the frames are of the picture's own format."""
    asked = ("--frames", "course", "--video", "film.gif", "--every", 1, "--fps", 10)
    assert run("stylize", photo, "mosaic", "-o", out, *asked) == 0
    assert len(list((out.parent / "course").glob("frame-*.png"))) == 5
    assert (out.parent / "film.gif").read_bytes()[:4] == b"GIF8"
    shown = capsys.readouterr()
    assert "frames    course" in shown.out
    assert "video     film.gif" in shown.out
    assert "film        1/1" in shown.err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--video", "film.avi"], "a film ends in .mp4, .gif, .webp, not '.avi'"),
        (["--plot=losses.pdf"], "a plot ends in .png or .svg"),
        (["--plot=painted.png"], "the picture itself"),
        (["--every", "5"], "add one"),
        (["--frames", "."], "holds other things"),
        (["--fps", "0", "--video", "film.gif"], "--fps"),
    ],
)
def test_what_cannot_be_written_is_said_before_painting(
    given: list[str],
    words: str,
    photo: Path,
    out: Path,
    painter: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (out.parent / "notes.txt").touch()
    assert run("stylize", photo, "mosaic", "-o", out, *given) == 2
    assert words in capsys.readouterr().err
    assert painter.calls == 0
    assert [path.name for path in out.parent.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no paint")])
def test_a_painting_that_breaks_off_leaves_nothing(
    error: BaseException, photo: Path, out: Path, painter: Any
) -> None:
    painter.fail = lambda call: error
    asked = ("--plot", "--frames", "course", "--video", "film.mp4")
    assert run("stylize", photo, "mosaic", "-o", out, *asked) in (1, 130)
    assert list(out.parent.iterdir()) == []


def test_values_that_are_not_finite_make_no_picture(
    photo: Path, out: Path, painter: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    painter.outcome = "stopped_non_finite"
    assert run("stylize", photo, "mosaic", "-o", out) == 1
    assert "lower --set learning_rate" in capsys.readouterr().err
    assert list(out.parent.iterdir()) == []


def test_a_film_that_fails_does_not_cost_the_picture(
    photo: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("images.animation._gif", full)
    assert run("stylize", photo, "mosaic", "-o", out, "--video", "film.gif") == 1
    assert "The disk is full" in capsys.readouterr().err
    assert [path.name for path in out.parent.iterdir()] == ["painted.png"]
