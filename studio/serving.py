"""Serving the page: on this machine alone unless told otherwise, and with nothing from outside."""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from studio.desk import Desk
from studio.errors import StudioError
from studio.look import css, theme
from studio.page import make_page
from studio.visits import Visits

__all__ = ["Access", "is_loopback", "serving"]

_SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
}
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Access:
    """Where the page is to be had, and by whom; without a `password` by everybody there."""

    host: str = "127.0.0.1"
    port: int | None = None
    user: str = "atelier"
    password: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The names that a request may call the studio by; any where this is empty.

        A page of the web whose own name points to this machine would be let in without; where there
        is a password it does not know it, and a server in front has a name of its own.
        """
        if self.password or not is_loopback(self.host):
            return frozenset()
        return frozenset({*_LOOPBACK_NAMES, self.host.strip("[]")})

    def check(self) -> Access:
        """Make sure that nobody else's machine is let in without a password.

        Raises `StudioError` where that would be, or the extra is missing.
        """
        if find_spec("gradio") is None:
            raise StudioError("The studio is made with Gradio: run pip install 'atelier[studio]'.")
        if not is_loopback(self.host) and not self.password:
            raise StudioError(
                f"On {self.host} everybody in the network could use the studio: set a password in "
                "ATELIER_STUDIO_PASSWORD, or ask for one with --user NAME."
            )
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def serving(
    desk: Desk, access: Access, *, browser: bool = False, grace: float = 60.0
) -> Iterator[str]:
    """Serve the studio over `desk`; gives its address. When left, server and visits are gone.

    Raises `StudioError` where it cannot be served like that.
    """
    access.check()
    with Visits(grace).open() as visits, _environment(_SETTINGS | _folder(visits)):
        page = make_page(desk, visits)
        # Without `api_open` nobody paints past the queue.
        page.queue(default_concurrency_limit=8, max_size=200, api_open=False)
        try:
            yield _launch(page, visits, access, browser)
        finally:
            page.close(verbose=False)


def _folder(visits: Visits) -> dict[str, str]:
    return {"GRADIO_TEMP_DIR": str(visits.root)}


def _launch(page: Any, visits: Visits, access: Access, browser: bool) -> str:
    from starlette.middleware import Middleware

    from images import Limits
    from studio.guard import Guard

    guard = Middleware(Guard, files=visits.root, hosts=access.names)
    try:
        _, url, _ = page.launch(
            server_name=access.host,
            server_port=access.port,
            auth=_checked(access) if access.password else None,
            max_file_size=Limits().max_bytes,
            app_kwargs={"middleware": [guard]},
            allowed_paths=[],
            theme=theme(),
            css=css(),
            footer_links=[],
            inbrowser=browser,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            enable_monitoring=False,
            run_history=False,
            show_error=False,
        )
    except OSError as error:
        port = f"port {access.port}" if access.port else "the ports from 7860 on"
        raise StudioError(
            f"Nothing can be served on {access.host}, {port}: in use, or not of this machine; "
            "choose another with --port or --host."
        ) from error
    return str(url)


def _checked(access: Access) -> Any:
    """Compares names and passwords in a time that does not tell how much of them is right."""

    def right(user: str, password: str) -> bool:
        name = hmac.compare_digest(user.encode(), access.user.encode())
        return hmac.compare_digest(password.encode(), access.password.encode()) and name

    return right


@contextlib.contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    """Gradio reads its settings from the environment; afterwards it is as it was."""
    with _LOCK:
        before = {name: os.environ.get(name) for name in settings}
        os.environ.update(settings)
    try:
        yield
    finally:
        with _LOCK:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


_LOCK = threading.Lock()
