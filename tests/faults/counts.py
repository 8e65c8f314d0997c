"""How often everything is tried, and the numbers that a full run leaves for the table."""

from __future__ import annotations

import importlib
import json
import os
import platform
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["FULL", "ROOT", "TABLE", "Fault", "fault", "faults", "often", "save"]

ROOT = Path(__file__).parents[2]
FULL = os.environ.get("ATELIER_FAULTS", "") == "full"
TABLE = ROOT / "docs" / "faults.json"
"""Where `make faults` writes what it counted."""


class Fault(NamedTuple):
    """A row of the table: the accident in words, and what is held afterwards."""

    name: str
    accident: str
    held: str


def often(full: int, bounded: int) -> int:
    """`full` times under `make faults`, `bounded` times otherwise."""
    return full if FULL else bounded


def fault(accident: str, held: str) -> Callable[[Any], Any]:
    """Mark a test as a row of the table."""

    def mark(test: Any) -> Any:
        test.fault = (accident, held)
        return test

    return mark


def faults() -> list[Fault]:
    """All rows, in the order of files and tests."""
    return list(_faults())


def _faults() -> Iterator[Fault]:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"tests.faults.{path.stem}")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M):
            said = getattr(getattr(module, name), "fault", None)
            if said:
                yield Fault(name, *said)


def save(numbers: dict[str, dict[str, Any]], path: Path = TABLE) -> None:
    """Write what a full run counted, by test; one that was not run keeps its numbers."""
    before = json.loads(path.read_text(encoding="utf-8"))["faults"] if path.exists() else {}
    names = {one.name for one in faults()}
    counted = {name: one for name, one in {**before, **numbers}.items() if name in names}
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    told = {"machine": machine, "faults": dict(sorted(counted.items()))}
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
