"""The house's rules, read from its source: direction of imports, public names, what starts when."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "benchmarks": {"flows", "scraping", "stylize", "gallery", "images"},
    "flows": {"scraping", "stylize", "gallery", "images", "studio"},
    "gallery": {"images"},
    "images": set(),
    "scraping": {"images"},
    "studio": {"stylize", "gallery", "images"},
    "stylize": {"images"},
}
FILES = sorted(file for house in MAY_IMPORT for file in (ROOT / house).rglob("*.py"))
IDS = [file.relative_to(ROOT).as_posix() for file in FILES]


def imports_of(tree, top_level_only=False):
    """Names of the modules a file imports, each with its line."""
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_imports_go_one_way(file):
    """No package imports one that the house does not let it see."""
    house = file.relative_to(ROOT).parts[0]
    allowed = MAY_IMPORT[house] | {house}
    found = {name.split(".")[0] for name, _ in imports_of(ast.parse(file.read_text()))}
    assert found & set(MAY_IMPORT) <= allowed


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_only_the_adapter_names_tensorflow(file):
    """The core knows no backend; a benchmark may, to set a contestant of its own beside it."""
    if file.is_relative_to(ROOT / "benchmarks"):
        return
    names = {name.split(".")[0] for name, _ in imports_of(ast.parse(file.read_text()))}
    adapters = ROOT / "stylize" / "backend"
    assert ("tensorflow" in names) == (file == adapters / "tensorflow_adapter.py")
    assert ("jax" in names) == (file == adapters / "jax_adapter.py")


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_files_are_small_and_well_named(file):
    """Nothing is called utils or common, and no file does two things."""
    assert not {"utils", "common", "helpers", "misc"} & {*file.parts, file.stem}
    assert len(file.read_text().splitlines()) <= 300


PUBLIC = [file for file in FILES if file.stem not in {"__main__"} and "generate" not in file.parts]


@pytest.mark.parametrize("file", PUBLIC, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_public_names_are_listed_and_explained(file):
    """`__all__` names what a file defines without an underscore, and each has a docstring."""
    tree = ast.parse(file.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = [node for node in tree.body if isinstance(node, kinds)]
    public = {node.name for node in defined if not node.name.startswith("_")}
    listed = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            listed = set(ast.literal_eval(node.value))
    if public:
        assert public <= listed
    for node in defined:
        if not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("house", sorted(MAY_IMPORT))
def test_every_listed_name_exists(house):
    for file in (ROOT / house).rglob("*.py"):
        if file.stem == "__main__" or "generate" in file.parts:
            continue
        parts = file.relative_to(ROOT).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        module = importlib.import_module(name)
        for public in getattr(module, "__all__", ()):
            assert hasattr(module, public), f"{name}.{public}"


@pytest.mark.parametrize(
    "module",
    ["images", "scraping", "stylize", "gallery", "studio", "flows", "flows.cli", "flows.plan"],
)
def test_importing_starts_neither_tensorflow_nor_prefect_nor_gradio(module):
    code = (
        f"import sys, {module}; "
        "print(sorted({'tensorflow', 'keras', 'prefect', 'skimage', 'gradio'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
