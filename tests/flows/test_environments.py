from pathlib import Path

import pytest

from flows.config import Collection, load_collection
from flows.environments import in_environment
from flows.errors import ConfigError

TEXT = """
workspace = "data"
styles = ["mosaic"]
[[sources]]
url = "https://example.org/"
limit = 5
[recipe]
size = 256
weights = "cifar10"
[environments.prod]
workspace = "/srv/harbour"
styles = ["wave", "ink"]
[environments.prod.recipe]
size = 512
[environments.prod.run]
deterministic = true
[[environments.small.sources]]
url = "https://example.org/few"
limit = 2
"""


def load(folder: Path, text: str, environment: str = "") -> Collection:
    path = folder / "harbour.toml"
    path.write_text(text)
    return load_collection(path, environment)


def test_without_a_name_the_tables_change_nothing(tmp_path: Path) -> None:
    made = load(tmp_path, TEXT)
    assert (made.workspace, made.styles) == (tmp_path / "data", ("mosaic",))
    assert (made.recipe.recipe().size, made.run.deterministic) == (256, False)


def test_a_table_is_merged_key_by_key_and_a_list_is_replaced(tmp_path: Path) -> None:
    made = load(tmp_path, TEXT, "prod")
    assert (made.workspace, made.styles) == (Path("/srv/harbour"), ("wave", "ink"))
    assert (made.recipe.recipe().size, made.recipe.weights) == (512, "cifar10")
    assert made.run.deterministic
    small = load(tmp_path, TEXT, "small")
    assert [(entry.url, entry.limit) for entry in small.sources] == [("https://example.org/few", 2)]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (TEXT, "porod", "harbour.toml: there is no environment 'porod': did you mean 'prod'?"),
        (TEXT, "night", "there is no environment 'night': there are prod, small."),
        ("[[sources]]\nurl = 'http://a.org'", "prod", "the file has no [environments.prod] table."),
        ("environments = 3\n[[sources]]\nurl = 'http://a.org'", "", "environments holds tables"),
        (
            "[[sources]]\nurl = 'http://a.org'\n[environments]\nprod = 3",
            "",
            "environments holds tables, such as [environments.prod].",
        ),
    ],
)
def test_what_is_no_environment(tmp_path: Path, text: str, name: str, said: str) -> None:
    with pytest.raises(ConfigError) as found:
        load(tmp_path, text, name)
    assert said in str(found.value)


def test_a_slip_in_an_environment_that_is_not_used_is_told_all_the_same(tmp_path: Path) -> None:
    """Tonight's schedule must not be the first to read it; what is wrong anyway is told once."""
    slip = TEXT.replace("deterministic = true", "determinstic = true")
    with pytest.raises(ConfigError) as found:
        load(tmp_path, slip)
    assert found.value.problems == (
        f"{tmp_path}/harbour.toml: environments.prod: run.determinstic is no key of a collection "
        "file: did you mean 'deterministic'?",
    )
    with pytest.raises(ConfigError) as found:
        load(tmp_path, TEXT.replace("limit = 5", "limit = 0"))
    assert len(found.value.problems) == 1


def test_the_given_mapping_stays_as_it_is() -> None:
    given = {"recipe": {"size": 1}, "environments": {"a": {"recipe": {"size": 2}}}}
    assert in_environment(given, "a") == {"recipe": {"size": 2}}
    assert given["recipe"] == {"size": 1}
