"""What a scrape says when it ends, and before it begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.cli.scraped import show_failed, show_preview, show_scrape
from flows.preview import Preview, Prospect
from flows.report import RunReport
from flows.stages import Visit
from flows.workspace import Workspace
from scraping import Photo

from .sources_at_hand import SourceAtHand, down, found


def report_of(*photos: Photo, failures: tuple[str, ...] = (), news: int = 1) -> RunReport:
    class Seen:
        pass

    from flows.scraped import by_host

    seen: Any = Seen()
    seen.photos, seen.news = list(photos), news
    seen.hosts = by_host(photos, {name: f"{name} is down." for name in failures})
    return RunReport("r", "harbour", "", "", "complete").with_visit(seen)


def row(host: str, status: str, number: int = 0, detail: str = "") -> Photo:
    url = f"http://{host}/{number}.jpg"
    return Photo(
        source="s", image_url=url, status=status, detail=detail, file="f" * (status == "taken")
    )


def test_counts_by_outcome_and_by_host(capsys: pytest.CaptureFixture[str]) -> None:
    """What was taken leads; the host with trouble comes first; refusals have their sentence."""
    show_scrape(
        report_of(
            *(row("a.example", "taken", number) for number in range(3)),
            row("a.example", "robots", detail="a.example/0.jpg: closed by robots.txt"),
            row("b.example", "taken"),
            row("b.example", "timeout", detail="b.example/0.jpg: late"),
            failures=("http://c.example/",),
        )
    )
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["photos", "4", "taken,", "1", "robots,", "1", "timeout"],
        ["host", "found", "taken", "unchanged", "others"],
        ["c.example", "0", "0", "0", "1", "source", "failed"],
        ["b.example", "2", "1", "0", "timeout"],
        ["a.example", "4", "3", "0", "robots"],
        ["left", "out", "robots:", "a.example/0.jpg:", "closed", "by", "robots.txt"],
    ]


def test_many_hosts_are_fifteen_lines_and_a_sum(capsys: pytest.CaptureFixture[str]) -> None:
    """Those with trouble are never among the rest."""
    photos = [row(f"h{number:02}.example", "taken") for number in range(40)]
    show_scrape(report_of(*photos, row("z.example", "timeout")))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 15 + 1
    assert lines[2].split()[0] == "z.example"
    assert lines[-1].strip() == "… and 26 more hosts, 26 photos taken there"


def test_one_sentence_for_many_photos_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    detail = "the source's limit of 5 photos is reached"
    show_scrape(report_of(*(row("a.example", "limit", number, detail) for number in range(70))))
    out = capsys.readouterr().out
    assert out.count("limit of 5") == 1
    assert "is reached (70 photos)" in out


def test_nothing_new_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither hosts nor refusals that were told before."""
    photos = [row("a.example", "unchanged"), row("a.example", "robots")]
    show_scrape(report_of(*photos, news=0))
    assert capsys.readouterr().out == "  photos    1 robots, 1 unchanged; nothing new\n"


def test_long_names_keep_their_end(capsys: pytest.CaptureFixture[str]) -> None:
    """The part of a host's name that says whose it is."""
    show_scrape(report_of(row(f"{'x' * 60}.evil.example", "taken")))
    line = capsys.readouterr().out.splitlines()[2]
    assert line.split()[0].startswith("…x")
    assert line.split()[0].endswith(".evil.example")
    assert len(line.split()[0]) == 40


def test_a_folder_is_named_as_one_types_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    source = (tmp_path / "my-photos").as_posix()
    show_scrape(report_of(Photo(source=source, kind="file", status="taken", file="f")))
    assert capsys.readouterr().out.splitlines()[2].split() == ["my-photos", "1", "1", "0"]


def test_words_of_strangers_cannot_steer_the_terminal(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in a sentence nor in a table."""
    wicked = "\x1b[2J[red]x[/red]"
    show_scrape(report_of(row("a.example", "robots", detail=wicked)))
    show_preview(Preview((Prospect("s", "http://a/\x9b1", title=wicked),), 0, (wicked,)))
    shown = "".join(capsys.readouterr())
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert shown.count("[red]x[/red]") == 3


def test_failures_are_sentences_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    report = RunReport("r", "n", "", "", "partial", errors=tuple(f"No {n}." for n in range(25)))
    show_failed(report)
    shown = capsys.readouterr()
    assert shown.err.splitlines()[:2] == ["  failed    No 0.", "  failed    No 1."]
    assert len(shown.err.splitlines()) == 20
    assert "and 5 more" in shown.out


def test_a_preview_lists_addresses_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """A long one goes on in the next line; no title means the file's name."""
    url = "http://a.example/" + "/".join(["long"] * 60) + "/boat.jpg"
    prospects = (
        Prospect("s", url, licence="CC0 1.0"),
        Prospect("s", "http://a.example/2.jpg", reason="robots", detail="2.jpg: closed"),
    )
    show_preview(Preview(prospects, 3, ()))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["photo", "licence", "address"]
    assert lines[1].split()[:3] == ["boat.jpg", "CC0", "1.0"]
    assert "".join(line[lines[0].index("address") :].strip() for line in lines[1:-2]) == url
    assert lines[-2] == "  left out  robots: 2.jpg: closed"
    assert lines[-1].startswith("1 photo would be asked for, 1 left out, 3 known already; nothing")


def test_the_report_of_a_scrape_is_filed(workspace: Workspace) -> None:
    """A visit of its own is a run as well; what it says is what happened."""
    from flows.record import visiting
    from flows.report import read_report

    report = visiting(Visit(workspace, [SourceAtHand("s", [found(1)]), down("t")]), workspace)
    (path,) = workspace.runs.iterdir()
    told = read_report(Path(path))
    assert (told["name"], told["outcome"], told["photos"]) == (
        "scrape 2 sources",
        "partial",
        {"taken": 1},
    )
    assert told["errors"] == list(report.errors) == ["t cannot be read (host_down)."]
    assert visiting(Visit(workspace, [down("u")]), workspace).outcome == "failed"
    kept = SourceAtHand("s", errors=list(down("s").errors))
    assert visiting(Visit(workspace, [kept]), workspace).outcome == "partial"
