"""`--replace`: what was painted otherwise is retired once the new picture is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from flows.claims import claimed
from flows.content import Content
from flows.files import file_sha256
from flows.manifest import Manifest
from flows.plan import Plan
from flows.selection import Selection
from flows.stages import plan_collection, publish, reinstate, retire, stylize_jobs
from flows.stages.retiring import superseded
from flows.style_images import StyleImage
from flows.tables import frame_of
from flows.workspace import Workspace
from stylize import Recipe

OLD, NEW = Recipe(size=64, steps=(4,)), Recipe(size=64, steps=(4,), seed=1)
Work = Callable[..., Plan]


@pytest.fixture
def work(
    workspace: Workspace,
    contents: list[Content],
    styles: list[StyleImage],
    weights: Any,
    painter: Any,
) -> Work:
    """Plans and paints with a recipe; with `paint=False` plans alone."""

    def run(recipe: Recipe, paint: bool = True, **how: Any) -> Plan:
        selection = Selection(**how)
        plan = plan_collection(
            workspace, contents, styles, recipe, "default", weights, selection=selection
        )
        if paint:
            stylize_jobs(workspace, plan.jobs, weights, "run", stylizer=painter)
        return plan

    return run


def statuses(workspace: Workspace) -> dict[str, list[str]]:
    """The statuses of the rows of each recipe, by its seed."""
    frame = Manifest(workspace).rows()
    return {str(seed): sorted(rows["status"].tolist()) for seed, rows in frame.groupby("seed")}


def test_another_recipe_makes_pictures_beside_the_old(work: Work, workspace: Workspace) -> None:
    """Without --replace nothing is retired, and no plan says so."""
    work(OLD)
    assert work(NEW).retiring == 0
    assert statuses(workspace) == {"0": ["done"] * 6, "1": ["done"] * 6}


def test_the_old_are_retired_and_keep_their_files(work: Work, workspace: Workspace) -> None:
    work(OLD)
    plan = work(NEW, replace=True)
    assert plan.retiring == 6
    before = Manifest(workspace).rows().set_index("fingerprint")
    assert retire(workspace, plan, "later") == 6
    assert statuses(workspace) == {"0": ["retired"] * 6, "1": ["done"] * 6}
    after = Manifest(workspace).rows().set_index("fingerprint")
    for name, row in after[after["status"] == "retired"].iterrows():
        assert file_sha256(workspace.root / row["output"]) == row["output_sha256"]
        assert row["created_at"] > before.loc[name, "created_at"]
        assert row["flow_run"] == "later"
        assert row["style_loss"] == before.loc[name, "style_loss"]
    assert retire(workspace, plan, "again") == 0


def test_only_what_is_replaced_is_retired(work: Work, workspace: Workspace, painter: Any) -> None:
    """A new picture that failed, and one that a query left out, leave the old one in its place."""
    work(OLD)
    painter.fail = lambda call: ValueError("no paint") if call == 7 else None
    plan = work(NEW, replace=True, only="style = red")
    assert (len(plan.jobs), plan.retiring, plan.left_out) == (3, 3, 3)
    assert retire(workspace, plan, "later") == 2
    assert statuses(workspace) == {
        "0": ["done"] * 4 + ["retired"] * 2,
        "1": ["done"] * 2 + ["failed"],
    }


def test_what_an_earlier_run_painted_counts_too(work: Work, workspace: Workspace) -> None:
    """A run that was killed before it retired anything, or one without --replace."""
    work(OLD)
    work(NEW)
    plan = work(NEW, replace=True, only="style = blue")
    assert (plan.jobs, plan.done, plan.retiring) == ((), 6, 3)
    assert retire(workspace, plan, "later") == 3
    assert work(NEW, replace=True, only="style = blue").retiring == 0


def test_gallery_and_credits_leave_the_retired_out(work: Work, workspace: Workspace) -> None:
    work(OLD)
    retire(workspace, work(NEW, replace=True), "later")
    assert publish(workspace).pictures == 6
    retired = Manifest(workspace).rows().query("status == 'retired'")
    index = (workspace.gallery / "index.html").read_text()
    assert not any(name in index for name in retired["fingerprint"])
    assert "No reason was recorded" not in index
    pages = {path.stem for path in (workspace.gallery / "pictures").glob("*.html")}
    assert not pages & set(retired["fingerprint"])


def test_a_retired_picture_that_is_wanted_again_is_not_painted_again(
    work: Work, workspace: Workspace, painter: Any
) -> None:
    """Its row is done again; the later recipe's pictures may be retired in their turn."""
    work(OLD)
    retire(workspace, work(NEW, replace=True), "second")
    plan = work(OLD, paint=False, replace=True)
    assert plan.reasons == {"retired before": 6}
    assert reinstate(workspace, plan.jobs, "third") == 6
    plan = work(OLD, paint=False, replace=True)
    assert (plan.jobs, plan.done, plan.retiring) == ((), 6, 6)
    assert retire(workspace, plan, "third") == 6
    assert statuses(workspace) == {"0": ["done"] * 6, "1": ["retired"] * 6}
    assert painter.calls == 12


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_retired_picture_without_its_file_is_painted_again(
    damage: str, work: Work, workspace: Workspace
) -> None:
    work(OLD)
    retire(workspace, work(NEW, replace=True), "second")
    plan = work(OLD, paint=False)
    path = workspace.root / plan.jobs[0].output
    path.unlink() if damage == "gone" else path.write_bytes(path.read_bytes() + b"x")
    assert reinstate(workspace, plan.jobs, "third") == 5
    assert [job.reason for job in work(OLD).jobs] == ["retired before"]
    assert statuses(workspace)["0"] == ["done"] * 6


def test_retired_pictures_are_neither_adopted_nor_counted(work: Work, workspace: Workspace) -> None:
    from flows.stages import recover

    work(OLD)
    retire(workspace, work(NEW, replace=True), "second")
    assert recover(workspace).adopted == 0
    assert statuses(workspace)["0"] == ["retired"] * 6
    assert work(NEW, paint=False).done == 6


def test_a_clock_that_went_back_changes_nothing(work: Work, workspace: Workspace) -> None:
    """The later row wins, though the earlier one says that it is from the future."""
    work(OLD)
    rows = Manifest(workspace).rows()
    rows["created_at"] = rows["created_at"] + pd.Timedelta(days=400)
    from flows.tables import to_csv

    Manifest(workspace).compact()
    workspace.manifest_csv.write_bytes(to_csv(rows))
    retire(workspace, work(NEW, replace=True), "later")
    assert statuses(workspace)["0"] == ["retired"] * 6


def test_blends_are_pictures_of_their_own(work: Work) -> None:
    (job, *_) = work(OLD, paint=False).jobs
    both = '[{"name":"a"},{"name":"b"}]'
    row = {
        "status": "done",
        "fingerprint": "x",
        "content_sha256": job.content.sha256,
        "style_sha256": job.style.sha256,
        "styles": '[{"name":"a"}]',
    }
    frame = frame_of([row, row | {"fingerprint": "y", "styles": both}])
    assert superseded(frame, [job])["fingerprint"].tolist() == ["x"]
    assert superseded(frame, [replace(job, fingerprint="x")]).empty


def test_a_retired_picture_that_is_being_pruned_is_not_called_done(
    work: Work, workspace: Workspace
) -> None:
    """Whoever deletes it holds its claim; the run then paints it."""
    work(OLD)
    retire(workspace, work(NEW, replace=True), "second")
    plan = work(OLD, paint=False)
    with claimed(workspace.root / plan.jobs[0].output):
        assert reinstate(workspace, plan.jobs, "third") == 5
    assert [job.fingerprint for job in work(OLD, paint=False).jobs] == [plan.jobs[0].fingerprint]
