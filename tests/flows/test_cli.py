"""The command line: what it prints, what a program can read, and how it exits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.cli.app import app
from flows.config import Collection

COMMANDS = sorted(
    command.callback.__name__ for command in app.registered_commands if command.callback
)


@pytest.fixture
def collection_file(collection: Collection, tmp_path: Path) -> Path:
    """The collection of the fixture, as a file."""
    path = tmp_path / "harbour.toml"
    path.write_text(
        f"workspace = {json.dumps(str(collection.workspace))}\n"
        f"[[sources]]\nfolder = {json.dumps(str(collection.sources[0].folder))}\n"
        "[recipe]\nsize = 64\nsteps = [4]\nweights = 'cifar10'\n"
    )
    return path


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def loaded(code: str, *names: str) -> list[str]:
    """Which of the modules `names` a Python process has imported after `code`."""
    script = f"import sys\n{code}\nprint([n for n in {names!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    names_loaded: list[str] = json.loads(done.stdout.splitlines()[-1].replace("'", '"'))
    return names_loaded


def test_help_needs_nothing_heavy() -> None:
    heavy = ("prefect", "tensorflow", "keras", "pandas", "numpy", "pydantic", "requests", "skimage")
    assert loaded("import flows.cli", *heavy) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == 0
    out = capsys.readouterr().out
    assert f"atelier {command}" in out
    assert "--json" in out


def test_the_issue_s_commands_are_all_there() -> None:
    wanted = {"demo", "stylize", "scrape", "build", "restyle", "plan", "manifest", "gallery"}
    wanted |= {"credits", "plot", "presets", "weights", "verify", "prune"}
    wanted |= {"runs", "serve", "studio"}
    assert wanted == set(COMMANDS)
    assert [group.typer_instance.info.name for group in app.registered_groups] == ["styles"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("atelier 0.")


@pytest.mark.parametrize("command", ["presets", "weights", "styles"])
def test_what_is_available_is_json_for_programs(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(command, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert all(entry["name"] for entry in found)
    assert run(command) == 0
    assert found[0]["name"] in capsys.readouterr().out


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_a_build_says_what_it_made_and_where(
    collection_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A build, then the same again: nothing to do; both exit 0."""
    assert run("build", collection_file) == 0
    shown = capsys.readouterr()
    assert "harbour: 6 pictures, all of them new" in shown.out
    assert "manifest.csv" in shown.out
    assert "index.html" in shown.out
    assert "stylize     6/6" in shown.err
    assert "Prefect" not in shown.err.replace("Starting Prefect", "")
    assert run("build", collection_file) == 0
    assert "nothing to do, all 6 pictures are painted" in capsys.readouterr().out


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_a_gallery_that_fell_behind_is_made_again(
    collection_file: Path, collection: Collection
) -> None:
    """As after a run that was killed when all was painted; nothing else is left to do."""
    assert run("build", collection_file) == 0
    gallery = collection.workspace / "gallery"
    pages = sorted((gallery / "pictures").iterdir())
    pages[0].unlink()
    (gallery / ".manifest.sha256").write_text("of a manifest without the last picture")
    assert run("build", collection_file) == 0
    assert sorted((gallery / "pictures").iterdir()) == pages
    assert "<title>harbour</title>" in (gallery / "index.html").read_text()


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_a_finished_build_starts_neither_prefect_nor_tensorflow(collection_file: Path) -> None:
    assert run("build", collection_file) == 0
    code = (
        "import stylize\nfrom types import SimpleNamespace\n"
        "stylize.resolve_weights = lambda name, network: "
        "SimpleNamespace(name='test', sha256='ab' * 32, network='vgg19')\n"
        f"from flows.cli import main\nassert main(['build', {str(collection_file)!r}]) == 0"
    )
    assert loaded(code, "prefect", "tensorflow", "keras") == []


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_exit_status_tells_partial_from_failed(
    collection_file: Path, painter: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 when nothing succeeded, 3 when some failed, 0 once everything is there."""
    painter.fail = lambda call: ValueError("no paint")
    assert run("build", collection_file) == 1
    painter.fail = lambda call: ValueError("no paint") if call % 2 else None
    assert run("build", collection_file) == 3
    assert "no paint" in capsys.readouterr().err
    painter.fail = lambda call: None
    assert run("build", collection_file) == 0


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_reports_are_json_for_programs(
    collection_file: Path, collection: Collection, capsys: pytest.CaptureFixture[str]
) -> None:
    """Plan, build, manifest and gallery: nothing but JSON on standard output."""
    workspace = collection.workspace
    assert run("plan", collection_file, "--json") == 0
    planned = json.loads(capsys.readouterr().out)
    assert (planned["existing"], sum(planned["photos_to_fetch"].values())) == (0, 3)
    assert not list((workspace / "content").iterdir()), "a plan changes nothing"
    assert run("build", collection_file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["done"] == 6
    assert run("build", collection_file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 6
    assert run("manifest", "-w", workspace, "--where", "style = red", "--json") == 0
    assert [row["style"] for row in json.loads(capsys.readouterr().out)] == ["red"] * 3
    assert run("manifest", "-w", workspace, "--summary", "--json") == 0
    assert json.loads(capsys.readouterr().out)["style"] == {"blue": 3, "red": 3}
    assert run("gallery", "-w", workspace, "--json") == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 6


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_restyle_and_then_nothing_to_do(
    collection_file: Path, collection: Collection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("scrape", collection.sources[0].folder, "-w", collection.workspace) == 0
    assert "3 taken" in capsys.readouterr().out
    how = ("-w", collection.workspace, "--size", 64, "--set", "steps=[4]", "--weights", "cifar10")
    assert run("restyle", "red", *how) == 0
    assert "restyle red: 3 pictures, all of them new" in capsys.readouterr().out
    assert run("restyle", "red", *how) == 0
    assert "nothing to do" in capsys.readouterr().out


@pytest.mark.usefixtures("fake_engine")
def test_a_plan_gives_the_reason_for_each_job(
    collection_file: Path, collection: Collection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("scrape", collection.sources[0].folder, "-w", collection.workspace) == 0
    capsys.readouterr()
    assert run("plan", collection_file) == 0
    out = capsys.readouterr().out
    assert "harbour: 6 pictures to paint, 0 exist" in out
    assert out.count("new photo") == 7


@pytest.mark.usefixtures("fake_engine")
@pytest.mark.parametrize("name", ["out.png", "out.jpg"])
def test_one_picture_without_a_workspace(
    name: str, photos: Path, tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file says how it was made; nothing else is written."""
    from images import read_provenance

    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    photo = photos / "photo-0.png"
    assert run("stylize", photo, "mosaic", "-o", name, "--size", 64, "--strength", 0.7) == 0
    assert name in capsys.readouterr().out
    assert set(tmp_path.iterdir()) - before == {tmp_path / name}
    facts = json.loads(read_provenance((tmp_path / name).read_bytes())["atelier"])
    assert facts["styles"] == ["mosaic"]
    assert facts["recipe"]["strength"] == 0.7


def test_styles_are_added_once(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("-w", tmp_path / "new")
    assert run("styles", "add", photos / "photo-0.png", *where, "--licence", "CC0-1.0") == 0
    assert run("styles", *where, "--json") == 0
    found = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert ("photo-0", "CC0-1.0") in [(style["name"], style["licence"]) for style in found]
    assert len(found) > 1, "the shipped styles come with a new workspace"


def test_ctrl_c_is_a_sentence_and_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stylize.list_weights", interrupted)
    assert run("weights") == 130
    assert "run the same command again to go on" in capsys.readouterr().err


def test_what_nobody_foresaw_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise LookupError("no such thing")

    monkeypatch.setattr("stylize.list_weights", broken)
    assert run("weights") == 1
    assert "LookupError: no such thing" in capsys.readouterr().err


def test_a_plan_names_a_folder_as_one_types_it(
    collection: Collection,
    collection_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path(str(collection.sources[0].folder))
    monkeypatch.chdir(folder.parent)
    assert run("plan", collection_file) == 0
    assert f"photos to fetch from {folder.name}\n" in capsys.readouterr().out.replace(" \n", "\n")
