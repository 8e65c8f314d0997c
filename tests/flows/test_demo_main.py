"""`python -m flows.demo`: the demo site to try things on."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request

import pytest

from flows.cli import main


def test_the_demo_says_what_it_is_and_what_comes_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its broken pictures are no accident; a program reads nothing of this."""
    monkeypatch.setattr("flows.cli.collections._build", lambda *_: 0)
    assert main(["demo"]) == 0
    told = capsys.readouterr()
    assert "on purpose" in told.err
    assert "Next, a photo of yours: atelier stylize PHOTO mosaic" in " ".join(told.out.split())
    assert main(["demo", "--json"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_site_is_served_until_ctrl_c() -> None:
    """It says where, answers, and ends without a word."""
    command = [sys.executable, "-m", "flows.demo"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[0]
            with urllib.request.urlopen(url, timeout=20) as answer:
                assert b"<img" in answer.read()
        finally:
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, "")
