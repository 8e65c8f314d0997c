"""`deterministic = true`: the same bytes from one process and from two Dask workers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from images import Limits, encode_png, load
from tests.flows.cluster import ENVIRONMENT, local_cluster

COLLECTION = """
workspace = "local"
styles = ["mosaic", "pointillism"]
[[sources]]
folder = "photos"
[recipe]
size = 64
steps = [8]
weights = "cifar10"
[run]
deterministic = true
[environments.spread]
workspace = "spread"
"""


def build(folder: Path, api: str, *options: str) -> None:
    code = "from flows.cli import main; raise SystemExit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "build", "collection.toml", *options],
        cwd=folder,
        env={**ENVIRONMENT, "PREFECT_API_URL": api},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_two_workers_paint_the_same_bytes_as_one_process(tmp_path: Path, prefect_api: str) -> None:
    """Pixel for pixel; rows and report say that it was so, and with how many threads."""
    (tmp_path / "photos").mkdir()
    for number in range(4):
        blocks = np.random.default_rng(number).random((8, 10, 3))
        pixels = np.kron(blocks, np.ones((8, 8, 1))).astype(np.float32)
        (tmp_path / f"photos/photo-{number}.png").write_bytes(encode_png(pixels))
    (tmp_path / "collection.toml").write_text(COLLECTION)
    with local_cluster(tmp_path, 2) as cluster:
        build(tmp_path, prefect_api, "--env", "spread", "--dask", cluster.address)
    build(tmp_path, prefect_api)
    names = {path.name for path in (tmp_path / "local/stylized").glob("*.png")}
    assert len(names) == 8
    for name in names:
        here, there = (
            load(tmp_path / one / "stylized" / name, Limits(min_side=1)).pixels
            for one in ("local", "spread")
        )
        assert np.array_equal(here, there)
    for workspace, runner in (("local", "local"), ("spread", "dask")):
        rows = pd.read_csv(tmp_path / workspace / "manifest.csv")
        assert rows["backend"].str.contains("deterministic, 4 threads").all()
        (report,) = (tmp_path / workspace / "runs").glob("*.json")
        said = json.loads(report.read_text())
        assert (said["runner"], said["deterministic"]) == (runner, True)
