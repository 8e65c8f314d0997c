"""The gallery of a store: built in the mirror from what is known, put there, pages before index.

Pictures are not read for it but where neither the mirror nor the store has their thumbnail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flows.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

    from flows.remote.mirror import Mirror
    from flows.remote.store import Entry

__all__ = ["beginning_of", "fetch_thumbs", "push_gallery"]

_INDEX = "gallery/index.html"
_MADE = re.compile(
    r"gallery/((pictures|styles|runs)/[0-9a-f-]+\.html|(wall|matrix|failures)(-\d+)?\.html|thumbs/[0-9a-f]{32}([0-9a-f]{32})?\.jpg)"
)


def fetch_thumbs(mirror: Mirror, frame: pd.DataFrame, there: dict[str, Entry]) -> None:
    """Bring the thumbnails of the done rows here, or what they are to be made of.

    `there` is the gallery as the store has it.
    """
    from gallery.thumbs import thumb_name

    wanted = set()
    for sha256, file in _shown(frame):
        thumb = f"gallery/thumbs/{thumb_name(sha256)}"
        if not (mirror.root / thumb).is_file():
            wanted.add(thumb if thumb in there else file)
    mirror.fetch_all(sorted(wanted))


def beginning_of(mirror: Mirror) -> Callable[[str, int], bytes]:
    """What reads the first bytes of a picture that is in the store alone."""

    def begin(key: str, size: int) -> bytes:
        try:
            return mirror.store.begin(key, size) if size >= 0 else mirror.store.get(key).data
        except StoreError as error:
            raise OSError(str(error)) from error

    return begin


def push_gallery(mirror: Mirror, there: dict[str, Entry]) -> None:
    """Put what changed into the store, the index last; then delete what the gallery lost.

    `there` was listed before the manifest was read: what other machines put there later stays.
    """
    root = mirror.root
    here = {path.relative_to(root).as_posix() for path in (root / "gallery").rglob("[!.]*.*")}

    def push(key: str) -> None:
        data, entry = (root / key).read_bytes(), there.get(key)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if entry is None or not (entry.etag.strip('"') == md5 or _is_seen(mirror, entry, data)):
            mirror.put(key, data)

    mirror.together(push, sorted(here - {_INDEX}))
    if _INDEX in here:
        push(_INDEX)
    mirror.delete(sorted(key for key in there.keys() - here if _MADE.fullmatch(key)))


def _shown(frame: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Hash and file of each picture, and of each photo."""
    done = frame[frame["status"] == "done"]
    for hashes, files in (("output_sha256", "output"), ("content_sha256", "content")):
        yield from set(zip(done[hashes], done[files], strict=True))


def _is_seen(mirror: Mirror, entry: Entry, data: bytes) -> bool:
    """Where etags are not hashes: whether it is what we put there."""
    return mirror.ledger.etag(entry.key) == entry.etag and mirror.is_known(entry.key, data)
