"""What a person reads where a Dask cluster cannot be used, and what asks for one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from flows.config import Collection, RunChoice
from flows.errors import ConfigError
from flows.lanes import Cluster, ClusterError, address_of, check
from flows.lanes import cluster as cluster_module
from flows.lanes.worker import Sight, given_up, lane, weights_here
from flows.workspace import Workspace
from stylize import ENGINE_VERSION, WeightsError, WeightSet, resolve_weights
from tests.flows.cluster import LocalCluster, local_cluster, until


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A scheduler without workers."""
    with local_cluster(tmp_path_factory.mktemp("lonely"), 0) as found:
        yield found


def test_an_address_means_dask(collection: Collection) -> None:
    """Unless "local" is written beside it, as an environment may."""
    assert RunChoice.model_validate({"dask": "tcp://a:1"}).runner == "dask"
    assert RunChoice.model_validate({"dask": "tcp://a:1", "runner": "local"}).runner == "local"
    assert RunChoice().runner == "local"
    assert collection.run.through("tcp://a:1").runner == "dask"
    assert collection.run.through("") == collection.run
    assert address_of(RunChoice()) == ""
    assert address_of(RunChoice(runner="dask", dask="a:1")) == "tcp://a:1"


def test_dask_without_an_address(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Says how to start a cluster; nothing is made."""
    with pytest.raises(ConfigError, match=r"dask scheduler.*dask worker tcp://HOST:8786 .*GPU=1"):
        address_of(RunChoice(runner="dask"))
    (tmp_path / "photos").mkdir()
    file = tmp_path / "collection.toml"
    file.write_text('[[sources]]\nfolder = "photos"\n[run]\nrunner = "dask"\n[recipe]\nsize = 64\n')
    assert main(["build", str(file)]) == 2
    assert "dask scheduler" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_the_extra_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ClusterError, match=r"pip install 'atelier\[dask\]'"):
        address_of(RunChoice(runner="dask", dask="tcp://a:1"))


def test_no_scheduler_answers(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"No Dask scheduler answers at {address}"):
            check(RunChoice(runner="dask", dask=address), workspace)


def test_no_worker_has_joined(workspace: Workspace, lonely: LocalCluster) -> None:
    with pytest.raises(ClusterError, match=f"dask worker {lonely.address} --nthreads 1"):
        check(RunChoice(runner="dask", dask=lonely.address), workspace)


def test_a_store_needs_no_dask() -> None:
    """Machines share the work through the store itself: the same command on each."""
    store = Workspace.at("s3://bucket/harbour")
    with pytest.raises(ConfigError, match="run the same command on each machine"):
        check(RunChoice(dask="tcp://127.0.0.1:1"), store)


def test_a_scheduler_that_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next question to it says so."""
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 2)
    with local_cluster(tmp_path, 0) as cluster, Cluster.at(cluster.address) as found:
        assert found.lanes() == {}
        cluster.kill(cluster.scheduler)
        until(lambda: found.client.status != "running", "the news of it", 20)
        with pytest.raises(ClusterError, match=r"has gone.*finished picture is kept"):
            found.lanes()


@pytest.mark.parametrize(
    ("sight", "words"),
    [
        (Sight("other", ENGINE_VERSION, sees=False), "does not see the workspace"),
        (Sight("other", "0", sees=True), "install the same version"),
        (ModuleNotFoundError("No module named 'flows'"), "cannot load Atelier"),
        (Sight("other", ENGINE_VERSION, sees=True), "PREFECT_API_URL"),
    ],
)
def test_a_worker_that_cannot_paint(sight: Any, words: str, workspace: Workspace) -> None:
    """Another version, no workspace, or no way to a Prefect server that is on loopback."""
    with pytest.raises(ClusterError, match=words):
        _look(sight, workspace, "http://127.0.0.1:4200/api")


def test_a_worker_elsewhere_reaches_a_server_with_an_address(workspace: Workspace) -> None:
    """Such a worker is fit, and so is one on this machine; what they looked for is gone again."""
    _look(Sight("other", ENGINE_VERSION, sees=True), workspace, "http://10.0.0.1:4200/api")
    here = Sight(socket.gethostname(), ENGINE_VERSION, sees=True)
    _look(here, workspace, "http://127.0.0.1:4200/api")
    assert list(workspace.journal.iterdir()) == []


def _look(sight: Any, workspace: Workspace, api: str) -> None:
    """Look around in a cluster whose one worker answers with `sight`."""

    class Client:
        def run(self, *_: Any, **__: Any) -> dict[str, Any]:
            return {"tcp://10.0.0.7:1": sight}

        def run_on_scheduler(self, *_: Any) -> Any:
            return Sight("other", ENGINE_VERSION, sees=False)

    class Runner:
        client = Client()

    Cluster("tcp://10.0.0.5:8786", Runner()).look_around(workspace, api)
    assert not list(workspace.journal.iterdir())


def test_weights_are_found_on_the_worker(tmp_path: Path) -> None:
    """Where they lie elsewhere there; others of the same name are refused."""
    known = resolve_weights("cifar10")
    assert weights_here(known) == known
    moved = WeightSet(known.name, known.network, tmp_path / "elsewhere.npz", known.sha256)
    assert weights_here(moved) == known
    other = WeightSet(known.name, known.network, tmp_path / "elsewhere.npz", "0" * 64)
    with pytest.raises(WeightsError, match="are others"):
        weights_here(other)


def test_outside_a_worker_nothing_is_given_up() -> None:
    assert not given_up()
    assert lane() == ""
