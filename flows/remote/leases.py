"""One picture, one painter, over several machines: a claim is an object that its owner renews.

A claim is made where there is none. One that nobody renewed for `LEASE_SECONDS`, by the store's own
clock, or that a dead process of this mirror left, is taken over. A claim saves work and no more: a
picture is put in the place of the one that was there when it was begun, so that of two painters
one wins.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

from flows.remote.store import ChangedError, Held, StoreError

if TYPE_CHECKING:
    from flows.remote.mirror import Mirror

__all__ = ["CLAIMS", "LEASE_SECONDS", "is_left", "leased", "sweep_claims", "was_painted"]

_LOG = logging.getLogger(__name__)
LEASE_SECONDS = 30.0
"""How long a claim holds that nobody renews; it is renewed three times as often."""
CLAIMS = "claims"
_LOOK_SECONDS = 1.0


@contextlib.contextmanager
def leased(mirror: Mirror, output: str) -> Iterator[bool]:
    """Whether the picture `output` is ours to paint; whoever asks holds its lock on this machine.

    Raises `StoreError`.
    """
    key = _key(output)
    body = {"mirror": mirror.name, "claim": uuid4().hex, "renewed": 0}
    etag = _claim(mirror, key, body)
    if not etag:
        yield False
        return
    lease = _Lease(mirror, key, body, etag)
    lease.start()
    try:
        yield True
    finally:
        lease.stop()


def was_painted(mirror: Mirror, output: str) -> bool:
    """Whether another machine has painted `output` since the pictures were listed.

    What was there then does not count: the plan knew of it, and wants it painted all the same. The
    picture that is there now is what `Mirror.begin_picture` will say is to be replaced.
    """
    before = mirror.pictures.get(output)
    now = mirror.store.head(output)
    mirror.replacing[output] = now.etag if now else ""
    if now is None:
        return False
    return before is None or before.etag != now.etag


def is_left(mirror: Mirror, output: str) -> bool:
    """Whether a picture that was claimed elsewhere is nobody's any more.

    Waits until that is known: its claim is renewed, is given back, or has run out.
    """
    key = _key(output)
    first = mirror.store.head(key)
    while first is not None:
        held = _held(mirror, key)
        if held is None:
            return True
        if held.etag != first.etag:
            return False
        if held.age_seconds > LEASE_SECONDS:
            return True
        time.sleep(_LOOK_SECONDS)
    return True


def sweep_claims(mirror: Mirror) -> int:
    """Delete the claims of dead processes, as far as that is known by now; how many."""
    from flows.claims import claimed

    swept = 0
    for entry in mirror.store.list(CLAIMS):
        name = entry.key.removeprefix(f"{CLAIMS}/").removesuffix(".json")
        with claimed(mirror.root / "stylized" / f"{name}.png") as ours:
            held = _held(mirror, entry.key) if ours else None
            if held is not None and _is_over(mirror, held):
                swept += 1
                mirror.store.delete([entry.key])
    return swept


class _Lease:
    """Renews one claim until it is given back."""

    def __init__(self, mirror: Mirror, key: str, body: dict[str, object], etag: str) -> None:
        self._mirror = mirror
        self._key = key
        self._body = body
        self._etag = etag
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Give the claim back, unless it was lost."""
        self._ended.set()
        self._thread.join()
        if self._etag:
            try:
                self._mirror.store.delete([self._key])
            except StoreError as error:
                _LOG.debug("the claim %s runs out by itself: %s", self._key, error)

    def _renew(self) -> None:
        renewed = 0
        while not self._ended.wait(LEASE_SECONDS / 3):
            renewed += 1
            try:
                self._etag = self._mirror.store.put(
                    self._key, _bytes(self._body | {"renewed": renewed}), self._etag
                )
            except ChangedError:
                self._etag = ""
                return
            except StoreError as error:
                _LOG.debug("the claim %s could not be renewed: %s", self._key, error)


def _claim(mirror: Mirror, key: str, body: dict[str, object]) -> str:
    """The etag of our claim; "" where it is another's."""
    with contextlib.suppress(ChangedError):
        return mirror.store.put(key, _bytes(body), "")
    held = _held(mirror, key)
    if held is not None and not _is_over(mirror, held):
        return ""
    with contextlib.suppress(ChangedError):
        return mirror.store.put(key, _bytes(body), held.etag if held else "")
    return ""


def _is_over(mirror: Mirror, held: Held) -> bool:
    """Whether the owner is gone: one of this mirror would hold the lock that we hold."""
    if held.age_seconds > LEASE_SECONDS:
        return True
    try:
        return bool(json.loads(held.data)["mirror"] == mirror.name)
    except (ValueError, KeyError, TypeError):
        return False


def _held(mirror: Mirror, key: str) -> Held | None:
    try:
        return mirror.store.get(key)
    except FileNotFoundError:
        return None


def _key(output: str) -> str:
    return f"{CLAIMS}/{output.rpartition('/')[2].removesuffix('.png')}.json"


def _bytes(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode()
