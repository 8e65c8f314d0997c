"""What a person reads where a store cannot be used: one sentence, and status 1; no traceback."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.config import Collection, load_collection
from flows.errors import ConfigError
from flows.restyle import Restyle
from flows.workspace import Workspace

COMMANDS = ("verify", "gallery", "credits", "manifest", "prune", "styles")


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def complaint(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run(*arguments) == 1
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_there_is_no_bucket(command: str, s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    said = complaint(capsys, command, "-w", "s3://nowhere/harbour")
    assert said == (
        "s3://nowhere/harbour cannot be used: there is no bucket nowhere; make it, or correct "
        "the address."
    )


def test_there_is_no_workspace(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = complaint(capsys, "verify", "-w", url)
    assert said == f"There is no workspace at {url}; make one with: atelier build or demo."


def test_there_are_no_credentials(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "no credentials were found; set AWS_ACCESS_KEY_ID" in complaint(
        capsys, "verify", "-w", url
    )


def test_the_endpoint_does_not_answer(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and nobody listens
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        said = complaint(capsys, "verify", "-w", url)
    assert "the endpoint cannot be reached; check the network and AWS_ENDPOINT_URL." in said


def test_reading_is_denied(collection_file: Path, s3: Any, capsys: Any) -> None:
    s3.fail(*[("GET", "", 403)] * 20)
    said = complaint(capsys, "build", collection_file)
    assert "access is denied; the key needs s3:ListBucket" in said


def test_writing_is_denied(workspace: Workspace, photos: Path, s3: Any, capsys: Any) -> None:
    """Photos that were fetched stay in the mirror, and no table speaks of them."""
    s3.fail(*[("PUT", "", 403)] * 20)
    assert "access is denied" in complaint(capsys, "scrape", photos, "-w", workspace.url)
    s3.heal()
    assert Workspace.at(workspace.url).pull().photos() == []
    assert run("scrape", photos, "-w", workspace.url) == 0
    assert len(Workspace.at(workspace.url).pull().photos()) == 3


def test_the_extra_is_missing(s3: Any) -> None:
    code = "import sys; sys.modules['s3fs'] = None; from flows.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "verify", "-w", "s3://bucket/harbour"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert done.returncode == 1
    assert "For a workspace at s3://bucket/harbour s3fs is needed" in done.stderr
    assert "pip install 'atelier[s3]'" in done.stderr


def test_a_local_workspace_needs_nothing_of_it(tmp_path: Path) -> None:
    """Neither s3fs nor fsspec, a database or a lease is imported."""
    code = (
        "import sys; from flows.cli import main; "
        f"main(['scrape', {str(tmp_path)!r}, '-w', {str(tmp_path / 'data')!r}]); "
        f"main(['verify', '-w', {str(tmp_path / 'data')!r}]); "
        "names = ('s3fs', 'botocore', 'sqlite3', 'flows.remote.mirror'); "
        "sys.exit(str([name for name in names if name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert done.stderr.splitlines()[-1] == "[]", done.stderr


def test_a_workspace_goes_to_other_processes_by_its_address(
    workspace: Workspace, machine: Callable[[str], None], tmp_path: Path
) -> None:
    """There it has the mirror of the machine that it comes to."""
    sent = pickle.dumps(workspace)
    machine("other")
    arrived: Workspace = pickle.loads(sent)
    assert arrived.url == workspace.url
    assert arrived.root.parent == tmp_path / "other"
    local = Workspace(tmp_path)
    assert pickle.loads(pickle.dumps(local)) == local


def test_a_flow_s_parameters_hold_the_address(collection: Collection) -> None:
    """Through JSON, as Prefect sends them; a folder stays a path."""
    again = Collection.model_validate_json(collection.model_dump_json())
    assert again == collection
    asked = Restyle(style="red", workspace="s3://bucket/harbour/")
    assert asked.workspace == "s3://bucket/harbour"
    assert Restyle.model_validate_json(asked.model_dump_json()) == asked
    assert Restyle(style="red", workspace="data").workspace == Path("data")
    assert Collection.model_json_schema()["properties"]["workspace"]["type"] == "string"


@pytest.mark.parametrize("given", ['"s3://key:secret@bucket/harbour"', "5"])
def test_an_address_that_cannot_be_is_a_sentence(given: str, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(f'workspace = {given}\n[[sources]]\nurl = "http://127.0.0.1/"\n')
    with pytest.raises(ConfigError, match=r"workspace: .* s3://bucket/collection") as raised:
        load_collection(file)
    assert "secret@" not in str(raised.value)
