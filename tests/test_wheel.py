"""The built wheel carries all that the installed command needs, and works outside the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel unpacked in a folder of its own, far from the checkout."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed, tmp_path, *arguments):
    code = "import sys; from flows.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "flows/styles/*.jpg",
        "flows/styles/styles.toml",
        "flows/demo/collection.toml",
        "flows/demo/pages/*.html",
        "gallery/templates/*.html",
        "gallery/templates/*.css",
        "gallery/templates/*.js",
        "studio/*.css",
        "stylize/shipped/*.npz",
        "stylize/shipped/*.md",
    ],
)
def test_package_data_is_in_the_wheel(wheel, pattern):
    expected = {file.relative_to(ROOT).as_posix() for file in ROOT.glob(pattern)}
    with zipfile.ZipFile(wheel) as archive:
        assert expected
        assert expected <= set(archive.namelist())


def test_nothing_else_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "flows",
        "gallery",
        "images",
        "scraping",
        "studio",
        "stylize",
    }


def test_the_unpacked_wheel_answers(installed, tmp_path):
    """It is the wheel's code that runs, with its weights and its styles."""
    where = "import stylize; print(stylize.__file__)"
    env = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    told = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith(str(installed))
    weights = run(installed, tmp_path, "weights")
    assert weights.returncode == 0, weights.stderr
    assert "cifar10" in weights.stdout
    styles = run(installed, tmp_path, "styles", "--workspace", str(tmp_path / "ws"), "--json")
    assert "mosaic" in styles.stdout + styles.stderr
