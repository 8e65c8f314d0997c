"""Bad input: one clear sentence, no traceback, nothing lost."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.cli import main
from images import encode_png

pytestmark = pytest.mark.usefixtures("fake_engine")

Case = Callable[[Path], list[str]]


def picture(path: Path, height: int, width: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_png(np.full((height, width, 3), 0.5, np.float32)))
    return path


def text(path: Path, words: str = "not a picture") -> Path:
    path.write_text(words)
    return path


def collection(folder: Path, body: str) -> str:
    return str(text(folder / "c.toml", body))


def photo(folder: Path) -> Path:
    return picture(folder / "photos" / "photo.png", 80, 80)


def built(folder: Path, recipe: str = "", extra: str = "") -> list[str]:
    photo(folder)
    body = f'workspace = "ws"\n{extra}\n[[sources]]\nfolder = "photos"\n'
    return ["build", collection(folder, f'{body}[recipe]\nweights = "cifar10"\n{recipe}')]


def empty_styles(folder: Path) -> list[str]:
    (folder / "ws" / "styles").mkdir(parents=True)
    return built(folder)


def workspace_is_a_file(folder: Path) -> list[str]:
    text(folder / "ws")
    return built(folder)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def site_down(folder: Path) -> list[str]:
    url = f"http://127.0.0.1:{closed_port()}/"
    return [
        "build",
        collection(
            folder,
            f'workspace = "ws"\n[[sources]]\nurl = "{url}"\nallow_private = true\ndelay = 0\n'
            '[recipe]\nweights = "cifar10"\n',
        ),
    ]


def painted(folder: Path, content: Path, *more: str) -> list[str]:
    return ["stylize", str(content), "mosaic", "-o", str(folder / "out.png"), *more]


MISTAKES: dict[str, tuple[Case, int, str]] = {
    "missing photo": (lambda f: painted(f, f / "no.jpg"), 1, "no.jpg: cannot be read"),
    "text as photo": (lambda f: painted(f, text(f / "a.jpg")), 1, "a.jpg"),
    "3x3 photo": (lambda f: painted(f, picture(f / "s.png", 3, 3)), 1, "at least 64 pixels"),
    "size 0": (lambda f: painted(f, photo(f), "--size", "0"), 2, "'size'"),
    "size 0 in a file": (lambda f: built(f, "size = 0"), 2, "'size'"),
    "strength 2": (lambda f: painted(f, photo(f), "--strength", "2"), 2, "'strength'"),
    "unknown preset": (lambda f: painted(f, photo(f), "--preset", "oil"), 2, "no preset 'oil'"),
    "unknown preset in a file": (lambda f: built(f, 'preset = "oil"'), 2, "no preset 'oil'"),
    "unknown key": (lambda f: built(f, extra='worksapce = "x"'), 2, "did you mean 'workspace'"),
    "bad --set": (lambda f: painted(f, photo(f), "--set", "steps"), 2, "--set takes KEY=VALUE"),
    "unknown style": (lambda f: [*painted(f, photo(f)), "mosiac"], 1, "did you mean 'mosaic'"),
    "wrong suffix": (
        lambda f: ["stylize", str(photo(f)), "mosaic", "-o", str(f / "out.gif")],
        2,
        "must end in .png",
    ),
    "missing collection": (lambda f: ["build", str(f / "no.toml")], 2, "no collection file"),
    "torn collection": (lambda f: ["plan", collection(f, "a = [")], 2, "not valid TOML"),
    "missing folder": (
        lambda f: ["build", collection(f, '[[sources]]\nfolder = "nowhere"')],
        2,
        "there is no folder",
    ),
    "empty style folder": (empty_styles, 1, "no style images"),
    "workspace is a file": (workspace_is_a_file, 1, "is a file; name a folder"),
    "no workspace": (lambda f: ["manifest", "-w", str(f / "no")], 1, "There is no workspace"),
    "site down": (site_down, 1, "host_down"),
    "private address": (
        lambda f: ["scrape", f"http://127.0.0.1:{closed_port()}/", "-w", str(f / "ws")],
        1,
        "allow_private",
    ),
    "no address": (lambda f: ["scrape", "ftp://x/", "-w", str(f / "ws")], 2, "no web address"),
    "bad condition": (
        lambda f: ["manifest", "-w", str(f), "--where", "__import__('os')"],
        2,
        "--where does not understand",
    ),
    "unknown command": (lambda f: ["biuld"], 2, "No such command 'biuld'"),
    "unknown option": (lambda f: ["build", "--fast", "x.toml"], 2, "--fast"),
    "missing argument": (lambda f: ["build"], 2, "COLLECTION.toml"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red on standard error, with the right status; standard output stays empty."""
    case, status, words = MISTAKES[name]
    monkeypatch.chdir(tmp_path)
    arguments = case(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main(arguments) == status
    shown = capsys.readouterr()
    assert words in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""
    assert len(shown.err.strip().splitlines()) == 1, shown.err
    assert {path: path.read_bytes() for path in before} == before


def test_a_read_only_workspace_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permission bits mean nothing to root, so the mount's refusal is played."""

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(self))

    arguments = built(tmp_path)
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert "cannot be written (Read-only file system)" in error
    assert len(error.strip().splitlines()) == 1


@pytest.mark.usefixtures("prefect_api")
def test_bad_photos_in_a_folder_stop_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A text file and a 3×3 picture beside a good photo: refused by policy, and said so."""
    picture(tmp_path / "photos" / "small.png", 3, 3)
    text(tmp_path / "photos" / "notes.jpg")
    arguments = built(tmp_path, "size = 64\nsteps = [4]", 'styles = ["mosaic"]')
    assert main([*arguments, "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert report["done"] == 1
    assert {entry["status"] for entry in report["not_taken"]} == {"too_small", "not_image"}
