"""The tab Collection: the manifest's pictures, and one style over all photos."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from studio import words
from studio.command import restyle_command
from studio.desk import Picture, Repainting
from studio.easel import Easel
from studio.errors import StudioError, sentence_of
from studio.look import thumbnails
from studio.paint_tab import PaintTab
from studio.recipe_form import overrides_of
from studio.thumbs import shown_pictures
from studio.visits import Visit, Visits
from studio.wiring import AT_ONCE, IN_LINE, Wiring, stream

__all__ = ["CollectionTab"]

_PAGE = 24


@dataclass
class _Parts:
    where: Any = None
    sort: Any = None
    said: Any = None
    pictures: Any = None
    back: Any = None
    on: Any = None
    first: Any = None
    whole: Any = None
    slider: Any = None
    facts: Any = None
    style: Any = None
    repaint: Any = None
    stop: Any = None
    progress: Any = None


class CollectionTab:
    """Browse, filter and sort the collection's pictures; repaint a style."""

    def __init__(self, easel: Easel, visits: Visits, paint: PaintTab) -> None:
        self.easel = easel
        self.visits = visits
        self._wiring = Wiring(visits)
        self.paint = paint
        self.parts = _Parts()

    def lay_out(self) -> None:
        """Make the tab's components, in the place where Gradio is laying out a page."""
        self._lay_out_pictures()
        self._lay_out_whole()
        self._lay_out_repainting()

    def _lay_out_pictures(self) -> None:
        import gradio as gr

        parts, orders = self.parts, list(self.easel.desk.orders)
        with gr.Row():
            parts.where = gr.Textbox(
                label="Only",
                placeholder='style = mosaic and title ~ "cat"',
                elem_id="where",
                info="Column, operator (= != < > ~), value; joined by and. Enter applies it.",
                scale=3,
                min_width=240,
            )
            parts.sort = gr.Dropdown(
                orders, value=orders[0], label="Sorted", elem_id="sort", scale=1, min_width=160
            )
        parts.said = gr.HTML(elem_id="collection-said")
        parts.first = gr.State(0)
        parts.pictures = thumbnails("pictures", 6)
        with gr.Row():
            parts.back = gr.Button("Back", size="sm", visible=False, min_width=100)
            parts.on = gr.Button("More", size="sm", visible=False, min_width=100, elem_id="more")

    def _lay_out_whole(self) -> None:
        import gradio as gr

        parts = self.parts
        with gr.Row(visible=False, elem_id="whole") as parts.whole:
            with gr.Column(scale=6, min_width=300):
                parts.slider = gr.ImageSlider(
                    show_label=False,
                    interactive=False,
                    type="filepath",
                    max_height=620,
                    buttons=["fullscreen", "download"],
                    elem_id="whole-slider",
                )
            with gr.Column(scale=4, min_width=260):
                parts.facts = gr.HTML(elem_id="whole-facts")

    def _lay_out_repainting(self) -> None:
        import gradio as gr

        parts = self.parts
        with gr.Accordion("Repaint one style", open=False, elem_id="repaint-box"):
            gr.HTML(
                '<p class="hint">Paints every photo of the collection in one style, with the '
                "recipe that the tab Paint shows now. What is there already is left alone; what "
                "is finished when you press Stop is kept.</p>"
            )
            with gr.Row():
                parts.style = gr.Dropdown([], label="Style", elem_id="repaint-style", scale=2)
                parts.repaint = gr.Button("Repaint", elem_id="repaint", scale=1, min_width=110)
                parts.stop = gr.Button(
                    "Stop",
                    variant="stop",
                    visible=False,
                    scale=1,
                    min_width=90,
                    elem_id="repaint-stop",
                )
            parts.progress = gr.HTML(elem_id="repaint-said")

    def wire(self, tab: Any) -> None:
        """Connect everything; `tab` is the `gr.Tab` around it."""
        parts, on = self.parts, self._wiring.on
        page = [parts.said, parts.pictures, parts.back, parts.on, parts.first, parts.whole]
        asked = [parts.where, parts.sort]
        on(tab.select, self.open, [*asked, parts.first], [*page, parts.style])
        on(parts.where.submit, self.browse, asked, page)
        on(parts.sort.input, self.browse, asked, page)
        on(parts.on.click, self.turn_on, [*asked, parts.first], page)
        on(parts.back.click, self.turn_back, [*asked, parts.first], page)
        seen = [parts.whole, parts.slider, parts.facts]
        self._wiring.picked(parts.pictures, self.look, seen)
        recipe = self.paint
        form = [parts.style, recipe.preset, recipe.weights, *recipe.recipe.values()]
        buttons = [parts.progress, parts.repaint, parts.stop]
        begun = on(parts.repaint.click, self.begin, None, buttons, **AT_ONCE)
        ended = on(begun.then, self.repaint, form, buttons, **IN_LINE)
        on(ended.then, self.browse, asked, page)
        on(parts.stop.click, self.stop, None, buttons, **AT_ONCE)

    def open(self, visit: Visit, where: str, sort: str, first: int) -> dict[Any, Any]:
        """The tab comes to the front: what is there now."""
        import gradio as gr

        names = [style.name for style in self.easel.desk.styles()]
        return self._page(visit, where, sort, first) | {self.parts.style: gr.update(choices=names)}

    def browse(self, visit: Visit, where: str, sort: str) -> dict[Any, Any]:
        """The first pictures that are asked for."""
        return self._page(visit, where, sort, 0)

    def turn_on(self, visit: Visit, where: str, sort: str, first: int) -> dict[Any, Any]:
        """The next pictures."""
        return self._page(visit, where, sort, int(first) + _PAGE)

    def turn_back(self, visit: Visit, where: str, sort: str, first: int) -> dict[Any, Any]:
        """The pictures before."""
        return self._page(visit, where, sort, max(0, int(first) - _PAGE))

    def look(self, visit: Visit, index: int) -> Any:
        """One picture in full."""
        import gradio as gr

        desk, parts = self.easel.desk, self.parts
        only = f'fingerprint = "{visit.offer("pictures", index)}"'
        shelf = desk.pictures(only, next(iter(desk.orders)), 0, 1)
        if not shelf.pictures:
            return gr.skip()
        (picture,) = shelf.pictures
        return {
            parts.whole: gr.update(visible=True),
            parts.slider: self._sides(picture),
            parts.facts: words.facts(picture.facts.items()),
        }

    def begin(self, visit: Visit) -> dict[Any, Any]:
        """Into the line, where one can be stopped."""
        import gradio as gr

        self.easel.join_repainting(visit)
        return {
            self.parts.progress: words.bar(0, "In the line: it begins when its turn comes."),
            self.parts.repaint: gr.update(interactive=False),
            self.parts.stop: gr.update(visible=True, interactive=True),
        }

    def repaint(
        self, visit: Visit, style: str, preset: str, weights: str, *values: Any
    ) -> Iterator[dict[Any, Any]]:
        """One style over all photos, told as it goes."""
        parts, lane, ticket = self.parts, self.easel.lane, visit.repaint_ticket
        desk = self.easel.desk
        if not ticket:  # taken out of the line meanwhile
            return
        try:
            if not style:
                raise StudioError("Choose a style first.")
            overrides = overrides_of(preset, dict(zip(self.paint.recipe, values, strict=True)))
            command = restyle_command(style, preset, overrides, weights, desk.workspace)
            lane.begin(ticket, "the repainting of a whole style")
            yield {parts.progress: words.bar(0, "Getting ready …")}
            told = stream(
                lambda put: desk.repaint(
                    style, preset, overrides, weights, put, visit.stop_repainting
                )
            )
            for moment in told:
                lane.tell(moment.done / moment.total if moment.total else 0, 0)
                yield {parts.progress: _told(moment, command)}
        except Exception as error:  # noqa: BLE001 - said on the page
            yield {parts.progress: words.failed(sentence_of(error))}
        finally:
            lane.leave(ticket)
            visit.repaint_ticket = ""
        yield self._idle()

    def stop(self, visit: Visit) -> dict[Any, Any]:
        """The picture that is being painted is the last one; what waits leaves the line."""
        import gradio as gr

        if not self.easel.stop_repainting(visit):
            said = words.note("Taken out of the line; nothing was painted.")
            return self._idle() | {self.parts.progress: said}
        said = words.note("Stopping: the picture that is being painted is finished first.")
        return {self.parts.progress: said, self.parts.stop: gr.update(interactive=False)}

    def _idle(self) -> dict[Any, Any]:
        import gradio as gr

        return {
            self.parts.repaint: gr.update(interactive=True),
            self.parts.stop: gr.update(visible=False),
        }

    def _page(self, visit: Visit, where: str, sort: str, first: int) -> dict[Any, Any]:
        import gradio as gr

        parts = self.parts
        try:
            shelf = self.easel.desk.pictures(where or "", sort, int(first), _PAGE)
        except Exception as error:  # noqa: BLE001 - said on the page
            return {parts.said: words.failed(sentence_of(error))}
        listed = [(each.path, each.fingerprint, each.caption) for each in shelf.pictures]
        smalls = self.easel.thumbs.smalls(listed)
        visit.offered["pictures"] = [key for key, _, _ in smalls]
        last = int(first) + len(listed)
        if shelf.total:
            said = f"{int(first) + 1}–{last} of {shelf.total} pictures; click on one to see it."
        else:
            said = "No picture is like that." if where else "The collection has no pictures yet."
        return {
            parts.said: f'<p class="hint">{said}</p>',
            parts.pictures: shown_pictures(smalls),
            parts.first: int(first),
            parts.back: gr.update(visible=first > 0),
            parts.on: gr.update(visible=last < shelf.total),
            parts.whole: gr.update(visible=False),
        }

    def _sides(self, picture: Picture) -> tuple[str, str] | None:
        """Photo and picture, as copies that the page may read."""
        folder = self.visits.shelf / picture.fingerprint
        copy = folder / picture.path.name
        if not copy.is_file():
            if not picture.path.is_file():
                return None
            folder.mkdir(exist_ok=True)
            shutil.copyfile(picture.path, copy)
        photo = None
        if picture.photo:
            photo = self.easel.thumbs.large(picture.photo, picture.photo.stem)
        return str(photo or copy), str(copy)


def _told(moment: Repainting, command: str) -> str:
    if moment.sentence:
        return words.note(f"{moment.sentence} The same: {command}", "good")
    if not moment.total:
        return words.bar(0, f"Getting ready: {moment.note}")
    at = min(int(moment.done) + 1, moment.total)
    return words.bar(moment.done / moment.total, f"Picture {at} of {moment.total}: {moment.note}")
