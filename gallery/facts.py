"""The words under a picture: its note, its facts, and the exhibition's counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery.credits import shared_licence
from gallery.values import duration, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery.records import Record

__all__ = ["facts", "note", "summary"]


def note(record: Record, *, size: bool = True) -> str:
    """Tell the picture from its neighbours in a few words: preset, size, time or attempts."""
    attempts = record.attempts or 0
    parts = (
        record.preset if size or record.preset != "default" else "",
        _size(record) if size else "",
        duration(record.seconds) if record.status == "done" else "",
        f"{attempts} attempts" if record.status != "done" and attempts > 1 else "",
    )
    return " · ".join(part for part in parts if part)


def facts(record: Record) -> tuple[tuple[str, str], ...]:
    """List (name, value) of everything the row says about the painting, without the empty ones."""
    pairs = (
        ("Share under", shared_licence(record)),
        ("Size", _size(record, " pixels")),
        ("Preset", record.preset),
        ("Steps", f"{record.steps:,}" if record.steps is not None else ""),
        ("Time", duration(record.seconds)),
        ("Content loss", significant(record.content_loss)),
        ("Style loss", significant(record.style_loss)),
        ("Total variation", significant(record.tv_loss)),
        ("Weights", record.weights),
        ("Engine", _joined(record.engine, record.engine_version)),
        ("Machine", _joined(record.backend, record.device, record.precision)),
        ("Seed", str(record.seed) if record.seed is not None else ""),
        ("Painted", record.created_at[:16].replace("T", " ")),
        ("Fingerprint", record.fingerprint),
    )
    return tuple((name, value) for name, value in pairs if value)


def summary(done: Sequence[Record], photos: int, styles: int) -> str:
    """Count what hangs: "12 pictures: 4 photos in 3 styles, painted in 2 min 41 s."."""
    if not done:
        return "Nothing hangs here yet."
    counts = f"{_count(len(done), 'picture')}: {_count(photos, 'photo')} in "
    spent = duration(sum(record.seconds or 0.0 for record in done))
    return counts + _count(styles, "style") + (f", painted in {spent}." if spent else ".")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _size(record: Record, unit: str = "") -> str:
    if not record.width or not record.height:
        return ""
    return f"{record.width}\u00a0×\u00a0{record.height}{unit}"


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
