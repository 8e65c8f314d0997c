"""Which workspaces are addresses of a store, and where their mirrors lie."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from flows.errors import WorkspaceError

__all__ = ["is_url", "mirror_folder", "plain_url"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_url(place: Path | str) -> bool:
    """Whether `place` is the address of a store, such as ``s3://bucket/collection``."""
    return isinstance(place, str) and _URL.match(place) is not None


def plain_url(url: str) -> str:
    """The address without slashes at its end. Raises `WorkspaceError` for one that is none."""
    scheme, _, rest = url.partition("://")
    root = "/" if scheme.lower() in ("file", "local") and rest.startswith("/") else ""
    rest = rest.strip("/")
    if "@" in rest.split("/")[0] or "?" in rest or "#" in rest or not rest:
        raise WorkspaceError(
            f"{_without_secrets(url)} is no address of a workspace; write s3://bucket/collection, "
            "and give keys in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)."
        )
    if any(part in (".", "..", "") for part in rest.split("/")):
        raise WorkspaceError(f"{url} is no address of a workspace; write s3://bucket/collection.")
    return f"{scheme.lower()}://{root}{rest}"


def mirror_folder(url: str) -> Path:
    """The folder that mirrors the workspace at `url`: under ``$ATELIER_CACHE``, else the cache
    folder of the user.
    """
    given = os.environ.get("ATELIER_CACHE")
    if given:
        cache = Path(given).expanduser()
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        cache = Path(home) / "atelier"
    readable = re.sub(r"[^A-Za-z0-9.-]+", "-", url)[:60].strip("-.")
    # Two stores may have a bucket of one name: the endpoint is part of what tells mirrors apart.
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    mark = hashlib.sha256(f"{endpoint} {url}".encode()).hexdigest()[:10]
    return cache.absolute() / f"{readable}-{mark}"


def _without_secrets(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//…@", url.split("?")[0])
