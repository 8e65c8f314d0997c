"""What stands before Gradio: only what the page needs passes, and no path that came from outside.

Gradio serves whatever its server has written below its temporary folder, fetches addresses that a
request names, and has pages for developers. Here every request is held against a short list: the
page's own resources, its queue, uploads, and files below the studio's temporary folder, whose names
nobody can guess. What the page may load is said to the browser as well.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Guard"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_PAGES = frozenset(
    {"/", "/config", "/theme.css", "/favicon.ico", "/login", "/logout", "/robots.txt"}
)
_BODIES = ("/gradio_api/queue/join", "/gradio_api/call/", "/gradio_api/run/")
_OF_A_VISIT = ("/gradio_api/queue/join", "/gradio_api/run/")
"""Calls that say themselves whose visit they belong to; of `call` Gradio makes one for each."""
_FOLDERS = ("/static/", "/assets/", "/svelte/", "/gradio_api/heartbeat/", *_BODIES[1:])
_CALLS = frozenset(
    f"/gradio_api/{name}"
    for name in (
        *("app_id", "cancel", "config", "info", "login_check", "queue/data", "queue/join", "reset"),
        *("startup-events", "theme.css", "token", "upload", "upload_progress", "user"),
    )
)
_FILE = "/gradio_api/file="
_MOST_BODY = 1_000_000
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class Guard:
    """Passes on to `app` what is allowed; `files` is the only folder that files come from.

    With `hosts` a request has to name one of them: a page of the web whose name points to this
    machine is not let in.
    """

    def __init__(self, app: App, files: Path, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._files = files.resolve()
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let Gradio do so."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await _answer(send, *refusal)
            return
        if scope["method"] == "POST" and scope["path"].startswith(_BODIES):
            body = await _body(receive)
            wrong = self._wrong(scope["path"], body)
            if wrong:
                await _answer(send, 400, wrong)
                return
            receive = _again(body, receive)
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {key: value.decode("latin-1") for key, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin", "")
        if self._hosts and _name(host) not in self._hosts:
            return 421, "The studio does not answer to this name."
        if scope["method"] == "POST" and origin and _place(origin) != host:
            return 403, "This request comes from another page."
        if not self._allowed(scope["path"]):
            return 404, "There is nothing here."
        return None

    def _allowed(self, path: str) -> bool:
        if path.startswith(_FILE):
            return self._is_ours(path.removeprefix(_FILE))
        bare = path.rstrip("/") or "/"
        return bare in _PAGES | _CALLS or path.startswith(_FOLDERS)

    def _is_ours(self, name: object) -> bool:
        """Whether `name` is the path of a file below the studio's folder, though it may be gone.

        A folder is none: Gradio would fail to remove it when it tidies up.
        """
        if not isinstance(name, str) or "\0" in name:
            return False
        try:
            path = Path(name).resolve()
            if path.is_dir():
                return False
        except (OSError, ValueError, RuntimeError):
            return False
        return Path(name).is_absolute() and path.is_relative_to(self._files)

    def _wrong(self, path: str, body: bytes) -> str:
        """What is wrong with the body of a call; nothing where it may pass."""
        if len(body) > _MOST_BODY:
            return "This request is longer than any of the page."
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return "This request is no JSON."
        visit = found.get("session_hash") if isinstance(found, dict) else None
        if path.startswith(_OF_A_VISIT) and not (visit and isinstance(visit, str)):
            return "This request does not say whose it is."
        if not self._harmless(found):
            return "This request names a file that is not one of its own."
        return ""

    def _harmless(self, found: Any) -> bool:
        """Whether no part of a call names a path or an address that is not the studio's."""
        waiting = [found]
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict):
                if part.get("path") is not None and not self._is_ours(part["path"]):
                    return False
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part
        return True


def _name(host: str) -> str:
    """A Host header without its port; nothing where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _place(origin: str) -> str | None:
    """The host and port of an Origin header; None where it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def _body(receive: Receive) -> bytes:
    """The body of a call, or so much of it that it is seen to be too long."""
    parts, length = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > _MOST_BODY or not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read already."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return waiting.pop() if waiting else await receive()

    return given


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return sending


async def _answer(send: Send, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
