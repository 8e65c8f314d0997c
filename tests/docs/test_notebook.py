"""The notebook runs from its first cell to its last, and is small enough to be committed."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "first-picture.ipynb"


def cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(cell: Any) -> set[str]:
    """What kinds of output a cell has, with the media types of what it shows."""
    return {
        kind
        for output in cell.outputs
        if output.get("name") != "stderr"
        for kind in output.get("data", {output.output_type: ""})
    }


@pytest.fixture
def committed() -> Any:
    return nbformat.read(FILE, as_version=4)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets of the kernel's client
def test_every_cell_runs_and_shows_what_it_shows_here(
    committed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Executed anew in another folder: no error, and outputs of the committed kinds."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    fresh = nbformat.read(FILE, as_version=4)
    for cell in cells(fresh):
        cell.outputs = []
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(fresh, timeout=240, kernel_name="python3", resources=resources).execute()
    assert list(map(outputs, cells(fresh))) == list(map(outputs, cells(committed)))


def test_the_committed_outputs_are_small_and_say_nothing_of_the_machine(committed: Any) -> None:
    assert FILE.stat().st_size < 600_000
    pictures = sum("image/jpeg" in outputs(cell) for cell in cells(committed))
    assert pictures >= 6
    assert not re.search(r"/(home|root|work|tmp|usr)/", FILE.read_text(encoding="utf-8"))
