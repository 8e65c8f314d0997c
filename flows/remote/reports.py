"""Reports, logs and metrics in a store: sent when they change, fetched when somebody asks."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flows.errors import StoreError

if TYPE_CHECKING:
    from flows.remote.mirror import Mirror

__all__ = ["pull_reports", "push_reports"]

_LOG = logging.getLogger(__name__)


def push_reports(mirror: Mirror, *changed: str) -> None:
    """Put the files `changed` (by key), and reports that have never been sent, into the store.

    Those that cannot be had there now wait here for the next run: a report stops nothing.
    """
    seen = mirror.ledger.under("runs")
    here = (f"runs/{path.name}" for path in sorted((mirror.root / "runs").glob("[!.]*.json")))
    keys = dict.fromkeys([*(key for key in here if key not in seen), *changed])
    try:
        mirror.push(key for key in keys if (mirror.root / key).is_file())
    except StoreError as error:
        _LOG.warning("the report of the run waits in %s: %s", mirror.root, error)


def pull_reports(mirror: Mirror) -> None:
    """Bring the reports of all machines' runs here, as far as they changed."""
    (mirror.root / "runs").mkdir(parents=True, exist_ok=True)
    there = [entry for entry in mirror.store.list("runs") if entry.key.endswith(".json")]
    mirror.together(lambda entry: mirror.pull_file(entry.key, entry), there)
