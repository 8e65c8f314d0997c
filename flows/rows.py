"""The manifest rows of pictures that were painted, or were not."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

from flows.columns import complete_row
from flows.outputs import PROVENANCE_KEY
from flows.plan import Job, WeightsLike

if TYPE_CHECKING:
    from stylize import Result

__all__ = ["done_row", "failed_row", "now", "outline", "provenance", "versions"]

_OUTLINE = (
    *("fingerprint", "title", "content", "style", "output", "width", "height", "attempts"),
    *("steps", "content_loss", "style_loss", "seconds", "error"),
)
_STEP_NS = 10_000_000
"""Between two rows of a picture: more than what passes for the same modification time."""

_PACKAGES = ("atelier", "tensorflow", "keras", "numpy", "pillow")


def done_row(
    job: Job, weights: WeightsLike, run: str, result: Result, created_at: str
) -> dict[str, Any]:
    """The row of a finished picture; `output_sha256` is known only once it is encoded."""
    found = result.statistics
    height, width = result.image.shape[:2]
    return _row(job, weights, run, created_at) | {
        "status": "done",
        "backend": found.backend,
        "device": found.device,
        "precision": found.precision,
        "width": int(width),
        "height": int(height),
        "steps": int(found.steps),
        "content_loss": float(found.content_loss),
        "style_loss": float(found.style_loss),
        "tv_loss": float(found.tv_loss),
        "seconds": round(float(found.seconds), 3),
    }


def failed_row(job: Job, weights: WeightsLike, run: str, error: str) -> dict[str, Any]:
    """The row of a picture that could not be painted; `error` is one sentence."""
    return _row(job, weights, run, now(job.after_ns)) | {
        "status": "failed",
        "output": "",
        "error": " ".join(error.split()),
    }


def outline(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the log tells of a row: which picture, how well and how fast, or why not."""
    return {key: row[key] for key in _OUTLINE if row.get(key) not in (None, "")}


def provenance(row: Mapping[str, Any], result: Result) -> dict[str, str]:
    """The text chunks of a picture: its whole row with the loss trace, and the credits to read."""
    trace = [[step, float(f"{loss:.6g}")] for step, loss in result.statistics.trace]
    shared = f"this picture: {row['picture_licence']}" if row["picture_licence"] else ""
    words = [str(row[key]) for key in ("attribution", "licence", "style_attribution")]
    credit = " · ".join(part for part in (*words, shared) if part)
    chunks = {
        PROVENANCE_KEY: json.dumps(dict(row) | {"trace": trace}, separators=(",", ":")),
        "Title": f"{row['title']} × {row['style_title'] or row['style']}".strip(),
        "Copyright": credit,
        "Source": str(row["landing_url"] or row["image_url"]),
        "Software": "Atelier",
    }
    return {key: text for key, text in chunks.items() if text}


def now(after_ns: int = 0) -> str:
    """The present moment in UTC, ISO 8601 with microseconds.

    It is later than `after_ns`, nanoseconds since 1970, also where the clock went back: of two rows
    of a picture the newer has to be the later.
    """
    since = timedelta(microseconds=(max(after_ns, 0) + _STEP_NS) // 1000)
    later = datetime.fromtimestamp(0, UTC) + since
    return max(datetime.now(UTC), later).isoformat(timespec="microseconds")


@cache
def versions() -> str:
    """JSON of the versions of Python and the packages that decide pixels; imports none of them."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return json.dumps(found, sort_keys=True, separators=(",", ":"))


def _row(job: Job, weights: WeightsLike, run: str, created_at: str) -> dict[str, Any]:
    from gallery import picture_licence
    from stylize import ENGINE_VERSION

    content, style, recipe = job.content, job.style, job.recipe
    works = (content.licence, content.licence_url), (style.licence, style.licence_url)
    blend = [{"name": style.name, "sha256": style.sha256, "weight": 1.0}]
    return complete_row(
        {
            "fingerprint": job.fingerprint,
            "output": job.output,
            "content": content.path,
            "content_sha256": content.sha256,
            "image_url": content.image_url,
            "landing_url": content.landing_url,
            "title": content.title,
            "licence": content.licence,
            "attribution": content.attribution,
            "style": style.name,
            "style_sha256": style.sha256,
            "styles": json.dumps(blend, separators=(",", ":")),
            "style_title": style.title,
            "style_licence": style.licence,
            "style_attribution": style.attribution,
            "engine": recipe.engine,
            "preset": job.preset,
            "recipe": recipe.canonical(),
            "weights": weights.name,
            "weights_sha256": weights.sha256,
            "engine_version": str(ENGINE_VERSION),
            "versions": versions(),
            "width": content.width,
            "height": content.height,
            "seed": recipe.seed,
            "flow_run": run,
            "created_at": created_at,
            "attempts": job.attempt,
            "creator": content.creator,
            "licence_url": content.licence_url,
            "style_creator": style.creator,
            "style_licence_url": style.licence_url,
            "style_landing_url": style.landing_url,
            "picture_licence": picture_licence(*works),
        }
    )
