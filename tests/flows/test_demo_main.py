"""`python -m flows.demo`: the demo site to try things on."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request


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
