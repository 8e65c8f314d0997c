"""A picture of the studio as a row of the manifest, like any that a run has painted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flows.claims import claimed
from flows.columns import DONE
from flows.content import content_of
from flows.errors import StyleError, WorkspaceError
from flows.files import write_whole
from flows.fingerprint import fingerprint
from flows.journal import Journal
from flows.manifest import Manifest
from flows.outputs import time_ns
from flows.plan import Job, WeightsLike
from flows.rows import done_row, now, provenance
from flows.stages import preprocess_photos
from flows.stages.planning import read_history
from flows.style_images import StyleImage, add_style
from flows.workspace import Workspace

if TYPE_CHECKING:
    from scraping import Photo
    from studio import Order, Painted
    from studio import Photo as StudioPhoto

__all__ = ["SOURCE", "Kept", "blended", "job_of", "keep", "photo_row", "row_of"]

SOURCE = "studio"
"""What photos.csv and the plan call the photos that came in by the page."""


@dataclass(frozen=True)
class Kept:
    """A picture in the collection: `new`, or there already."""

    fingerprint: str
    new: bool


def keep(workspace: Workspace, painted: Painted, weights: WeightsLike, run: str) -> Kept:
    """Put a finished picture, its photo and its styles into the workspace.

    The order is that of a run: photo, prepared photo, picture, journal row, manifest. Raises
    `WorkspaceError` where the picture is not what its recipe stands for, or cannot be kept.
    """
    if painted.stopped:
        raise WorkspaceError(
            "This picture was stopped on its way, so it is not the one that its recipe stands for; "
            "paint it to its end to save it, or download it as it is."
        )
    order = painted.order
    photo = _kept_photo(workspace, order.photo)
    styles = _kept_styles(workspace, order)
    (content,) = preprocess_photos(workspace, [photo], order.recipe)
    if content.error:
        raise WorkspaceError(content.error)
    job = job_of(order, photo, styles, weights)
    with claimed(workspace.root / job.output) as mine:
        if not mine:
            raise WorkspaceError("A run is painting this very picture now; wait for it to end.")
        history, existing = read_history(workspace)
        known = history.known.get(job.fingerprint)
        if known is not None and known.status == DONE and known.output in existing:
            Manifest(workspace).compact()
            return Kept(job.fingerprint, new=False)
        _finish(
            workspace,
            replace(job, attempt=(known.attempts if known else 0) + 1),
            painted,
            styles,
            weights,
            run,
        )
    Manifest(workspace).compact()
    return Kept(job.fingerprint, new=True)


def row_of(
    painted: Painted,
    job: Job,
    styles: Sequence[StyleImage],
    weights: WeightsLike,
    run: str,
) -> dict[str, Any]:
    """The row of a picture; that of one which was stopped names no output."""
    row = done_row(job, weights, run, painted.result, now())
    if painted.order.blend:
        row |= _blend_cells(painted.order, job, styles)
    if painted.stopped:
        row |= {"status": "stopped", "fingerprint": "", "output": ""}
    return row


def job_of(order: Order, photo: Photo, styles: Sequence[StyleImage], weights: WeightsLike) -> Job:
    """The job that a build would have for this picture; a blend is one style of several names."""
    shares = [(style.sha256, share) for style, share in zip(styles, order.shares, strict=True)]
    name = fingerprint(order.recipe, photo.sha256, shares, (), weights.sha256)
    return Job(
        content=content_of(photo, order.recipe),
        style=blended(styles),
        recipe=order.recipe,
        preset=order.preset,
        fingerprint=name,
        output=f"stylized/{name}.png",
        reason="",
    )


def blended(styles: Sequence[StyleImage]) -> StyleImage:
    """Several styles as one: their names and credits joined, the first one's hash."""
    if len(styles) == 1:
        return styles[0]
    first = styles[0]
    pages = {style.licence_url for style in styles}
    return StyleImage(
        name="+".join(style.name for style in styles),
        path=first.path,
        sha256=first.sha256,
        title=" + ".join(style.title or style.name for style in styles),
        licence=" + ".join(_once(style.licence for style in styles)),
        attribution="; ".join(_once(style.attribution for style in styles)),
        creator=", ".join(_once(style.creator for style in styles)),
        licence_url=pages.pop() if len(pages) == 1 else "",
    )


def _kept_styles(workspace: Workspace, order: Order) -> list[StyleImage]:
    """The styles of an order as the workspace has them; those of the page are added to it."""
    present = {style.sha256: style for style in workspace.style_files()}
    return [
        present.get(style.sha256) or _added(workspace, style.name, style.sha256, style.data)
        for style in order.styles
    ]


def photo_row(photo: StudioPhoto, rows: Sequence[Photo]) -> Photo:
    """The photo's row in photos.csv, or the one it would have."""
    from scraping import Photo as Row

    for row in rows:
        if row.sha256 == photo.sha256 and row.present:
            return row
    known = photo.known
    return Row(
        source=SOURCE,
        source_id=photo.sha256,
        kind="file",
        title=photo.title,
        creator=known.creator if known else "",
        licence=known.licence if known else "",
        licence_url=known.licence_url if known else "",
        attribution=known.credit if known else "",
        sha256=photo.sha256,
        file=f"content/{photo.sha256}.{photo.name.rsplit('.', 1)[-1]}",
        width=photo.width,
        height=photo.height,
        status="taken",
        attempts=1,
    )


def _kept_photo(workspace: Workspace, photo: StudioPhoto) -> Photo:
    from scraping.rows import kept_row, now_text
    from scraping.store import Store

    row = photo_row(photo, workspace.content_photos())
    if row.source != SOURCE and (workspace.root / row.file).is_file():
        return row
    with Store(workspace.content) as store:
        kept = store.keep(photo.data)
        store.publish(kept)
    row = replace(kept_row(row, kept), found_at=row.found_at or now_text())
    workspace.save_photos([row])
    return row


def _added(workspace: Workspace, name: str, sha256: str, data: bytes) -> StyleImage:
    try:
        return add_style(workspace.styles, name, data)
    except StyleError:
        # The name belongs to another picture.
        return add_style(workspace.styles, f"{name}-{sha256[:6]}", data)


def _finish(
    workspace: Workspace,
    job: Job,
    painted: Painted,
    styles: Sequence[StyleImage],
    weights: WeightsLike,
    run: str,
) -> None:
    """The picture, then its row: never the other way."""
    from images import encode_png

    row = row_of(painted, job, styles, weights, run)
    data = encode_png(painted.result.image, provenance(row, painted.result))
    write_whole(workspace.root / job.output, data, time_ns(row["created_at"]))
    with Journal(workspace.journal, run) as journal:
        journal.append(row | {"output_sha256": hashlib.sha256(data).hexdigest()})


def _blend_cells(order: Order, job: Job, styles: Sequence[StyleImage]) -> dict[str, str]:
    from gallery import picture_licence

    total = sum(order.shares)
    blend = [
        {"name": style.name, "sha256": style.sha256, "weight": round(share / total, 6)}
        for style, share in zip(styles, order.shares, strict=True)
    ]
    works = [(style.licence, style.licence_url) for style in styles]
    content = job.content
    return {
        "styles": json.dumps(blend, separators=(",", ":")),
        "picture_licence": picture_licence((content.licence, content.licence_url), *works),
    }


def _once(words: Any) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))
