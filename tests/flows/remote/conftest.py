"""A real S3 server on this machine, and workspaces in it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.config import Collection, make_collection
from flows.workspace import Workspace
from images import encode_png

HERE = Path(__file__).parent
_numbers = itertools.count()


class Server:
    """The server, its requests, and the faults it is told to show."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def requests(self) -> list[str]:
        """Method, path and query of all requests so far."""
        return (self.folder / "requests").read_text().splitlines()

    def fail(self, *faults: tuple[str, str, int]) -> None:
        """Answer the next requests of a method whose path has a part with a status."""
        (self.folder / "faults").write_text(json.dumps(faults))

    def heal(self) -> None:
        (self.folder / "faults").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("s3")
    with subprocess.Popen(
        [sys.executable, str(HERE / "s3_server.py"), str(folder)], stdin=subprocess.PIPE
    ) as process:
        try:
            deadline = time.monotonic() + 60
            while not (folder / "port").exists():
                assert process.poll() is None, "the S3 server did not start"
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield Server(folder, int((folder / "port").read_text()))
        finally:
            process.kill()


@pytest.fixture
def s3(s3_server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """The server, in the environment of this process and of those it starts; a cache of its own."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("ATELIER_CACHE", str(tmp_path / "cache"))
    yield s3_server
    s3_server.heal()


@pytest.fixture
def url(s3: Server) -> str:
    """The address of a workspace that is not there yet, in a bucket of its own."""
    import boto3

    bucket = f"bucket-{next(_numbers)}"
    client = boto3.client("s3")
    client.create_bucket(Bucket=bucket)
    client.close()
    return f"s3://{bucket}/harbour"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Goes on as another machine, whose cache is another folder."""

    def use(name: str) -> None:
        monkeypatch.setenv("ATELIER_CACHE", str(tmp_path / name))

    return use


@pytest.fixture
def workspace(url: str) -> Workspace:
    """A new workspace in the store, with two styles of its own."""
    made = Workspace.at(url)
    (made.root / "styles").mkdir(parents=True)
    for number, name in enumerate(("blue", "red")):
        pixels = np.full((64, 64, 3), 0.2 + 0.5 * number, np.float32)
        (made.styles / f"{name}.png").write_bytes(encode_png(pixels))
    return made.create()


@pytest.fixture
def collection(workspace: Workspace, photos: Path, tmp_path: Path) -> Collection:
    """Three photos in the two styles of the workspace."""
    given: dict[str, Any] = {
        "name": "harbour",
        "workspace": workspace.url,
        "sources": [{"folder": str(photos)}],
        "recipe": {"size": 64, "steps": [4], "weights": "cifar10"},
    }
    return make_collection(given, tmp_path)


@pytest.fixture
def collection_file(workspace: Workspace, photos: Path, tmp_path: Path) -> Path:
    """The same as a file."""
    path = tmp_path / "harbour.toml"
    path.write_text(
        f'workspace = "{workspace.url}"\n[[sources]]\nfolder = {json.dumps(str(photos))}\n'
        "[recipe]\nsize = 64\nsteps = [4]\nweights = 'cifar10'\n"
    )
    return path
