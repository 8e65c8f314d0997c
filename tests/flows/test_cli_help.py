"""What `--help` says: nothing of Python, and nothing eaten by markup."""

from __future__ import annotations

import re

import pytest
import typer

from flows.cli import main
from flows.cli.app import app

COMMANDS = [
    [],
    *([name] for name in typer.main.get_command(app).commands),  # type: ignore[attr-defined]
    ["styles", "add"],
]


def said(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main([*command, "--help"]) == 0
    return " ".join(capsys.readouterr().out.replace("│", " ").split())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_type_of_python_is_named(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A switch does not look as if it took a value, nor a usage like a set or a nested list."""
    monkeypatch.setenv("COLUMNS", "100")
    text = said(command, capsys)
    assert not re.search(r"<\w|\{|\[\[", text)


@pytest.mark.parametrize("command", ["build", "plan", "serve"])
def test_the_table_of_an_environment_is_named(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its square brackets are no markup."""
    monkeypatch.setenv("COLUMNS", "100")
    assert "[environments.NAME]" in said([command], capsys)


def test_the_usage_says_what_has_to_be_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert "atelier stylize [OPTIONS] PHOTO STYLE…" in said(["stylize"], capsys)
    assert "atelier runs [OPTIONS] [RUN]" in said(["runs"], capsys)
