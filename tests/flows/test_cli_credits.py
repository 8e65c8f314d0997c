"""`atelier credits`, and the licence that a picture carries from its photo and its style."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.content import Content, content_of
from flows.manifest import Manifest, read_manifest
from flows.style_images import StyleImage
from flows.workspace import Workspace
from images import read_provenance
from scraping import Photo
from stylize import Recipe

BY_SA = "https://creativecommons.org/licenses/by-sa/2.0/"
ZERO = "https://creativecommons.org/publicdomain/zero/1.0/"
Paint = Callable[..., Any]


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def painted(
    workspace: Workspace, contents: list[Content], styles: list[StyleImage], paint: Paint
) -> Workspace:
    """One photo under a share-alike licence and one without any, in one style of a museum."""
    shared = replace(contents[0], creator="Ann", licence="CC BY-SA 2.0", licence_url=BY_SA)
    unknown = replace(contents[1], licence="", attribution="")
    style = replace(
        styles[0],
        title="Poplars",
        creator="Vincent van Gogh",
        licence="CC0 1.0",
        licence_url=ZERO,
        landing_url="https://clevelandart.org/art/1",
    )
    paint([shared, unknown], [style])
    Manifest(workspace).compact()
    return workspace


def test_a_picture_carries_the_licence_of_its_photo(painted: Workspace) -> None:
    """Share-alike stands in its row and in its file, with the maker and where to read it."""
    frame = read_manifest(painted.manifest_csv).set_index("title")
    row = frame.loc["Photo 0"]
    assert row["licence"] == row["picture_licence"] == "CC BY-SA 2.0"
    assert (row["creator"], row["licence_url"]) == ("Ann", BY_SA)
    assert (row["style_creator"], row["style_licence_url"]) == ("Vincent van Gogh", ZERO)
    assert row["style_landing_url"] == "https://clevelandart.org/art/1"
    assert frame.loc["Photo 1"]["picture_licence"] == ""
    inside = read_provenance((painted.root / row["output"]).read_bytes())
    assert inside["Copyright"].endswith("this picture: CC BY-SA 2.0")


def test_and_that_of_its_style(
    workspace: Workspace, contents: list[Content], styles: list[StyleImage], paint: Paint
) -> None:
    paint(contents[:1], [replace(styles[0], licence="CC BY-SA 4.0")])
    assert Manifest(workspace).rows()["picture_licence"].tolist() == ["CC BY-SA 4.0"]


def test_a_photo_s_record_is_carried_to_its_content() -> None:
    photo = Photo(sha256="a", file="content/a.jpg", width=80, height=60, creator="Ann")
    content = content_of(replace(photo, licence="CC BY 2.0", licence_url="u"), Recipe())
    assert (content.creator, content.licence, content.licence_url) == ("Ann", "CC BY 2.0", "u")


def test_the_command_writes_and_shows(
    painted: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table of works, what their licences ask for, and where it is written."""
    assert run("credits", "-w", painted.root) == 0
    out = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "photo Photo 0 Ann CC BY-SA 2.0 1" in lines
    assert "style Poplars Vincent van Gogh CC0 1.0 2" in lines
    assert "Photo 1 unknown 1" in lines
    assert "Share alike:" in out
    assert "CC BY-SA 2.0: 1 picture" in out
    assert "Ask first: of 1 work no licence is known." in out
    assert "CREDITS.md" in out
    assert "credits.html" in out
    said = (painted.root / "CREDITS.md").read_text(encoding="utf-8")
    assert "[Poplars](https://clevelandart.org/art/1)" in said
    assert (painted.gallery / "credits.html").is_file()


def test_the_command_is_json_for_programs(
    painted: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("credits", "-w", painted.root, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert Path(found["file"]).is_file()
    assert found["photos"][0]["maker"] == "Ann"
    assert found["unknown"][0]["title"] == "Photo 1"
    assert found["shared"][0]["licence"] == "CC BY-SA 2.0"


def test_a_workspace_without_pictures(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("credits", "-w", workspace.root) == 0
    assert "No picture is painted yet." in capsys.readouterr().out


def test_a_manifest_of_before_is_read(
    painted: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the columns that came later."""
    import pandas as pd

    later = ["creator", "licence_url", "picture_licence", "style_creator", "style_licence_url"]
    frame = pd.read_csv(painted.manifest_csv, keep_default_na=False).drop(columns=later)
    frame.to_csv(painted.manifest_csv, index=False)
    assert run("credits", "-w", painted.root) == 0
    assert "CC BY-SA 2.0: 1 picture" in capsys.readouterr().out
