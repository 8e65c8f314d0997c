"""A collection painted by the workers of a Dask cluster: real processes, the real engine."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flows.config import Collection, make_collection
from flows.journal import finished as journal_over
from flows.outputs import row_inside
from flows.report import RunReport
from images import Limits, encode_png, load
from tests.flows.cluster import ENVIRONMENT, LocalCluster, local_cluster, until

PHOTOS = 4
STYLES = ("mosaic", "woodcut_waves")
PICTURES = PHOTOS * len(STYLES)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Iterator[LocalCluster]:
    """Two workers that have a GPU, as they say."""
    with local_cluster(tmp_path_factory.mktemp("cluster"), 2, "--resources", "GPU=1") as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection file and its photos."""
    made = tmp_path_factory.mktemp("collection")
    (made / "photos").mkdir()
    for number in range(PHOTOS):
        blocks = np.random.default_rng(number).random((8, 10, 3))
        pixels = np.kron(blocks, np.ones((10, 10, 1))).astype(np.float32)
        (made / f"photos/photo-{number}.png").write_bytes(encode_png(pixels))
    text = f"""
        styles = {list(STYLES)}
        [[sources]]
        folder = "photos"
        [recipe]
        size = 64
        steps = [30]
        weights = "cifar10"
        [run]
        runner = "dask"
    """
    (made / "collection.toml").write_text(text)
    return made


def collection(folder: Path, workspace: str, **run: Any) -> Collection:
    given = tomllib.loads((folder / "collection.toml").read_text())
    return make_collection({**given, "workspace": workspace, "run": run}, folder)


@pytest.fixture(scope="module")
def built(cluster: LocalCluster, folder: Path) -> RunReport:
    """The report of the collection's first run, on the cluster."""
    from flows.pipeline import build_collection

    report: RunReport = build_collection(collection(folder, "data", dask=cluster.address))
    return report


def build(folder: Path, api: str, *options: str) -> subprocess.Popen[str]:
    """`atelier build` with these options, in a process of its own."""
    code = "from flows.cli import main; raise SystemExit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, "build", "collection.toml", *options],
        cwd=folder,
        env={**ENVIRONMENT, "PREFECT_API_URL": api},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def painting(folder: Path) -> dict[int, int]:
    """The processes that have a journal, each with its number of rows."""
    return {
        int(path.stem.split("-")[1].split("_")[0]): path.read_bytes().count(b"\n")
        for path in (folder / "data/journal").glob("*.jsonl")
    }


def is_over(journal: Path) -> bool:
    """Whether nobody writes a journal any more."""
    with journal_over(journal) as over:
        return over


def pixels(path: Path) -> Any:
    return load(path, Limits(min_side=1)).pixels


def finished(folder: Path, but: set[str]) -> dict[str, str]:
    """Hashes of the pictures by other runs than those in `but`."""
    found = {}
    for path in (folder / "data/stylized").glob("*.png"):
        row = row_inside(path)
        if row and row["flow_run"] not in but:
            found[path.stem] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def table(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "data/manifest.csv").set_index("fingerprint")


def runs(folder: Path) -> set[str]:
    return set(table(folder)["flow_run"])


def test_two_workers_paint_what_one_process_paints(built: RunReport, folder: Path) -> None:
    """The manifest has every picture, and the pixels are those of a local run within 1/255 on
    average. The statistics of the styles are shared in the workspace.
    """
    from flows.pipeline import build_collection

    assert (built.outcome, built.done) == ("complete", PICTURES)
    frame = table(folder)
    assert set(frame["status"]) == {"done"}
    assert not list((folder / "data/journal").glob("*.jsonl"))
    assert len(list((folder / "data/statistics").glob("*.npz"))) == len(STYLES)
    local = build_collection(collection(folder, "local"))
    assert local.done == PICTURES
    data = folder / "data"
    for path in (folder / "local/stylized").glob("*.png"):
        here, there = (pixels(one / "stylized" / path.name) for one in (path.parents[1], data))
        assert np.abs(here - there).mean() < 1 / 255


def test_a_worker_killed_in_mid_chunk(
    built: RunReport, cluster: LocalCluster, folder: Path, prefect_api: str
) -> None:
    """Its chunk is painted by another; what this very run had finished is not painted again,
    though all of it is forced; the manifest is whole.
    """
    before = runs(folder)
    running = build(folder, prefect_api, "--dask", cluster.address, "--force")
    until(lambda: any(painting(folder).values()), "a first picture")
    victim = next(pid for pid, count in painting(folder).items() if count)
    cluster.kill(victim)
    kept = finished(folder, before)
    said, _ = running.communicate(timeout=200)
    assert running.returncode == 0, said
    frame = table(folder)
    assert (len(frame), set(frame["status"])) == (PICTURES, {"done"})
    assert 0 < len(kept) < PICTURES
    assert not runs(folder) & before
    assert {name: frame["output_sha256"][name] for name in kept} == kept
    assert finished(folder, before) == frame["output_sha256"].to_dict()
    assert f"{PICTURES} pictures, all of them new" in said


def test_ctrl_c_stops_the_workers_too(
    built: RunReport, cluster: LocalCluster, folder: Path, prefect_api: str
) -> None:
    """What is queued never begins, what is being painted is left; what is finished is kept."""
    before = runs(folder)
    running = build(folder, prefect_api, "--dask", cluster.address, "--force")
    until(lambda: any(painting(folder).values()), "a first picture")
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=30)
    assert running.returncode == 130, said
    until(lambda: all(map(is_over, (folder / "data/journal").glob("*.jsonl"))), "rest", 20)
    assert 0 < len(finished(folder, before)) < PICTURES
