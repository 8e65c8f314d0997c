"""`atelier serve` as a user has it: a process, and the lines that it writes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from flows import watchdog
from images import encode_png

ROOT = Path(__file__).parents[2]
ENTRY = "import sys; from flows.cli import main; sys.argv[0] = 'atelier'; sys.exit(main())"


class ServeProcess:
    """A running `atelier serve`, from a folder of its own; `lines` is what it has said so far."""

    def __init__(self, folder: Path, home: Path, *arguments: str) -> None:
        self.notes = home / "atelier"
        self._others = set(self._named())
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", ENTRY, "serve", *arguments],
            cwd=folder,
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def said(self, pattern: str, seconds: float = 120, after: int = 0) -> str:
        """The first line that `pattern` is found in, once it is there."""

        def found() -> str:
            return next((line for line in self.lines[after:] if re.search(pattern, line)), "")

        assert wait_for(lambda: found() or self.process.poll() is not None, seconds), self.told
        assert found(), self.told
        return found()

    @property
    def told(self) -> str:
        return "\n".join(self.lines)

    @property
    def api(self) -> str:
        return self.said("Prefect's pages: ").split()[-1] + "/api"

    def pids(self, kind: str = "") -> list[int]:
        """The processes on its leashes, oldest first, and the leashes: of a `kind` or all.

        Kinds are server and run.
        """
        named = [named for name, named in self._named().items() if name.startswith(kind)]
        return [pid for named in named for pid in named]

    def end(self, sign: signal.Signals, seconds: float = 60) -> tuple[int, list[int]]:
        """Send a signal and wait; the exit status, and the processes that are left."""
        pids = self.pids()
        assert pids
        self.process.send_signal(sign)
        status = self.process.wait(seconds)
        self._reader.join(10)
        wait_for(lambda: not any(map(watchdog.command_line, pids)), 20)
        return status, [pid for pid in pids if watchdog.command_line(pid)]

    def close(self) -> None:
        """End it if a test did not."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _named(self) -> dict[str, tuple[int, int]]:
        found = {}
        for note in sorted(self.notes.glob("*.json"), key=_modified):
            try:
                named = json.loads(note.read_text())
            except (OSError, ValueError):
                continue
            if note.name not in getattr(self, "_others", ()):
                found[note.name] = named["server"], named["leash"]
        return found


def _modified(note: Path) -> float:
    try:
        return note.stat().st_mtime
    except OSError:
        return 0.0


def environment(home: Path, **more: str) -> dict[str, str]:
    """Of a process that finds this checkout, and Prefect's folder at `home`."""
    given = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**given, "PREFECT_HOME": str(home), "PYTHONPATH": os.pathsep.join(paths), **more}


def wait_for(what: Callable[[], object], seconds: float) -> bool:
    """Whether it came true in that time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return bool(what())


def collection_at(folder: Path, name: str = "harbour", photos: int = 1) -> Path:
    """A collection file beside a folder of tiny photos, in the style mosaic."""
    pictures = folder / "photos"
    pictures.mkdir(parents=True, exist_ok=True)
    for number in range(photos):
        pixels = np.random.default_rng(number).random((80, 100, 3), dtype=np.float32)
        (pictures / f"photo-{number}.png").write_bytes(encode_png(pixels))
    file = folder / f"{name}.toml"
    file.write_text(text_of())
    return file


def text_of(styles: str = '"mosaic"', workspace: str = "data", source: str = "photos") -> str:
    """A collection file."""
    return (
        f'workspace = "{workspace}"\nstyles = [{styles}]\n'
        f'sources = [{{folder = "{source}"}}]\n'
        '[recipe]\nsize = 64\nsteps = [2]\nweights = "cifar10"\n'
    )
