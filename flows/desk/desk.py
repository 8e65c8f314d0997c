"""The desk: styles, photos, weights, pictures and runs of one workspace, for the studio."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.config import RecipeChoice
from flows.desk.keeping import job_of, keep, photo_row, row_of
from flows.desk.repainting import repaint
from flows.desk.shelf import ORDERS, shelf
from flows.manifest import Manifest
from flows.report import RunReport, new_run, read_reports, write_report
from flows.rows import provenance
from flows.style_images import StyleImage
from flows.workspace import Workspace

if TYPE_CHECKING:
    from studio import KnownPhoto, KnownStyle, Order, Painted, Saved, Shelf, WeightChoice
    from studio.desk import Watch
    from stylize import Stylizer, WeightSet

__all__ = ["StudioDesk"]

_SIZE, _SIZE_ON_A_GPU = 320, 512
_EXAMPLES = (
    ("coffee.png", "Coffee cup", "Rachel Michetti"),
    ("chelsea.png", "Chelsea the cat", "Stéfan van der Walt"),
)
"""Photos of scikit-image, which every installation has; the last one is shown first."""
_CC0 = "CC0 1.0"
_CC0_URL = "https://creativecommons.org/publicdomain/zero/1.0/"


class StudioDesk:
    """A `studio.Desk` over `workspace`; what it keeps counts as one run, from the first picture."""

    def __init__(self, workspace: Workspace, weights: str = "") -> None:
        """`weights` are those to begin with; what the workspace used last unless given."""
        self._workspace = workspace
        self._given = weights
        self._run = new_run()
        self._began = _now()
        self._lock = threading.Lock()
        self._painters: dict[str, Stylizer] = {}
        self._saved = 0

    @property
    def title(self) -> str:
        """The name of the folder."""
        return self._workspace.root.resolve().name

    @property
    def size(self) -> int:
        """Larger where a graphics card paints."""
        return _SIZE_ON_A_GPU if Path("/dev/nvidiactl").exists() else _SIZE

    @property
    def workspace(self) -> str:
        """The folder, relative where that is shorter."""
        return _place(self._workspace.root)

    @property
    def orders(self) -> Mapping[str, str]:
        """How the pictures can be sorted."""
        return ORDERS

    @cached_property
    def _choice(self) -> WeightChoice:
        """The weights at hand: what was given, what was used last, the published ones, ours."""
        from studio import WeightChoice
        from stylize import list_weights, resolve_weights

        names = list(dict.fromkeys(info.name for info in list_weights() if info.available))
        if self._given:
            resolve_weights(self._given)
            return WeightChoice(tuple(dict.fromkeys([self._given, *names])), self._given)
        names.sort(key=lambda name: name != "imagenet")
        last = self._last_weights()
        first = last if last in names else names[0]
        note = ""
        if "imagenet" not in names:
            note = (
                "The small weights that come with Atelier are in use; the ImageNet ones, which "
                "paint finer, are not on this machine. atelier weights says how to get them."
            )
        return WeightChoice(tuple(names), first, note)

    def weights(self) -> WeightChoice:
        """The weights at hand, as they were when the studio was opened."""
        return self._choice

    def photos(self) -> list[KnownPhoto]:
        """The photos of the workspace that are there, newest last; examples where it has none."""
        from studio import KnownPhoto

        root = self._workspace.root
        found = [
            KnownPhoto(
                sha256=photo.sha256,
                title=photo.title or photo.alt or photo.sha256[:8],
                path=root / photo.file,
                place=_place(root / photo.file),
                credit=photo.attribution,
            )
            for photo in self._workspace.content_photos()
            if (root / photo.file).is_file()
        ]
        return found or _examples()

    def styles(self) -> list[KnownStyle]:
        """The styles of the workspace."""
        return [_known(style) for style in self._workspace.style_files()]

    def painter(self, weights: str, network: str) -> Stylizer:
        """One painter for each set of weights: its network and targets outlive a picture."""
        from stylize import resolve_weights

        return self._painter(resolve_weights(weights, network))

    def provenance(self, painted: Painted) -> Mapping[str, str]:
        """The row that the picture would have, with its credits."""
        order = painted.order
        photo = photo_row(order.photo, self._workspace.content_photos())
        present = {style.sha256: style for style in self._workspace.style_files()}
        styles = [
            present.get(style.sha256)
            or StyleImage(style.name, Path(style.file), style.sha256, title=style.name)
            for style in order.styles
        ]
        weights = self._resolved(order)
        job = job_of(order, photo, styles, weights)
        row = row_of(painted, job, styles, weights, self._run)
        return provenance(row, painted.result)

    def save(self, painted: Painted) -> Saved:
        """Keep a picture; the report of this sitting says how many there are."""
        from studio import Saved

        with self._lock:
            kept = keep(self._workspace, painted, self._resolved(painted.order), self._run)
            if not kept.new:
                sentence = "It is in the collection already: the same photo, style and recipe."
                return Saved(kept.fingerprint, new=False, sentence=sentence)
            self._saved += 1
            self._report()
        sentence = f"Saved: {self.workspace}/stylized/{kept.fingerprint}.png, with its row."
        return Saved(kept.fingerprint, new=True, sentence=sentence)

    def pictures(self, where: str, sort: str, first: int, count: int) -> Shelf:
        """The finished pictures for which `where` holds."""
        return shelf(self._workspace, where, sort, first, count)

    def reports(self) -> Sequence[Mapping[str, Any]]:
        """The last runs, newest first."""
        return read_reports(self._workspace, 100)[::-1]

    def repaint(
        self,
        style: str,
        preset: str,
        overrides: Mapping[str, Any],
        weights: str,
        watch: Watch,
        stop: threading.Event,
    ) -> None:
        """Paint every photo in a style of the workspace, as `atelier restyle` does."""
        from flows.progress import duration
        from studio import Repainting

        choice = RecipeChoice(preset=preset, weights=weights, overrides=dict(overrides))
        report = repaint(
            self._workspace,
            style,
            choice,
            self._painter,
            lambda done, total, note: watch(Repainting(done, total, note)),
            stop,
        )
        stopped = "Stopped. " if stop.is_set() else ""
        failed = f", {report.failed} failed" if report.failed else ""
        sentence = (
            f"{stopped}{report.done} painted in {duration(report.seconds)}, "
            f"{report.existed} there already{failed}."
        )
        total = report.done + report.failed
        watch(Repainting(total, total, style, sentence))

    def _resolved(self, order: Order) -> WeightSet:
        from stylize import resolve_weights

        return resolve_weights(order.weights, order.recipe.network)

    def _painter(self, weights: WeightSet) -> Stylizer:
        from stylize import Stylizer

        with self._lock:
            return self._painters.setdefault(weights.sha256, Stylizer(weights))

    def _last_weights(self) -> str:
        rows = Manifest(self._workspace).rows()
        rows = rows[rows["status"] == "done"].sort_values("created_at")
        return str(rows["weights"].iloc[-1]) if len(rows) else ""

    def _report(self) -> None:
        report = RunReport(
            run=self._run,
            name="studio",
            started_at=self._began,
            finished_at=_now(),
            outcome="complete",
            done=self._saved,
        )
        rows = Manifest(self._workspace).rows()
        mine = rows[rows["flow_run"] == self._run]
        report = report.with_rows(mine)
        # Nobody has waited for these but those who painted them.
        seconds = report.painting_seconds
        write_report(self._workspace, replace(report, seconds=seconds))


def _known(style: StyleImage) -> KnownStyle:
    from studio import KnownStyle

    words = dict.fromkeys(word for word in (style.attribution, style.licence) if word)
    return KnownStyle(style.name, style.title, style.path, style.sha256, " · ".join(words))


def _examples() -> list[KnownPhoto]:
    import importlib.util

    from flows.files import file_sha256
    from studio import KnownPhoto

    found = importlib.util.find_spec("skimage")
    places = found.submodule_search_locations if found else None
    folder = Path(places[0]) / "data" if places else Path()
    paths = [(folder / file, title, maker) for file, title, maker in _EXAMPLES]
    return [
        KnownPhoto(
            sha256=file_sha256(path),
            title=title,
            path=path,
            place=str(path),
            credit=f"“{title}” by {maker} ({_CC0})",
            creator=maker,
            licence=_CC0,
            licence_url=_CC0_URL,
        )
        for path, title, maker in paths
        if path.is_file()
    ]


def _place(path: Path) -> str:
    """`path` as a person would type it: relative where that is shorter."""
    absolute = path.absolute()
    try:
        return str(absolute.relative_to(Path.cwd()))
    except ValueError:
        return str(absolute)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
