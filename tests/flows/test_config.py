from pathlib import Path

import pytest

from flows.config import Collection, load_collection, make_collection
from flows.errors import ConfigError
from scraping import FolderSource, WebSource
from scraping.collections import collection_source

FULL = """
name = "harbour"
workspace = "data"
styles = ["mosaic", "my-styles/*.jpg"]
[[sources]]
folder = "my-photos"
[[sources]]
url = "https://example.org/gallery"
limit = 20
max_pages = 4
delay = 2.5
allow_private = false
[recipe]
preset = "default"
size = 512
strength = 0.6
weights = "cifar10"
"""
SOURCE = '[[sources]]\nurl = "https://example.org/"\n'
COLLECTION = '[[sources]]\ncollection = "openverse"\nquery = "harbour"\n'


def load(folder: Path, text: str) -> Collection:
    (folder / "my-photos").mkdir(exist_ok=True)
    path = folder / "harbour.toml"
    path.write_text(text)
    return load_collection(path)


def test_the_file_of_the_readme(tmp_path: Path) -> None:
    """Every key arrives, and paths start from the file's folder."""
    made = load(tmp_path, FULL)
    assert made.name == "harbour"
    assert made.workspace == tmp_path / "data"
    assert made.styles == ("mosaic", "my-styles/*.jpg")
    assert made.base == tmp_path
    assert made.sources[0].source() == FolderSource(tmp_path / "my-photos")
    expected = WebSource("https://example.org/gallery", limit=20, max_pages=4, delay=2.5)
    assert made.sources[1].source() == expected
    recipe = made.recipe.recipe()
    assert (recipe.size, recipe.strength, made.recipe.weights) == (512, 0.6, "cifar10")


def test_an_open_collection_is_a_source(tmp_path: Path) -> None:
    """With a query and a limit; 50 photos where none is given."""
    made = load(tmp_path, COLLECTION + "limit = 7\n" + COLLECTION)
    first, second = (entry.source() for entry in made.sources)
    assert first == collection_source("openverse", "harbour", 7)
    assert (first.name, second.limit) == ("openverse:harbour", 50)
    assert Collection.model_validate_json(made.model_dump_json()) == made


def test_how_far_a_page_is_followed(tmp_path: Path) -> None:
    """The options of a web page arrive at its source."""
    options = 'depth = 2\nnext_selector = "a.next"\nsitemap = true\nstyle_sheets = true\n'
    source = load(tmp_path, SOURCE + options).sources[0].source()
    expected = WebSource(
        "https://example.org/", depth=2, next_selector="a.next", sitemap=True, style_sheets=True
    )
    assert source == expected


def test_sources_are_enough(tmp_path: Path) -> None:
    """Everything else has a default: a polite source, the published weights, the file's name."""
    made = load(tmp_path, SOURCE)
    assert (made.name, made.workspace, made.styles) == ("harbour", tmp_path / "data", ())
    assert made.sources[0].source() == WebSource("https://example.org/", limit=50, delay=1.0)
    assert (made.recipe.preset, made.recipe.weights) == ("default", "imagenet")


def test_a_collection_survives_the_way_through_json(tmp_path: Path) -> None:
    """It can be a parameter of a scheduled run."""
    made = load(tmp_path, FULL)
    assert Collection.model_validate_json(made.model_dump_json()) == made
    assert Collection.model_json_schema()["type"] == "object"


def test_a_fast_delay_needs_a_private_source(tmp_path: Path) -> None:
    """`delay = 0` is for one's own machine."""
    private = SOURCE.replace("example.org", "localhost") + "allow_private = true\ndelay = 0\n"
    assert load(tmp_path, private).sources[0].delay == 0
    with pytest.raises(ConfigError, match=r"sources\[0\]: delay = 0\.5 .* allow_private = true"):
        load(tmp_path, SOURCE + "delay = 0.5\n")


def test_weights_may_be_a_file_beside_it(tmp_path: Path) -> None:
    """A path of weights starts from the file's folder, too."""
    (tmp_path / "vgg.npz").touch()
    made = load(tmp_path, SOURCE + '[recipe]\nweights = "vgg.npz"\n')
    assert made.recipe.weights == str(tmp_path / "vgg.npz")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"sources is missing: give at least one \[\[sources\]\] table"),
        ("sources = []", r"sources = \[\] is not allowed: give at least one"),
        ("sources = 3", r"sources = 3 is not allowed: give at least one"),
        ("stiles = []\n" + SOURCE, r"stiles is no key of a collection file: did you mean 'styles'"),
        ("colour = 1\n" + SOURCE, r"colour is no key .*: allowed are name, workspace, styles"),
        ("base = 'x'\n" + SOURCE, r"base is no key"),
        ("styles = 'mosaic'\n" + SOURCE, r'styles = "mosaic" is not allowed: give a list'),
        ("styles = [1]\n" + SOURCE, r"styles\[0\] = 1 is not allowed: give a list of style names"),
        ("name = 3\n" + SOURCE, r"name = 3 is not allowed: give some text"),
        (SOURCE + "limit = 0", r"sources\[0\]\.limit = 0 is not allowed: .* 1 to 100000"),
        (SOURCE + "limit = 'all'", r'sources\[0\]\.limit = "all" is not allowed: .* whole number'),
        (SOURCE + "max_page = 3", r"sources\[0\]\.max_page is no key .* did you mean 'max_pages'"),
        (SOURCE + "delay = -1", r"sources\[0\]\.delay = -1 is not allowed: give seconds"),
        (
            SOURCE + "folder = 'my-photos'",
            r"sources\[0\]: .* folder, a url or a collection, one of the three",
        ),
        ("[[sources]]\n", r"sources\[0\]: .* folder, a url or a collection, one of the three"),
        ("[[sources]]\nurl = 'ftp://x/'", r"sources\[0\]: url = 'ftp://x/' must start with http"),
        ("[[sources]]\nfolder = 'none'", r"sources\[0\]\.folder: there is no folder .*none"),
        ("[[sources]]\nfolder = 'my-photos'\ndelay = 2.0", r"a folder has no delay, only a limit"),
        (SOURCE + "collection = 'nasa'\nquery = 'x'", r"collection, one of the three"),
        (SOURCE + "query = 'x'", r"sources\[0\]: a url has no query\."),
        (SOURCE + "depth = -1", r"sources\[0\]\.depth = -1 is not allowed: .* 0 to 100"),
        (SOURCE + "sitemap = 'all'", r'sources\[0\]\.sitemap = "all" .* true or false'),
        ("[[sources]]\nfolder = 'my-photos'\nsitemap = true", r"a folder has no sitemap"),
        (COLLECTION + "max_pages = 3\ndepth = 1", r"has no max_pages or depth, only a query and a"),
        (COLLECTION.replace("openv", "opnev"), r"'opneverse' .* did you mean 'openverse'"),
        ("[[sources]]\ncollection = 'met'", r"met: a query is missing"),
        (COLLECTION + "limit = 0", r"sources\[0\]\.limit = 0 is not allowed"),
        (SOURCE + "[recipe]\nsize = 0", r"recipe: .*size.* 0 was given.* 64"),
        (SOURCE + "[recipe]\nsise = 256", r"recipe: .*'sise'.* did you mean 'size'"),
        (SOURCE + "[recipe]\npreset = 'defualt'", r"recipe: .*'defualt'.* did you mean 'default'"),
        (SOURCE + "[recipe]\npreset = 3", r"recipe\.preset = 3 is not allowed: give the name"),
        ("recipe = 3\n" + SOURCE, r"recipe = 3 is not allowed: give a \[recipe\] table"),
        ("name = ", r"harbour\.toml is not valid TOML"),
    ],
)
def test_a_bad_file_is_told_key_value_and_what_is_allowed(
    tmp_path: Path, text: str, says: str
) -> None:
    """One sentence a problem: where, what was given, what may be given."""
    with pytest.raises(ConfigError, match=says) as caught:
        load(tmp_path, text)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(str(tmp_path / "harbour.toml"))
    assert "\n" not in caught.value.problems[0]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Nobody has to mend a file key by key."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "colour = 1\nname = 3\n" + SOURCE + "limit = 0\n")
    assert len(caught.value.problems) == 3


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    """As is a folder given for a file."""
    with pytest.raises(ConfigError, match=r"There is no collection file .*none\.toml"):
        load_collection(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_collection(tmp_path)


def test_a_mapping_will_do(tmp_path: Path) -> None:
    """The demo has no file."""
    given = {"sources": [{"url": "http://127.0.0.1:8000/"}], "recipe": {"size": 256}}
    assert make_collection(given, tmp_path).recipe.recipe().size == 256
