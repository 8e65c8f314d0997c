"""Reruns from the command line and through the flows: what is painted, left out and replaced."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.cli import main
from flows.config import Collection
from flows.workspace import Workspace

from .test_cli import collection_file, loaded

__all__ = ["collection_file"]

pytestmark = pytest.mark.usefixtures("fake_engine")
painting = pytest.mark.usefixtures("prefect_api")
RECIPE = ("--size", 64, "--set", "steps=[4]", "--weights", "cifar10")


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command that has to succeed; returns its JSON."""

    def ask(*arguments: object) -> Any:
        capsys.readouterr()
        assert run(*arguments, "--json") == 0
        return json.loads(capsys.readouterr().out)

    return ask


def rows(workspace: Workspace) -> pd.DataFrame:
    return pd.read_csv(workspace.manifest_csv)


def other_recipe(file: Path) -> Path:
    file.write_text(file.read_text() + "seed = 1\n")
    return file


@pytest.mark.parametrize("command", ["build", "restyle", "plan"])
def test_the_options_are_on_all_three_commands(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command, "--help") == 0
    out = capsys.readouterr().out
    for option in ("--only", "--retry-failed", "--force", "--refresh", "--replace"):
        assert option in out


@painting
def test_only_what_a_query_holds_for_is_painted(
    collection_file: Path, answer: Any, workspace: Workspace
) -> None:
    """The report, its file and the next run's message say what was left out."""
    report = answer("build", collection_file, "--only", "style = red")
    assert (report["done"], report["left_out"], report["left_out_by"]) == (3, 3, "--only")
    assert set(rows(workspace)["style"]) == {"red"}
    again = answer("build", collection_file, "--only", "style = red")
    assert (again["pictures"], again["left_out"]) == (3, 3)
    assert answer("build", collection_file)["done"] == 3


@painting
def test_people_read_how_many_were_left_out(
    collection_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    only = ("--only", "style = red and height > 10")
    assert run("build", collection_file, *only) == 0
    assert "3 left out by --only" in capsys.readouterr().out
    assert run("build", collection_file, *only) == 0
    idle = "nothing to do, 3 pictures are painted, 3 left out by --only"
    assert idle in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.parametrize("command", ["build", "plan"])
@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--only", "seconds > 3"), "A job has no column 'seconds': use style, preset, reason"),
        (("--only", ""), "--only does not understand"),
        (("--only", "style = a or style = b"), "join conditions with and"),
        (("--retry-failed", "--force"), "so --force has no meaning beside it"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence_and_2(
    command: str,
    options: tuple[str, ...],
    says: str,
    collection_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before anything is fetched or painted."""
    assert run(command, collection_file, *options) == 2
    error = capsys.readouterr().err
    assert says in error.replace("\n", " ")
    assert "Traceback" not in error


@painting
def test_retrying_paints_what_failed_and_nothing_else(
    collection_file: Path, collection: Collection, answer: Any, painter: Any
) -> None:
    """No source is asked: a new photo waits, and so do pictures that were lost."""
    painter.fail = lambda call: ValueError("no paint") if call in (2, 5) else None
    assert run("build", collection_file) == 3
    painter.fail = lambda call: None
    root = collection.workspace
    lost = pd.read_csv(root / "manifest.csv").query("status == 'done'")["output"].iloc[0]
    (root / lost).unlink()
    folder = collection.sources[0].folder
    assert folder is not None
    (folder / "late.png").write_bytes((folder / "photo-0.png").read_bytes() + b"late")
    plan = answer("plan", collection_file, "--retry-failed")
    assert plan["reasons"] == {"failed before": 2}
    assert (plan["left_out"], plan["photos_to_fetch"]) == (1, {})
    report = answer("build", collection_file, "--retry-failed")
    assert (report["planned"], report["done"]) == ({"failed before": 2}, 2)
    assert (report["photos"], report["left_out"]) == ({}, 1)
    assert answer("build", collection_file, "--retry-failed")["left_out"] == 1
    assert answer("build", collection_file)["planned"]["output missing"] == 1


@painting
def test_restyle_with_another_recipe_beside_the_old_or_instead(
    collection_file: Path, workspace: Workspace, answer: Any
) -> None:
    assert run("build", collection_file) == 0
    where = ("restyle", "red", "-w", workspace.root, *RECIPE)
    assert answer(*where, "--seed", 1)["retired"] == 0
    report = answer(*where, "--seed", 2, "--replace")
    assert (report["done"], report["retired"]) == (3, 6)
    kept = rows(workspace).groupby(["style", "status"]).size().to_dict()
    assert kept == {("blue", "done"): 3, ("red", "done"): 3, ("red", "retired"): 6}
    assert len(list(workspace.stylized.glob("*.png"))) == 12


@painting
def test_replacing_with_nothing_left_to_paint_still_retires(
    collection_file: Path, workspace: Workspace, answer: Any, painter: Any
) -> None:
    """The plan says so first, and changes nothing; the run after that has nothing to do."""
    assert run("build", collection_file) == 0
    other_recipe(collection_file)
    assert run("build", collection_file) == 0
    plan = answer("plan", collection_file, "--replace")
    assert (plan["jobs"], plan["retiring"]) == ([], 6)
    assert set(rows(workspace)["status"]) == {"done"}
    report = answer("build", collection_file, "--replace")
    assert (report["done"], report["existed"], report["retired"]) == (0, 6, 6)
    assert "retired" not in answer("build", collection_file, "--replace")
    assert painter.calls == 12


@painting
def test_going_back_to_a_retired_recipe_paints_nothing(
    collection_file: Path, workspace: Workspace, answer: Any, painter: Any
) -> None:
    first = collection_file.read_text()
    assert run("build", collection_file) == 0
    assert answer("build", other_recipe(collection_file), "--replace")["retired"] == 6
    collection_file.write_text(first)
    report = answer("build", collection_file, "--replace")
    assert (report["done"], report["existed"], report["retired"]) == (0, 6, 6)
    assert painter.calls == 12
    assert sorted(rows(workspace)["status"]) == ["done"] * 6 + ["retired"] * 6


@painting
def test_a_run_with_nothing_selected_starts_nothing(collection_file: Path) -> None:
    assert run("build", collection_file, "--only", "style = red") == 0
    code = (
        "import stylize\nfrom types import SimpleNamespace\n"
        "stylize.resolve_weights = lambda name, network: "
        "SimpleNamespace(name='test', sha256='ab' * 32, network='vgg19')\n"
        f"from flows.cli import main\nwhere = {str(collection_file)!r}\n"
        "assert main(['build', where, '--only', 'style = red']) == 0\n"
        "assert main(['build', where, '--retry-failed']) == 0\n"
        "assert main(['plan', where, '--replace']) == 0"
    )
    assert loaded(code, "prefect", "tensorflow", "keras") == []


@painting
def test_a_deployment_passes_the_same(collection: Collection, workspace: Workspace) -> None:
    """As plain JSON, to either flow; what cannot be meant is refused before the run."""
    from prefect.exceptions import ParameterTypeError

    from flows.pipeline import build_collection, restyle
    from flows.restyle import Restyle

    plain = json.loads(collection.model_dump_json())
    report = build_collection(plain, only="style = red", return_state=True).result()
    assert (report.done, report.left_out) == (3, 3)
    styled = {"style": "blue", "workspace": str(workspace.root), "recipe": plain["recipe"]}
    report = restyle(Restyle(**styled), only="title ~ nobody", return_state=True).result()
    assert (report.done, report.left_out) == (0, 3)
    for flow, config in ((build_collection, plain), (restyle, styled)):
        with pytest.raises(ParameterTypeError, match="A job has no column 'seconds': use style"):
            flow.validate_parameters({"config": config, "only": "seconds > 3"})
        with pytest.raises(ParameterTypeError, match="so --refresh has no meaning beside it"):
            flow.validate_parameters({"config": config, "refresh": True, "retry_failed": True})
        with pytest.raises(ParameterTypeError, match="replace"):
            flow.validate_parameters({"config": config, "replace": "perhaps"})


def test_a_plan_times_every_style(
    collection_file: Path,
    collection: Collection,
    answer: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Photos to fetch count as well; a query narrows what is timed."""
    monkeypatch.setattr("stylize.estimate_seconds", lambda recipe, height, width: 10.0)
    fetched = answer("plan", collection_file)
    assert fetched["seconds"] == 60.0
    assert run("scrape", collection.sources[0].folder, "-w", collection.workspace) == 0
    share = {"pictures": 3, "seconds": 30.0}
    plan = answer("plan", collection_file)
    assert plan["styles"] == {"blue": share, "red": share} == fetched["styles"]
    assert answer("plan", collection_file, "--only", "style = red")["styles"] == {"red": share}
    assert run("plan", collection_file) == 0
    assert "about 1 min" in capsys.readouterr().out


@painting
def test_a_plan_goes_by_what_was_painted_before(
    collection_file: Path, answer: Any, collection: Collection
) -> None:
    """Also for photos that nobody has fetched yet: 1.5 s a picture of that size was measured."""
    assert run("build", collection_file) == 0
    folder = collection.sources[0].folder
    assert folder is not None
    assert answer("plan", other_recipe(collection_file))["seconds"] == pytest.approx(9.0)
    assert run("build", collection_file) == 0
    (folder / "late.png").write_bytes((folder / "photo-0.png").read_bytes() + b"late")
    plan = answer("plan", collection_file)
    assert sum(plan["photos_to_fetch"].values()) == 1
    assert plan["seconds"] == pytest.approx(3.0, rel=0.5)


def test_a_long_plan_shows_some_of_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """The first jobs of every style and reason, and how many more there are; JSON has them all."""
    from flows.cli.planned import as_plain, show
    from flows.plan import Plan
    from flows.survey import Share, Survey

    from .test_selection import job

    jobs = [job(n, style) for style in ("mosaic", "waves") for n in range(300)]
    jobs += [job(n, "zebra", "failed before", title="very " * 9) for n in range(7)]
    shares = {"mosaic": Share(300, 60.0), "waves": Share(300, 60.0), "zebra": Share(7, 2.0)}
    plan = Plan(tuple(jobs), done=5, reasons={"new photo": 600, "failed before": 7})
    found = Survey({}, (), 300, plan, 122.0, shares)
    show("harbour", found)
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("very very") and "failed before" in line for line in lines) == 7
    assert sum(line.startswith("… and 288 more") for line in lines) == 2
    assert len(lines) < 60
    assert len(as_plain(found)["jobs"]) == 607


def test_a_plan_of_many_styles_is_cut_too(capsys: pytest.CaptureFixture[str]) -> None:
    from flows.cli.planned import show
    from flows.plan import Plan
    from flows.survey import Survey

    from .test_selection import job

    jobs = [job(number, f"style-{style}") for style in range(60) for number in range(5)]
    show("harbour", Survey({}, (), 5, Plan(tuple(jobs), done=0), 0.0))
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("… and 4 more") for line in lines) == 20
    assert sum(line.startswith("… and 200 more") for line in lines) == 1
    assert len(lines) < 50


def test_the_docs_name_every_column_of_a_query() -> None:
    from flows.selection import JOBS

    page = (Path(__file__).parents[2] / "docs/collections.md").read_text(encoding="utf-8")
    section = page.partition("## Reruns")[2].partition("\n## ")[0]
    assert all(f"`{name}`" in section for name in JOBS.types)
