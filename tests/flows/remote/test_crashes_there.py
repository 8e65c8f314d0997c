from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks each case")


def test_killed_at_any_write_to_the_store(url: str, tmp_path: Path, s3: Any) -> None:
    """Before and after each: no row without its picture, a manifest that reads, and a next run, on
    this machine or another, that finishes, repeats at most one picture and leaves nothing behind.
    What the killed machine has left over does no harm when it comes back.
    """
    script = Path(__file__).with_name("crash_there.py")
    bucket = url.removeprefix("s3://").partition("/")[0]
    found = subprocess.run(
        [sys.executable, str(script), str(tmp_path), bucket],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert "Traceback" not in found.stderr, found.stderr
    cases = [json.loads(line) for line in found.stdout.splitlines()]
    assert len(cases) > 12
    assert not cases[-1]["killed"]
    assert [case for case in cases if case["problems"]] == []
    assert {case["painted"] for case in cases} == {0, 1, 2}
