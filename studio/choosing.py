"""The tab Paint: choosing a photo, styles and a recipe."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from studio import words
from studio.easel import Easel
from studio.errors import sentence_of
from studio.paint_tab import PaintTab, preset_help
from studio.recipe_form import complaint, shown
from studio.thumbs import Thumbs, shown_pictures
from studio.visits import Visit, Visits
from studio.wiring import AT_ONCE, HIDDEN, Wiring
from stylize import PRESETS

__all__ = ["Choosing", "Updates"]

_PHOTOS = 60
"""Photos of the collection that are offered, the newest."""

Updates = dict[Any, Any]


class Choosing:
    """The events of the left half of `tab`: what is to be painted, and how."""

    def __init__(self, tab: PaintTab, easel: Easel, visits: Visits) -> None:
        self.tab = tab
        self.easel = easel
        self._wiring = Wiring(visits)

    def wire(self, page: Any) -> None:
        """Connect everything; `page` is the `gr.Blocks` around it."""
        tab = self.tab
        styles = self.styles_parts
        on, picked = self._wiring.on, self._wiring.picked
        on(page.load, self.arrive, None, [tab.photo, tab.photos, *styles])
        on(tab.photo.input, self.took, [tab.photo], None, **AT_ONCE)
        picked(tab.photos, self.pick_photo, [tab.photo])
        picked(tab.styles, self.pick_style, styles, tab.blend)
        on(tab.blend.input, self.blending, [tab.blend], styles)
        on(tab.own_style.upload, self.add_style, [tab.own_style], styles)
        recipe = [tab.preset, *tab.recipe.values()]
        tab.preset.input(self.choose_preset, [tab.preset], recipe, **AT_ONCE, **HIDDEN)
        for key, component in (*tab.advanced.items(), ("seed", tab.seed)):
            component.input(
                self._checking(key),
                [tab.preset, component],
                [component],
                trigger_mode="always_last",
                **AT_ONCE,
                **HIDDEN,
            )

    @property
    def styles_parts(self) -> list[Any]:
        """What shows which styles there are and which are chosen."""
        tab = self.tab
        return [tab.styles, tab.chosen, tab.blend, tab.status, *tab.shares]

    def _checking(self, key: str) -> Callable[[str, Any], Any]:
        return lambda preset, value: self.check(key, preset, value)

    def arrive(self, visit: Visit) -> Updates:
        """A new page: something of everything is chosen, so that Paint can be pressed."""
        tab, desk = self.tab, self.easel.desk
        photos = self._photos()
        smalls = self.easel.thumbs.smalls(photos)
        visit.offered["photos"] = [key for key, _, _ in smalls]
        updates: Updates = {tab.photos: shown_pictures(smalls)}
        if smalls:
            updates |= self.pick_photo(visit, 0)
        if not visit.chosen:
            visit.chosen = [style.sha256 for style in desk.styles()][:1]
        note = desk.weights().note
        ready = words.ready() + (words.note(note) if note else "")
        return updates | self._styles(visit) | {tab.status: ready}

    def pick_photo(self, visit: Visit, index: int) -> Any:
        """A photo of the collection takes the place of the one before."""
        key = visit.offer("photos", index)
        paths = [photo.path for photo in self.easel.desk.photos() if photo.sha256 == key]
        large = self.easel.thumbs.large(paths[0], key) if paths else None
        return {self.tab.photo: str(large) if large else None}

    def took(self, visit: Visit, upload: Any) -> None:
        """A photo came in by the page."""
        if upload is not None:
            self.easel.took(visit, upload.path)

    def pick_style(self, visit: Visit, index: int, blend: bool) -> Updates:
        """A style was clicked on."""
        self.easel.choose(visit, visit.offer("styles", index), blend)
        return self.chosen(visit)

    def blending(self, visit: Visit, blend: bool) -> Updates:
        """Whether several are blended; without, the first one stays."""
        visit.chosen = visit.chosen if blend else visit.chosen[:1]
        return self.chosen(visit)

    def add_style(self, visit: Visit, upload: Any) -> Any:
        """A picture of one's own as a style."""
        import gradio as gr

        if upload is None:
            return gr.skip()
        try:
            self.easel.add_style(visit, upload.orig_name or "style", upload.path)
        except Exception as error:  # noqa: BLE001 - said on the page
            return {self.tab.status: words.failed(f"Your style: {sentence_of(error)}")}
        return self._styles(visit) | {self.tab.blend: False}

    def _photos(self) -> list[tuple[Path, str, str]]:
        found = self.easel.desk.photos()[-_PHOTOS:][::-1]
        return [(photo.path, photo.sha256, photo.title) for photo in found]

    def _styles(self, visit: Visit) -> Updates:
        """The styles to choose from, and which of them are chosen."""
        thumbs, pictures, keys = self.easel.thumbs, [], []
        for style in self.easel.styles(visit):
            path = getattr(style, "path", None)
            if path is None:  # one's own, which nobody else is to see
                path = visit.folder / f"{style.sha256}.style"
                path.write_bytes(style.data)  # type: ignore[union-attr]
                small = self._own_thumbnail(visit, path, style.sha256)
            else:
                small = thumbs.small(path, style.sha256)
            if small:
                pictures.append((str(small), getattr(style, "title", style.name)))
                keys.append(style.sha256)
        visit.offered["styles"] = keys
        return self.chosen(visit, value=pictures)

    def _own_thumbnail(self, visit: Visit, path: Path, key: str) -> Path | None:
        return Thumbs(visit.folder).small(path, key)

    def chosen(self, visit: Visit, **gallery: Any) -> Updates:
        """Which styles are chosen, and a share for each of several; `gallery` is news of theirs.

        Gradio can frame one picture of a gallery: that of a single style.
        """
        import gradio as gr

        chosen = self.easel.chosen(visit)
        names = [getattr(style, "title", "") or style.name for style in chosen]
        text = " + ".join(f"<b>{escape(name)}</b>" for name in names) or "none"
        credit = getattr(chosen[0], "credit", "") if len(chosen) == 1 else ""
        said = f"Chosen: {text}" + (f" · {escape(credit)}" if credit else "")
        keys = visit.offered.get("styles", [])
        alone = [keys.index(style.sha256) for style in chosen if style.sha256 in keys]
        framed = alone[0] if len(chosen) == len(alone) == 1 else None
        updates: Updates = {
            self.tab.styles: gr.update(selected_index=framed, **gallery),
            self.tab.chosen: f'<p class="hint">{said}</p>',
        }
        for number, slider in enumerate(self.tab.shares):
            used = len(chosen) > 1 and number < len(chosen)
            label = f"Share of {names[number]}" if used else "share"
            updates[slider] = gr.update(visible=used, label=label)
        return updates

    def choose_preset(self, name: str) -> Updates:
        """Every key as the preset has it; the size stays."""
        import gradio as gr

        tab = self.tab
        base = PRESETS[name].recipe if name in PRESETS else PRESETS["default"].recipe
        updates: Updates = {tab.preset: gr.update(info=preset_help(name))}
        for one in tab.fields:
            updates[tab.advanced[one.name]] = gr.update(
                value=shown(one.name, base), info=one.help, elem_classes=[]
            )
        updates[tab.strength] = base.strength
        updates[tab.colours] = base.colours
        return updates

    def check(self, key: str, preset: str, value: Any) -> Any:
        """The sentence beside a value that cannot stand."""
        import gradio as gr

        wrong = complaint(preset, key, value)
        helps = {one.name: one.help for one in self.tab.fields}
        said = helps.get(key, "Equal seeds, equal pictures.")
        return gr.update(info=wrong or said, elem_classes=["wrong"] if wrong else [])
