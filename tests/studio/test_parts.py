"""The studio's parts, each by itself: the form, the command, the line, the visits, the words."""

import shlex
from pathlib import Path

import pytest

from images import ImageError
from studio import StudioError, words
from studio.command import restyle_command
from studio.errors import sentence_of
from studio.lane import Lane, Turn
from studio.order import make_photo, plain_name
from studio.recipe_form import PLAIN_SIGHT, complaint, fields, overrides_of, shown
from studio.serving import Access, is_loopback
from studio.thumbs import Thumbs
from studio.visits import Visits
from studio.wiring import stream
from stylize import PRESETS, Recipe, RecipeError, resolve_recipe
from tests.studio.conftest import make_order, picture


def test_the_form_has_every_key_with_its_meaning_and_bounds():
    found = {field.name: field for field in fields()}
    assert set(found) | set(PLAIN_SIGHT) == set(Recipe.model_fields)
    assert all(field.help for field in found.values())
    assert "at least 0.1, at most 4" in found["style_scale"].help
    assert found["optimiser"].choices == ("adam", "quasi_newton", "lbfgs")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_shown_and_read_again_changes_nothing(preset):
    recipe = PRESETS[preset].recipe
    given = {name: shown(name, recipe) for name in Recipe.model_fields}
    assert overrides_of(preset, given) == {}


def test_changed_values_make_the_recipe_meant():
    given = {
        "steps": "5, 4",
        "style_layers": "block1_conv1 = 2, block2_conv1",
        "rescaled": "1, 2, 3",
        "alpha": 0.5,
        "clip": False,
        "size": 320,
    }
    recipe = resolve_recipe("default", overrides_of("default", given))
    assert recipe.steps == (5, 4)
    assert recipe.style_layers == (("block1_conv1", 2.0), ("block2_conv1", 1.0))
    assert (recipe.rescaled, recipe.alpha, recipe.clip) == ((1, 2, 3), 0.5, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alpha", -1),
        ("alpha", None),
        ("steps", "many"),
        ("style_layers", "block9_conv1"),
        ("seed", -1),
        ("seed", 0.5),
        ("size", 63),
        ("learning_rate", float("nan")),
    ],
)
def test_a_bad_value_is_a_sentence(name, value):
    assert complaint("default", name, value)
    with pytest.raises(RecipeError):
        overrides_of("default", {name: value})
    assert not complaint("default", name, shown(name, PRESETS["default"].recipe))


@pytest.mark.parametrize("name", ["nosuch", "__class__", "model_fields", "style"])
def test_a_key_that_no_recipe_has_is_a_sentence(name):
    for value in (1, "text", None):
        with pytest.raises(RecipeError, match="no key"):
            overrides_of("default", {"alpha": 0.5, name: value})


def test_commands_are_quoted():
    command = restyle_command("my style; rm -rf", "default", {"size": 64}, "cifar10", "my data")
    assert shlex.split(command)[2] == "my style; rm -rf"
    assert shlex.split(command)[-1] == "my data"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\photos\\Käse 1.JPG", "Käse 1.jpg"),
        ("--out", "out.png"),
        ("a$(id).png", "a--id.png"),
        ("", "picture.png"),
    ],
)
def test_a_files_name_is_plain(given, kept):
    assert plain_name(given, ".png") == kept


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (b"no picture", "not_image"), (picture(1)[:200], "truncated")],
)
def test_what_is_no_photo_is_refused_in_a_sentence(data, reason):
    with pytest.raises(ImageError) as error:
        make_photo("x.png", data)
    assert error.value.reason == reason
    assert sentence_of(error.value)[0].isupper()


def test_an_order_needs_a_style_and_a_share(desk):
    order = make_order(desk, "mosaic")
    for wrong in ({"styles": ()}, {"shares": (0.0,)}, {"shares": (float("nan"),)}):
        with pytest.raises(StudioError):
            type(order)(**{**order.__dict__, **wrong})


def test_a_photo_of_the_workspace_is_recognised_by_its_bytes(desk):
    known = desk.photos()[0]
    photo = make_photo("whatever.png", known.path.read_bytes(), desk.photos())
    assert (photo.known, photo.title) == (known, known.title)


def test_the_line_tells_everybody_where_they_stand():
    lane = Lane()
    for ticket in "abc":
        lane.join(ticket)
    assert lane.turn("b") == Turn(1)
    lane.begin("a")
    lane.tell(0.25, 6)
    assert lane.turn("a") is None
    assert lane.turn("c") == Turn(2, 0.25, 6)
    assert "2 pictures are before yours" in words.waiting(lane.turn("c"))
    lane.leave("b")
    lane.leave("a")
    assert lane.turn("c") == Turn(0)
    assert lane.turn("b") is None


def test_visits_are_apart_and_leave_nothing():
    with Visits(grace=0).open() as visits:
        one, two = visits.of("one"), visits.of("two")
        assert one.folder != two.folder
        file = one.write(b"x", ".png")
        assert visits.of("one") is one
        visits._end("one")
        assert not file.exists()
        assert one.stop.is_set()
        assert two.folder.is_dir()
        root = visits.root
    assert not root.exists()


def test_a_page_that_comes_back_in_time_finds_its_pictures():
    with Visits(grace=60).open() as visits:
        visit = visits.of("phone")
        visits.leave("phone")
        assert visits.of("phone") is visit


def test_thumbnails_only_know_their_own_copies(tmp_path):
    (tmp_path / "photo.png").write_bytes(picture(1))
    (tmp_path / "shelf").mkdir()
    thumbs = Thumbs(tmp_path / "shelf")
    small = thumbs.small(tmp_path / "photo.png", "abc")
    assert thumbs.key_of(str(small)) == "abc"
    assert thumbs.key_of(str(tmp_path / "photo.png")) == ""
    assert thumbs.small(Path(__file__), "def") is None


def test_words_escape_what_strangers_wrote():
    evil = "<script>alert(1)</script>"
    report = {"name": evil, "outcome": "failed", "errors": [evil], "started_at": evil}
    for html in (words.note(evil), words.facts([("a", evil)]), words.run_table([report])):
        assert "<script>" not in html
    assert "href" not in words.facts([("a", "javascript:alert(1)")])
    assert 'href="https://example.org/"' in words.facts([("a", "https://example.org/")])


def test_nobody_foreseen_is_no_stack_trace():
    assert "unforeseen" in sentence_of(KeyError("x"))
    assert sentence_of(StudioError("no photo.")) == "No photo."


def test_a_stream_ends_with_its_last_word_or_its_error():
    assert list(stream(lambda put: [put(n) for n in (1, 2, 3)]))[-1] == 3

    def failing(put):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(stream(failing))


def test_only_loopback_goes_without_a_password():
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("example.org")
    Access().check()
    Access("0.0.0.0", password="x").check()
    with pytest.raises(StudioError, match="ATELIER_STUDIO_PASSWORD"):
        Access("0.0.0.0").check()


def test_the_names_it_answers_to():
    """A page of the web may have a name that points here; a password it does not have."""
    assert "127.0.0.2" in Access("127.0.0.2").names
    assert Access("[::1]").names == {"localhost", "127.0.0.1", "::1"}
    assert Access("127.0.0.1", password="x").names == frozenset()
    assert Access("0.0.0.0", password="x").names == frozenset()


def test_without_the_extra_it_is_one_sentence(monkeypatch):
    monkeypatch.setattr("studio.serving.find_spec", lambda name: None)
    with pytest.raises(StudioError, match=r"pip install 'atelier\[studio\]'"):
        Access().check()
