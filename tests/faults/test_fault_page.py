"""docs/operations.md and the fault tests say the same."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from flows.cli import main
from tests.faults.collection import go, make_place
from tests.faults.command import BUILD, command_file
from tests.faults.counts import ROOT, TABLE, faults

PAGE = ROOT / "docs" / "operations.md"


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """docs/fault_table.py, which is no part of a package."""
    path = ROOT / "docs" / "fault_table.py"
    spec = importlib.util.spec_from_file_location("fault_table", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_current(writer: ModuleType) -> None:
    """Made anew, the page would be the same."""
    text = PAGE.read_text(encoding="utf-8")
    assert writer.page(text) == text


def test_every_fault_was_counted_in_a_full_run() -> None:
    """No test without numbers, no numbers without a test; nothing was lost."""
    told = json.loads(TABLE.read_text(encoding="utf-8"))["faults"]
    assert set(told) == {one.name for one in faults()}
    assert sum(numbers.get("losses", 0) for numbers in told.values()) == 0


def test_every_accident_test_is_a_row() -> None:
    """A test in this folder that counts is in the table."""
    counting = set()
    for path in (ROOT / "tests" / "faults").glob("test_*.py"):
        if path.name != "test_fault_page.py":
            counting |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M))
    assert counting == {one.name for one in faults()}


def test_a_page_without_markers_is_refused(writer: ModuleType) -> None:
    """One sentence that says what to put back."""
    with pytest.raises(ValueError, match="put them back"):
        writer.page("# A page\n")


def test_the_commands_of_the_page_are_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Word for word, as the chapter has them; `build` and the signals are test_command.py's."""
    place = make_place(tmp_path)
    command_file(place)
    go(place, place.painter())
    monkeypatch.chdir(tmp_path)
    _, _, recovery = PAGE.read_text(encoding="utf-8").partition("## Recovery")
    lines = re.findall(r"^    (\S.*)$", recovery, re.MULTILINE)
    assert {"kill PID", BUILD} < set(lines)
    for line in dict.fromkeys(lines):
        program, *words = shlex.split(line)
        if program == "mv":
            subprocess.run([program, *words], check=True)
            place.workspace.create()
        elif program == "atelier" and line != BUILD:
            assert main(words) == 0, capsys.readouterr().err
