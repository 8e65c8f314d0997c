"""How far a run is that others paint: the rows in their journals."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from flows.journal import journals_of
from flows.plan import Job

__all__ = ["Tally"]


class Tally:
    """Counts the jobs of `run` that have a row, done or failed; reads only what is new."""

    def __init__(self, folder: Path, run: str) -> None:
        self._folder, self._run = folder, run
        self._read: dict[Path, int] = {}
        self._rows: set[str] = set()
        self.last = ""

    @property
    def count(self) -> int:
        """How many have one, as far as was looked."""
        return len(self._rows)

    def finished(self, jobs: Iterable[Job]) -> None:
        """Count `jobs` of a chunk that has ended; their journal may be gone already."""
        self._rows.update(job.fingerprint for job in jobs)

    def look(self) -> int:
        """Read the journals on from where they were left; the count."""
        for path in journals_of(self._folder, self._run):
            try:
                with path.open("rb") as file:
                    file.seek(self._read.get(path, 0))
                    new = file.read()
            except FileNotFoundError:
                continue  # folded into the manifest
            whole = new[: new.rfind(b"\n") + 1]
            self._read[path] = self._read.get(path, 0) + len(whole)
            for line in whole.splitlines():
                self._note(line)
        return self.count

    def _note(self, line: bytes) -> None:
        try:
            row = json.loads(line)
            self._rows.add(str(row["fingerprint"]))
            self.last = f"{row['title']} × {row['style']}"
        except (ValueError, KeyError, TypeError):
            return
