"""Preprocess: every photo upright, in sRGB and of the recipe's size, as a PNG."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.content import Content, content_of
from flows.files import write_whole
from flows.stages.progress import Progress, silent
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Photo
    from stylize import Recipe

__all__ = ["preprocess_photos"]


def preprocess_photos(
    workspace: Workspace,
    photos: Sequence[Photo],
    recipe: Recipe,
    progress: Progress = silent,
) -> list[Content]:
    """Prepare `photos` for `recipe`; what is prepared already is left as it is.

    A photo that cannot be prepared comes back with its `error` and stops nothing; when its bytes
    are at fault, photos.csv says so from then on.
    """
    contents: list[Content] = []
    bad: list[Photo] = []
    for number, photo in enumerate(photos, 1):
        content, reason = _prepare(workspace, content_of(photo, recipe))
        contents.append(content)
        if reason:
            bad.append(replace(photo, status=reason, detail=content.error))
        progress("preprocess", number, len(photos), content.name)
    if bad:
        workspace.save_photos(bad)
    return contents


def _prepare(workspace: Workspace, content: Content) -> tuple[Content, str]:
    """The content, and the reason word when its bytes are no picture."""
    from images import ImageError

    target = workspace.root / content.prepared
    if target.is_file():
        return content, ""
    try:
        height, width = _write_prepared(workspace, content)
    except ImageError as error:
        return content.failed(f"{content.path}: {error}"), error.reason
    except OSError as error:
        why = error.strerror or error
        return content.failed(f"{content.path} cannot be read ({why}); scrape it again."), ""
    except ValueError as error:
        return content.failed(str(error)), ""
    return replace(content, height=height, width=width), ""


def _write_prepared(workspace: Workspace, content: Content) -> tuple[int, int]:
    from images import decode, encode_png, resize

    data = (workspace.root / content.path).read_bytes()
    if hashlib.sha256(data).hexdigest() != content.sha256:
        raise ValueError(_set_aside(workspace.root / content.path, content.path))
    pixels = resize(decode(data).pixels, content.height, content.width)
    target = workspace.root / content.prepared
    write_whole(target, encode_png(pixels))
    return content.height, content.width


def _set_aside(path: Path, name: str) -> str:
    """Let the next scrape fetch the photo again; nothing is deleted."""
    path.replace(path.with_name(f"{path.name}.changed"))
    return f"{name} was changed after it was scraped and is now {name}.changed; scrape again."
