"""A flow run in a process of its own, as `atelier serve` starts it."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from typing import IO, TYPE_CHECKING, Any

from flows.leash import on_a_leash
from flows.quiet import is_noise
from flows.server import state_folder

if TYPE_CHECKING:
    import subprocess
    from uuid import UUID

__all__ = ["ServedRun"]


class ServedRun:
    """The process of the flow run `id` of the deployment called `name`; starts at once.

    It is on a leash: it ends when we do, however we end. Prefect's own engine runs the flow; the
    process imports what is installed, not what lies in the working directory.
    """

    def __init__(self, id: UUID, name: str, api: str) -> None:  # noqa: A002 - Prefect's word for it
        self.id, self.name = id, name
        self._began = time.monotonic()
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        engine = [sys.executable, "-P", "-m", "prefect.engine", str(id)]
        environment = {**os.environ, "PREFECT_API_URL": api, "PREFECT__FLOW_RUN_ID": str(id)}
        note = state_folder() / f"run-{id}.json"
        self.leash: subprocess.Popen[bytes] = on_a_leash(engine, note, self._output, environment)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    @property
    def over(self) -> bool:
        """Whether the process has ended."""
        return self.leash.poll() is not None

    def close(self) -> None:
        """Let go of what it wrote."""
        if self.leash.stdin:
            self.leash.stdin.close()
        self._output.close()

    def conclude(self, client: Any) -> tuple[str, str]:
        """How the run ended at Prefect: the state's name and its message.

        A run whose process is gone without a word is marked as crashed, with its last words.
        """
        from prefect.exceptions import ObjectNotFound
        from prefect.states import Crashed

        try:
            state = client.read_flow_run(self.id).state
            if state is None or not state.is_final():
                why = f"The process ended with status {self.leash.returncode}. {self._last_words()}"
                state = Crashed(message=why.strip())
                client.set_flow_run_state(self.id, state, force=True)
        except ObjectNotFound:
            return "Deleted", ""
        return state.name or str(state.type), state.message or ""

    def cancel(self, client: Any, why: str) -> None:
        """Have Prefect call it cancelled; its process has been ended."""
        from prefect.exceptions import ObjectNotFound
        from prefect.states import Cancelled

        with contextlib.suppress(ObjectNotFound):
            client.set_flow_run_state(self.id, Cancelled(message=why), force=True)

    def is_cancelling(self, client: Any) -> bool:
        """Whether somebody has asked Prefect to cancel it."""
        from prefect.exceptions import ObjectNotFound

        try:
            state = client.read_flow_run(self.id).state
        except ObjectNotFound:
            return True
        return bool(state and state.is_cancelling())

    def _last_words(self) -> str:
        self._output.seek(0)
        lines = [line for line in self._output.read().splitlines() if line and not is_noise(line)]
        return lines[-1].decode(errors="replace").strip() if lines else ""
