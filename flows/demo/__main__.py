"""The demo site to try things on, until Ctrl-C: python -m flows.demo."""

from __future__ import annotations

import contextlib
import sys
import threading

from flows.demo.site import serve_demo_site


def main() -> None:
    """Serve the site, and say where."""
    with contextlib.suppress(KeyboardInterrupt), serve_demo_site() as url:
        sys.stdout.write(f"{url} is served until Ctrl-C.\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
