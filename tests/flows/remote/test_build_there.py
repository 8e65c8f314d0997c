"""Whole collections in a store, by the commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flows.cli import main
from flows.columns import COLUMN_NAMES
from flows.workspace import Workspace
from images import encode_png

COMMAND = "import sys; from flows.cli import main; sys.exit(main())"
Machine = Callable[[str], None]


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def atelier(*arguments: object, **environment: str) -> str:
    """The output of the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def keys(workspace: Workspace, folder: str) -> list[str]:
    assert workspace.mirror
    return [entry.key for entry in workspace.mirror.store.list(folder, deep=True)]


def test_a_collection_is_built_and_then_nothing_is_to_do_on_any_machine(
    url: str, s3: Any, tmp_path: Path, photos: Path
) -> None:
    """With the real engine: two photos in one style, and pandas reads the table off the store."""
    next(photos.iterdir()).unlink()
    file = tmp_path / "harbour.toml"
    file.write_text(
        f'workspace = "{url}"\nstyles = ["mosaic"]\n[[sources]]\nfolder = "photos"\n'
        "[recipe]\nsize = 64\nsteps = [2]\nweights = 'cifar10'\n"
    )
    out = atelier("build", file)
    assert "harbour: 2 pictures, all of them new" in out
    assert f"manifest  {url}/manifest.csv" in out
    assert f"gallery   {url}/gallery/index.html" in out
    frame = pd.read_csv(f"{url}/manifest.csv")
    assert (frame["status"].tolist(), list(frame.columns)) == (["done"] * 2, list(COLUMN_NAMES))
    before = len(s3.requests())
    assert "nothing to do, all 2 pictures are painted" in atelier("build", file)
    noop = s3.requests()[before:]
    assert len(noop) <= 7, noop
    assert not [request for request in noop if request.startswith(("PUT", "POST"))]
    other = atelier("build", file, ATELIER_CACHE=str(tmp_path / "other"))
    assert "nothing to do, all 2 pictures are painted" in other
    fetched = [request for request in s3.requests()[before:] if "/stylized/" in request]
    assert [request for request in fetched if "list-type" not in request] == []
    here = {path.name for path in (tmp_path / "cache").rglob("*.*")}
    written = "".join(
        path.read_text() for path in (tmp_path / "cache").rglob("*.[jc]s[ov]*") if path.is_file()
    )
    assert "harbour.toml" not in here
    assert "secret" not in written
    assert "127.0.0.1" not in written


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_everything_of_a_workspace_is_in_the_store(
    workspace: Workspace, collection_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pictures, photos, tables, styles, report, credits and the gallery, whose links lead to
    objects; no journal and no claim is left.
    """
    assert run("build", collection_file) == 0
    assert len(keys(workspace, "stylized")) == 6
    assert len(keys(workspace, "content")) == 3
    assert len(keys(workspace, "runs")) == 2  # the report and the log
    assert keys(workspace, "styles") == ["styles/blue.png", "styles/red.png"]
    assert keys(workspace, "journal") == keys(workspace, "claims") == keys(workspace, "prepared")
    there = set(keys(workspace, ""))
    assert there >= {"manifest.csv", "photos.csv", "CREDITS.md", "gallery/credits.html"}
    assert not [key for key in there if "/." in key or key.startswith(".")]
    assert workspace.mirror
    made = {
        key
        for key in workspace.mirror.listed("gallery")
        if "/thumbs/" in key or "/pictures/" in key
    }
    assert len(made) == 6 + 3 + 2 + 6
    assert [key for key in made if key.rpartition("/")[2] not in _pages(workspace)] == []
    report = json.loads(workspace.mirror.store.get(keys(workspace, "runs")[0]).data)
    assert report["manifest"] == f"{workspace.url}/manifest.csv"


def _pages(workspace: Workspace) -> str:
    """The text of every page of the gallery."""
    assert workspace.mirror
    names = [key for key in workspace.mirror.listed("gallery") if key.endswith(".html")]
    return "".join(workspace.mirror.store.get(name).data.decode() for name in names)


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_another_machine_adds_a_style_and_restyles(
    workspace: Workspace,
    collection_file: Path,
    photos: Path,
    machine: Machine,
    s3: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It prepares the photos anew, and reads no picture for its gallery: thumbnails are there."""
    assert run("build", collection_file) == 0
    machine("other")
    style = next(photos.iterdir())
    how = ("-w", workspace.url, "--size", 64, "--set", "steps=[4]", "--weights", "cifar10")
    assert run("styles", "add", style, "-w", workspace.url, "--title", "Noise") == 0
    before = len(s3.requests())
    assert run("restyle", style.stem, *how) == 0
    read = [one for one in s3.requests()[before:] if one.startswith("GET") and "/stylized/" in one]
    assert [one for one in read if "list-type" not in one] == []
    assert "3 pictures, all of them new" in capsys.readouterr().out
    machine("third")
    assert run("restyle", style.stem, *how) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert run("styles", "-w", workspace.url, "--json") == 0
    titles = {style["title"] for style in json.loads(capsys.readouterr().out)}
    assert "Noise" in titles
    there = Workspace.at(workspace.url).pull()
    assert len(keys(there, "gallery/pictures")) == 9
    assert pd.read_csv(f"{workspace.url}/manifest.csv")["style"].value_counts().to_dict() == {
        "blue": 3,
        "red": 3,
        style.stem: 3,
    }


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_the_mirror_may_be_deleted_or_be_old(
    workspace: Workspace,
    collection_file: Path,
    photos: Path,
    machine: Machine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What another machine did meanwhile is seen; without a mirror all is as it was."""
    assert run("build", collection_file) == 0
    machine("other")
    assert run("build", collection_file, "--force", "--only", "style = red") == 0
    machine("cache")
    capsys.readouterr()
    assert run("build", collection_file) == 0
    assert "nothing to do, all 6" in capsys.readouterr().out
    assert run("verify", "-w", workspace.url) == 0
    shutil.rmtree(tmp_path / "cache")
    assert run("build", collection_file) == 0
    assert "nothing to do, all 6" in capsys.readouterr().out


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_looking_at_it_changes_nothing(
    workspace: Workspace,
    collection_file: Path,
    machine: Machine,
    s3: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Plan, manifest, styles and a dry run put and delete no object, on an empty machine too."""
    assert run("plan", collection_file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["photos_to_fetch"] != {}
    assert run("build", collection_file) == 0
    machine("other")
    before = len(s3.requests())
    capsys.readouterr()
    assert run("plan", collection_file) == 0
    assert "0 pictures to paint, 6 exist" in capsys.readouterr().out
    assert run("manifest", "-w", workspace.url, "--by", "style") == 0
    assert "red" in capsys.readouterr().out
    assert run("manifest", "-w", workspace.url, "--columns", "style,bytes", "--json") == 0
    assert all(row["bytes"] > 0 for row in json.loads(capsys.readouterr().out))
    assert run("manifest", "-w", workspace.url, "--export", tmp_path / "rows.csv") == 0
    assert run("verify", "-w", workspace.url, "--quick") == 0
    assert run("prune", "-w", workspace.url) == 0
    assert not [one for one in s3.requests()[before:] if one.startswith(("PUT", "POST"))]


@pytest.mark.usefixtures("prefect_api", "fake_engine")
def test_failures_are_rows_there_and_are_tried_again(
    workspace: Workspace, collection_file: Path, painter: Any, machine: Machine
) -> None:
    painter.fail = lambda call: RuntimeError("no") if call == 2 else None
    assert run("build", collection_file) == 3
    frame = pd.read_csv(f"{workspace.url}/manifest.csv")
    assert sorted(frame["status"]) == ["done"] * 5 + ["failed"]
    painter.fail = lambda call: None
    machine("other")
    assert run("build", collection_file, "--retry-failed") == 0
    assert set(pd.read_csv(f"{workspace.url}/manifest.csv")["status"]) == {"done"}


def test_a_near_duplicate_of_another_machine_s_photo_is_told(
    workspace: Workspace, tmp_path: Path, machine: Machine
) -> None:
    """Its picture is read from the store for that; one of a folder is kept, and its row says so."""
    first, second = tmp_path / "first", tmp_path / "second"
    shape = np.indices((160, 200)).sum(0) / 360
    for folder, gain in ((first, 1.0), (second, 0.99)):
        folder.mkdir()
        pixels = np.repeat((gain * shape)[..., None], 3, axis=2).astype(np.float32)
        (folder / "slope.png").write_bytes(encode_png(pixels))
    assert run("scrape", first, "-w", workspace.url) == 0
    machine("other")
    assert run("scrape", first, second, "-w", workspace.url) == 0
    there = Workspace.at(workspace.url).pull()
    found = {Path(row.source).name: row for row in there.photos()}
    assert found["second"].detail.startswith("looks like file:")
    assert len(keys(workspace, "content")) == 2
