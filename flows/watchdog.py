"""Runs a command until its standard input closes: a leash for the server of a run.

Started as a script by `flows.server`, with the read end of a pipe as standard input. The kernel
closes the other end when the run ends, however it ends, SIGKILL included; then the command is
ended too. While it runs, a small JSON file names it, so that the next run can end it should this
process be killed itself. Only the standard library is imported: a start costs 20 ms.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

__all__ = ["command_line", "end_group", "main"]

GRACE_SECONDS = 3.0


def command_line(pid: int) -> str:
    """Return the command line of a running process, "" when there is none or it is a zombie."""
    with contextlib.suppress(OSError):
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    if Path("/proc/self").exists():
        return ""
    listing = subprocess.run(  # noqa: S603 - a fixed command and a number
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607 - where ps lies differs
        capture_output=True,
        text=True,
        check=False,
    )
    return listing.stdout.strip()


def end_group(group: int, grace: float = GRACE_SECONDS) -> None:
    """End a process group: politely, then, after `grace` seconds, for certain."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, sign)
        except (ProcessLookupError, PermissionError):
            return
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and command_line(group):
            time.sleep(0.05)


def main(arguments: list[str]) -> int:
    """Run `arguments[1:]` until standard input ends; `arguments[0]` is the file that names it."""
    note, command = Path(arguments[0]), arguments[1:]
    for sign in (signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    child = subprocess.Popen(  # noqa: S603 - the command is ours
        command, stdin=subprocess.DEVNULL, start_new_session=True
    )
    note.write_text(json.dumps({"leash": os.getpid(), "server": child.pid, "command": command}))
    threading.Thread(target=_follow, args=(child, note), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: os.close(0))
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 1024):
            pass
    end_group(child.pid)
    note.unlink(missing_ok=True)
    return 0


def _follow(child: "subprocess.Popen[bytes]", note: Path) -> None:
    """Leave with the command when it ends by itself."""
    status = child.wait()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    note.unlink(missing_ok=True)
    os._exit(status if 0 <= status < 256 else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
