"""`atelier manifest`: rows, summaries, comparisons, files for other programs, plots."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.cli import main
from flows.columns import COLUMN_NAMES, complete_row
from flows.journal import Journal
from flows.workspace import Workspace
from scraping import Photo
from stylize import Recipe

RECIPE = Recipe(strength=0.5, alpha=2.0, beta=3.0, gamma=4.0).canonical()


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def row(number: int, style: str, seconds: float) -> dict[str, Any]:
    return {
        "fingerprint": f"f{number}",
        "status": "done",
        "output": f"stylized/f{number}.png",
        "content": f"content/c{number}.png",
        "content_sha256": f"c{number % 2}",
        "title": f"photo {number}",
        "style": style,
        "preset": "default",
        "recipe": RECIPE,
        "weights": "cifar10",
        "content_loss": seconds / 10,
        "style_loss": 0.5,
        "tv_loss": 0.25,
        "seconds": seconds,
        "created_at": f"2025-01-0{1 + number % 3}T12:00:00+00:00",
    }


FAILED = {"status": "failed", "seconds": None, "content_loss": None, "output": "", "error": "=oh"}
ROWS = [
    *(row(number, "mosaic", seconds) for number, seconds in enumerate((1.0, 2.0, 3.0, 6.0))),
    *(row(number, "ink", seconds) for number, seconds in enumerate((2.0, 4.0), 4)),
    row(6, "ink", 0.0) | FAILED,
]


@pytest.fixture
def told(workspace: Workspace) -> Path:
    """Six finished pictures and a failure, of which two files are there."""
    with Journal(workspace.journal, "run") as journal:
        for one in ROWS:
            journal.append(complete_row(one))
    (workspace.stylized / "f0.png").write_bytes(bytes(1000))
    (workspace.stylized / "f1.png").write_bytes(bytes(500))
    found = {"status": "taken", "file": "content/c0.png"}
    workspace.save_photos([Photo(source="harbour", source_id="a", sha256="c0", **found)])  # type: ignore[arg-type]
    return workspace.root


@pytest.fixture
def asked(told: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """What the command says in JSON."""

    def ask(*arguments: object) -> Any:
        assert run("manifest", "-w", told, *arguments, "--json") == 0
        return json.loads(capsys.readouterr().out)

    return ask


def test_a_summary_by_style_counts_and_times(asked: Any) -> None:
    """Pictures and failures, seconds and their median, losses' medians and bytes on the disk."""
    ink, mosaic = asked("--by", "style")
    assert mosaic == {
        "style": "mosaic",
        "pictures": 4,
        "failed": 0,
        "seconds": 12.0,
        "seconds_median": 2.5,
        "pictures_per_hour": 1200.0,
        "content_loss": 0.25,
        "style_loss": 0.5,
        "total_loss": 2 * 0.25 + 3 * 0.5 + 4 * 0.25,
        "bytes": 1500,
    }
    assert (ink["pictures"], ink["failed"], ink["seconds"]) == (2, 1, 6.0)


def test_sources_and_days_are_groups_too(asked: Any) -> None:
    """A photo's source is looked up in photos.csv; a day is one of UTC."""
    assert [(line["source"], line["pictures"]) for line in asked("--by", "source")] == [
        ("", 3),
        ("harbour", 3),
    ]
    days = asked("--by", "day", "--sort", "-pictures", "--limit", 1)
    assert [(day["day"], day["pictures"], day["failed"]) for day in days] == [("2025-01-01", 2, 1)]


def test_groups_by_a_measure_keep_it_apart(asked: Any) -> None:
    """The sum of the seconds has their name already."""
    groups = asked("--by", "seconds", "--sort", "group")
    assert [line["group"] for line in groups] == sorted(line["group"] for line in groups)
    assert all(line["seconds"] == line["group"] * line["pictures"] for line in groups)


def test_groups_of_failures_have_no_measures(asked: Any) -> None:
    done, failed = asked("--by", "status")
    assert (done["status"], done["pictures"]) == ("done", 6)
    assert (failed["pictures"], failed["failed"], failed["seconds"]) == (0, 1, 0.0)
    assert failed["seconds_median"] is None
    assert failed["pictures_per_hour"] is None


def test_groups_are_compared_with_the_first(asked: Any) -> None:
    """Per measure and group: n, median, quartiles, and the ratio to the first group's median."""
    found = [line for line in asked("--compare", "style") if line["measure"] == "seconds"]
    assert found == [
        {"measure": "seconds", "group": "ink", "n": 2, "median": 3.0, "q1": 2.5, "q3": 3.5}
        | {"ratio": 1.0},
        {"measure": "seconds", "group": "mosaic", "n": 4, "median": 2.5, "q1": 1.75, "q3": 3.75}
        | {"ratio": 0.8333},
    ]
    measures = {line["measure"] for line in asked("--compare", "preset")}
    assert measures == {"content_loss", "style_loss", "total_loss", "seconds"}


def test_rows_are_sorted_cut_and_narrowed(asked: Any) -> None:
    """The largest first with a minus, what is missing last; only the columns asked for."""
    lines = asked("--sort", "-seconds", "--columns", "title,total_loss,day", "--limit", 2)
    assert lines == [
        {"title": "photo 3", "total_loss": 2 * 0.6 + 1.5 + 1.0, "day": "2025-01-01"},
        {"title": "photo 5", "total_loss": 2 * 0.4 + 1.5 + 1.0, "day": "2025-01-03"},
    ]
    assert [line["seconds"] for line in asked("--sort", "seconds")][-1] is None
    assert list(asked("--limit", 1)[0]) == list(COLUMN_NAMES)
    assert len(asked("--where", "style = ink", "--sort", "-created_at")) == 3


def test_people_get_tables(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in (
        (["--by", "style"], ["pictures per hour", "mosaic", "2 groups"]),
        (["--compare", "style"], ["ratio", "total_loss"]),
        (["--columns", "title,bytes"], [" B ", "7 rows"]),
        (["--where", "style = none", "--by", "day"], ["0 groups"]),
    ):
        assert run("manifest", "-w", told, *arguments) == 0
        shown = capsys.readouterr().out
        assert all(word in shown for word in words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--by", "stile"], "no column 'stile'; near it: title, style"),
        (["--sort", "-secnds"], "no column 'secnds'; near it: seconds"),
        (["--columns", "title,hight"], "near it: height"),
        (["--compare", "style", "--sort", "seconds"], "use one of measure, group"),
        (["--by", "style", "--compare", "style"], "--by and --compare are two tables"),
        (["--export", "rows.xlsx"], "ends in .parquet, .csv or .json"),
        (["--plot", "losses.pdf"], "ends in .png"),
        (["--limit", "0"], "greater than or equal to 1"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    arguments: list[str], words: str, told: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("manifest", "-w", told, *arguments) == 2
    error = capsys.readouterr().err
    assert words in error
    assert len(error.strip().splitlines()) == 1


def test_rows_and_summaries_are_exported(told: Path, asked: Any, tmp_path: Path) -> None:
    """As CSV for spreadsheets, formulas neutralised; as JSON with times in ISO 8601."""
    rows, sums = tmp_path / "out" / "rows.csv", tmp_path / "sums.json"
    assert asked("--export", rows) == {"export": str(rows), "rows": 7}
    read = pd.read_csv(rows)
    assert list(read.columns) == list(COLUMN_NAMES)
    assert "'=oh" in read["error"].tolist()
    asked("--by", "style", "--columns", "style,pictures", "--export", sums)
    assert json.loads(sums.read_text()) == [
        {"style": "ink", "pictures": 2},
        {"style": "mosaic", "pictures": 4},
    ]
    asked("--limit", 1, "--export", sums)
    assert json.loads(sums.read_text())[0]["created_at"].startswith("2025-01-0")


def test_parquet_keeps_types(told: Path, asked: Any, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    file = tmp_path / "rows.parquet"
    asked("--export", file)
    read = pd.read_parquet(file)
    assert read["created_at"].dt.tz is not None
    assert sorted(read["seconds"].dropna()) == [1.0, 2.0, 2.0, 3.0, 4.0, 6.0]
    assert read["width"].isna().all()


def test_without_pyarrow_it_says_what_to_install(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("flows.export.find_spec", lambda name: None)
    assert run("manifest", "-w", told, "--export", tmp_path / "rows.parquet") == 1
    assert "pip install 'atelier[parquet]'" in capsys.readouterr().err
    assert not (tmp_path / "rows.parquet").exists()


def test_an_export_that_breaks_leaves_the_old_file(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written beside and renamed: no reader sees a part."""
    file = tmp_path / "rows.csv"
    file.write_text("old")

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    assert run("manifest", "-w", told, "--export", file) == 1
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["rows.csv"]


@pytest.mark.parametrize("how", [[], ["--by", "style"], ["--compare", "day"]])
def test_losses_are_plotted(how: list[str], asked: Any, tmp_path: Path) -> None:
    """Over time, or by group; an older plot is replaced."""
    file = tmp_path / "losses.png"
    for _ in range(2):
        assert asked(*how, "--plot", file) == {"plot": str(file), "pictures": 6}
    assert file.read_bytes().startswith(b"\x89PNG")


def test_a_plot_never_takes_the_place_of_a_picture(
    told: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = told / "stylized" / "f0.png"
    assert run("manifest", "-w", told, "--plot", picture) == 2
    assert "is no plot of a manifest" in capsys.readouterr().err
    assert run("manifest", "-w", told, "--plot", told / "a.png", "--where", "style = none") == 1
    assert "no finished picture" in capsys.readouterr().err


def test_looking_starts_neither_prefect_nor_tensorflow(told: Path, tmp_path: Path) -> None:
    plot = str(tmp_path / "losses.png")
    code = (
        "import sys\nfrom flows.cli import main\n"
        f"main(['manifest', '-w', {str(told)!r}, '--by', 'style', '--plot', {plot!r}])\n"
        f"main(['manifest', '-w', {str(told)!r}, '--compare', 'day'])\n"
        "assert not {'prefect', 'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
