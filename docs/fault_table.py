"""Write the table of faults into docs/operations.md: python docs/fault_table.py.

The rows are the tests in tests/faults; the numbers are those that `make faults` counted last, in
docs/faults.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.counts import TABLE, Fault, faults

PAGE = Path(__file__).with_name("operations.md")
BEGIN = "<!-- faults: written by python docs/fault_table.py -->"
END = "<!-- end of the faults -->"
NUMBERS = ("cases", "kills", "pictures", "losses", "repeats", "reads", "seconds")


def table(told: dict[str, Any]) -> str:
    """The table, a line for each fault, and a line that adds up."""
    numbers: dict[str, dict[str, float]] = told["faults"]
    head = ["| accident | afterwards | " + " | ".join(NUMBERS) + " | test |"]
    head.append("|---|---|" + "---:|" * len(NUMBERS) + "---|")
    rows = [_line(one, numbers.get(one.name, {})) for one in faults()]
    sums = {name: sum(each.get(name, 0) for each in numbers.values()) for name in NUMBERS}
    total = " | ".join(f"**{_number(sums[name])}**" for name in NUMBERS)
    return "\n".join([*head, *rows, f"| **all** | | {total} | |"])


def page(text: str) -> str:
    """`text` with the part between the two markers made anew.

    Raises `ValueError` where a marker is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} must hold the lines {BEGIN!r} and {END!r}; put them back")
    told = json.loads(TABLE.read_text(encoding="utf-8"))
    return f"{before}{BEGIN}\n{table(told)}\n{END}{after}"


def _line(one: Fault, counted: dict[str, float]) -> str:
    numbers = [_number(counted[name]) if name in counted else "–" for name in NUMBERS]
    at_most = counted.get("milliseconds_at_most")
    held = one.held if at_most is None else f"{one.held}, within {at_most / 1000:.1f} s"
    return f"| {' | '.join((one.accident, held, *numbers, f'`{one.name}`'))} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 10 else f"{value:.1f}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
