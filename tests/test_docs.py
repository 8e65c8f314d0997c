"""What the README says is what there is."""

import re
import tomllib
from pathlib import Path

import pytest

from flows.columns import COLUMNS
from flows.config import make_collection
from flows.environments import in_environment
from stylize import Recipe

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}


def commands():
    import typer

    from flows.cli.app import app

    group = typer.main.get_command(app)
    return sorted(group.commands)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_column_is_explained(column):
    assert f"| `{column.name}` | {column.type} | {column.meaning} |" in PAGES["manifest.md"]


def test_no_column_is_explained_that_is_not_there():
    rows = re.findall(
        r"^\| `(\w+)` \| (?:text|integer|number|time) \|", PAGES["manifest.md"], re.MULTILINE
    )
    assert rows == [column.name for column in COLUMNS]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_named(command):
    assert f"`atelier {command}" in README


@pytest.mark.parametrize("page", ["README.md", "docs/collections.md"])
def test_the_collection_file_is_one(page, tmp_path):
    """The example parses, and every key in it is accepted."""
    (tmp_path / "my-photos").mkdir()
    text = re.search(r"```toml\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    collection = make_collection(in_environment(tomllib.loads(text.group(1))), tmp_path)
    assert collection.name == "harbour"
    assert collection.recipe.recipe().strength == 0.6


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}" for name in sorted(PAGES))])
def test_what_is_linked_is_there(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text("utf-8")):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_every_recipe_key_is_described():
    for name, field in Recipe.model_fields.items():
        assert field.description or name == "engine", name


def test_the_changelog_has_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_recipes_page_is_current():
    """Made anew, docs/recipes.md would be the same."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("recipes_page", ROOT / "docs" / "recipes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8") == module.page()
