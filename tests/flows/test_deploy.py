"""prefect.yaml, a worker and an automation, as docs/operations.md has them, on loopback.

The API is the server of an `atelier serve`, whose own collection is due but once a night.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows.manifest import read_manifest

from .serving_at_hand import ROOT, ServeProcess, collection_at, environment, text_of, wait_for

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of a Unix")

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def served(folder: Path, prefect_folder: Path) -> Iterator[ServeProcess]:
    collection_at(folder, "nightly")
    when = ("--cron", "0 3 * * *", "--timezone", "Europe/Berlin")
    serving = ServeProcess(folder, prefect_folder, "nightly.toml", *when)
    serving.said("nightly: cron")
    yield serving
    serving.close()


@pytest.fixture(scope="module")
def client(served: ServeProcess) -> Iterator[Any]:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: served.api}), get_client(sync_client=True) as client:
        yield client


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout, with a `data` folder of its own."""
    place = tmp_path_factory.mktemp("checkout")
    for name in ("flows", "docs", "prefect.yaml"):
        (place / name).symlink_to(ROOT / name)
    return place


def prefect(command: str, cwd: Path, served: ServeProcess) -> str:
    """Run a command that the guide has, word for word; return what it writes."""
    assert f"    {command}\n" in GUIDE
    done = subprocess.run(
        in_this_environment(command),
        cwd=cwd,
        env=environment(served.notes.parent, PREFECT_API_URL=served.api),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def in_this_environment(command: str) -> list[str]:
    words = shlex.split(command)
    assert words[0] == "prefect"
    return [sys.executable, "-m", *words]


@pytest.fixture(scope="module")
def deployed(served: ServeProcess, checkout: Path) -> str:
    prefect("prefect work-pool create atelier --type process", checkout, served)
    return prefect("prefect --no-prompt deploy --all", checkout, served)


@pytest.fixture(scope="module")
def worker(
    served: ServeProcess, deployed: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A worker that was started far from the checkout, and the file that it writes to."""
    place = tmp_path_factory.mktemp("worker")
    command = "prefect worker start --pool atelier"
    assert f"    {command}\n" in GUIDE
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            in_this_environment(command),
            cwd=place,
            env=environment(
                served.notes.parent,
                PREFECT_API_URL=served.api,
                PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL="INFO",
                PREFECT_WORKER_QUERY_SECONDS="1",
            ),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    yield place / "log"
    process.kill()
    process.wait(60)


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The address of a webhook, and what it was sent."""
    received: list[dict[str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", received
        server.shutdown()
        thread.join()


def test_cron_goes_by_the_timezone(served: ServeProcess) -> None:
    line = served.said("nightly: cron")
    assert re.search(r'"0 3 \* \* \*" \(Europe/Berlin\); next run .* 03:00:00 CES?T$', line)


def test_everything_in_prefect_yaml_is_deployed_and_sleeps(deployed: str, client: Any) -> None:
    for name in ("build-collection/example", "restyle/restyle"):
        found = client.read_deployment_by_name(name)
        assert found.name in deployed
        assert found.work_pool_name == "atelier"
        assert not any(schedule.active for schedule in found.schedules)
        assert not any("clone" in step for steps in found.pull_steps for step in steps)


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"config": {"colour": "red"}}, "'colour' was unexpected"),
        ({"config": {"recipe": {"size": 0}}}, "config.recipe.size.* 0 is less than the minimum"),
        ({"config": {"recipe": {"sise": 512}}}, "'sise' was unexpected"),
        ({"only": "colour = red"}, "'colour = red' is not one of .*style = mosaic and width > 400"),
        ({"only": "mosaic"}, "its columns are style, preset"),
        ({"force": "perhaps"}, "'perhaps' is not of type 'boolean'"),
    ],
)
def test_bad_parameters_are_refused_in_a_sentence(
    deployed: str, client: Any, parameters: dict[str, Any], why: str
) -> None:
    """By the API, before there is a run."""
    from prefect.exceptions import PrefectHTTPStatusError

    given = {**parameters}
    if "config" in given:
        given["config"] = {"sources": [{"folder": "photos"}], **given["config"]}
    found = client.read_deployment_by_name("build-collection/example")
    with pytest.raises(PrefectHTTPStatusError) as refused:
        client.create_flow_run_from_deployment(found.id, parameters=given)
    assert re.search(why, refused.value.response.json()["detail"])


def test_a_deployment_runs_on_a_worker(served: ServeProcess, worker: Path, checkout: Path) -> None:
    """As it is in prefect.yaml, with a parameter on top."""
    command = """prefect deployment run build-collection/example --param 'only="style = mosaic"'"""
    prefect(command, checkout, served)
    assert wait_for(lambda: "Completed('1 picture, new'" in worker.read_text(), 120)
    rows = read_manifest(checkout / "data" / "manifest.csv")
    assert rows["style"].tolist() == ["mosaic"]


def test_a_webhook_is_called_when_a_run_fails(
    served: ServeProcess, client: Any, folder: Path, hook: tuple[str, list[dict[str, str]]]
) -> None:
    """The guide's own code makes the automation; a run that ends well calls nobody.

    The run is one that somebody starts by hand, of a collection that `atelier serve` serves.
    """
    from prefect.states import Completed

    address, received = hook
    code = re.search(r"```python\n(from prefect.automations.*?)```", GUIDE, re.DOTALL)
    assert code is not None
    exec(code[1].replace("https://example.org/hooks/atelier", address), {})
    found = client.read_deployment_by_name("build-collection/nightly")
    assert found.entrypoint == "flows.pipeline.build_collection"
    well = client.create_flow_run_from_deployment(found.id, state=Completed())
    (folder / "nightly.toml").write_text(text_of(source="empty"))
    (folder / "empty").mkdir()
    served.said("nightly.toml has changed")
    (folder / "empty").rmdir()
    client.create_flow_run_from_deployment(found.id)
    served.said("nightly: started by hand")
    told = served.said("nightly: failed: ")
    assert wait_for(lambda: received, 60)
    assert len(received) == 1
    assert re.match(r"nightly, \d{4}-.*: Failed\. ", received[0]["text"]), received
    assert well.name not in received[0]["text"]
    assert "Traceback" not in told


def test_ctrl_c_ends_it_in_seconds_and_pauses_its_schedule(served: ServeProcess) -> None:
    status, left = served.end(signal.SIGINT, seconds=30)
    assert (status, left) == (130, [])
    assert served.lines[-1].startswith("Stopped. Every finished picture is kept")
    assert "Traceback" not in served.told
