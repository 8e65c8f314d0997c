"""The tab Paint: what happens when something is clicked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio import words
from studio.choosing import Choosing, Updates
from studio.command import command_for
from studio.easel import Easel, facts_of
from studio.errors import sentence_of
from studio.order import MOST_STYLES
from studio.paint_tab import PaintTab
from studio.painting import Moment
from studio.recipe_form import shown
from studio.visits import Made, Visit, Visits
from studio.wiring import AT_ONCE, IN_LINE, Wiring

__all__ = ["Painting"]

_PREVIEW_SIDE = 640
_PREVIEWS = 40


class Painting:
    """The events of the tab `tab` over an `easel`."""

    def __init__(self, tab: PaintTab, easel: Easel, visits: Visits) -> None:
        self.tab = tab
        self.easel = easel
        self._wiring = Wiring(visits)
        self.keys = list(tab.recipe)
        self.choosing = Choosing(tab, easel, visits)

    def wire(self, page: Any) -> None:
        """Connect everything; `page` is the `gr.Blocks` around it."""
        self.choosing.wire(page)
        tab = self.tab
        form = [tab.photo, *tab.shares, tab.preset, tab.weights, *tab.recipe.values()]
        buttons = [tab.paint, tab.stop, tab.status, tab.timer]
        shown_parts = [tab.preview, tab.result, tab.slider, tab.download, tab.save, tab.facts]
        outputs = [*buttons, *shown_parts, tab.command, tab.history]
        on, picked = self._wiring.on, self._wiring.picked
        begun = on(tab.paint.click, self.begin, form, [*buttons, tab.ticket], **AT_ONCE)
        on(begun.then, self.paint, [tab.ticket], outputs, **IN_LINE)
        on(tab.stop.click, self.stop, None, buttons, **AT_ONCE)
        on(tab.timer.tick, self.tick, None, [tab.status], **AT_ONCE)
        on(tab.save.click, self.save, None, [tab.save, tab.status])
        back = [
            *outputs,
            tab.photo,
            tab.preset,
            tab.weights,
            *self.choosing.styles_parts,
            *tab.recipe.values(),
        ]
        picked(tab.history, self.bring_back, list(dict.fromkeys(back)))

    def begin(self, visit: Visit, upload: Any, *form: Any) -> Updates:
        """Check what is asked for and put it into the line; or say what is wrong with it."""
        import gradio as gr

        tab = self.tab
        shares, (preset, weights, *values) = form[:MOST_STYLES], form[MOST_STYLES:]
        given = dict(zip(self.keys, values, strict=True))
        try:
            order = self.easel.order(visit, upload, shares, preset, given, weights)
        except Exception as error:  # noqa: BLE001 - said on the page
            return {tab.status: words.failed(sentence_of(error)), tab.ticket: ""}
        ticket = self.easel.join(visit, order)
        return {
            tab.ticket: ticket,
            tab.status: words.bar(0, "In the line …"),
            tab.paint: gr.update(interactive=False, value="Painting …"),
            tab.stop: gr.update(visible=True),
            tab.timer: gr.update(active=True),
        }

    def tick(self, visit: Visit) -> Any:
        """What those who wait are told, once a second."""
        import gradio as gr

        turn = self.easel.lane.turn(visit.ticket)
        return words.waiting(turn) if turn and not visit.painting else gr.skip()

    def paint(self, visit: Visit, ticket: str) -> Iterator[Updates]:
        """The picture as it comes about, and the picture."""
        import gradio as gr

        tab = self.tab
        if not ticket or ticket != visit.ticket:
            yield gr.skip()
            return
        yield {
            tab.status: words.getting_ready(),
            tab.timer: gr.update(active=False),
            tab.result: gr.update(visible=False),
        }
        shown: deque[Path] = deque()
        try:
            for news in self.easel.paint(visit, ticket):
                if isinstance(news, Made):
                    yield self._finished(visit, news)
                    return
                updates: Updates = {tab.status: words.painting(news)}
                path = self._preview(visit, news)
                if path:
                    updates[tab.preview] = gr.update(value=str(path), visible=True)
                yield updates
                if path:
                    shown.append(path)
                # The page may still be fetching the last ones; those go with the visit.
                while len(shown) > _PREVIEWS:
                    shown.popleft().unlink(missing_ok=True)
        except Exception as error:  # noqa: BLE001 - said on the page
            hidden = {tab.preview: gr.update(visible=False, value=None)}
            yield self._idle(words.failed(sentence_of(error))) | hidden

    def stop(self, visit: Visit) -> Updates:
        """Stop the painting, which then shows what there is, or take it out of the line."""
        import gradio as gr

        if self.easel.stop(visit):
            return {self.tab.stop: gr.update(interactive=False)}
        return self._idle(words.note("Taken out of the line; nothing was painted."))

    def save(self, visit: Visit) -> Updates:
        """Keep the picture that is shown in the collection."""
        import gradio as gr

        tab, made = self.tab, visit.current
        if made is None:
            return {tab.status: words.failed("There is no picture to save yet.")}
        try:
            saved = self.easel.desk.save(made.painted())
        except Exception as error:  # noqa: BLE001 - said on the page
            return {tab.status: words.failed(sentence_of(error))}
        label = "Saved" if saved.new else "In the collection already"
        said = words.note(saved.sentence, "good" if saved.new else "")
        return {tab.save: gr.update(value=label, interactive=False), tab.status: said}

    def bring_back(self, visit: Visit, index: int) -> Any:
        """A picture of this visit with all its settings."""
        import gradio as gr

        tab = self.tab
        if not 0 <= index < len(visit.made):
            return gr.skip()
        visit.shown = len(visit.made) - 1 - index
        made = visit.made[visit.shown]
        order = made.order
        folder = visit.file("")
        folder.mkdir()
        copy = folder / order.photo.name
        copy.write_bytes(order.photo.data)
        visit.photos[str(copy)] = order.photo
        visit.chosen = [style.sha256 for style in order.styles]
        updates = self._result(visit, made) | self.choosing.chosen(visit)
        for slider, share in zip(tab.shares, order.shares, strict=False):
            updates[slider] = updates[slider] | {"value": share}
        for key, component in tab.recipe.items():
            updates[component] = shown(key, order.recipe)
        updates |= {
            tab.photo: str(copy),
            tab.preset: order.preset,
            tab.weights: order.weights,
            tab.blend: order.blend,
        }
        return updates

    def _finished(self, visit: Visit, made: Made) -> Updates:
        return self._idle(words.finished(made)) | self._result(visit, made)

    def _idle(self, status: str) -> Updates:
        import gradio as gr

        return {
            self.tab.status: status,
            self.tab.paint: gr.update(interactive=True, value="Paint"),
            self.tab.stop: gr.update(visible=False, interactive=True),
            self.tab.timer: gr.update(active=False),
        }

    def _result(self, visit: Visit, made: Made) -> Updates:
        import gradio as gr

        tab, order = self.tab, made.order
        history = [(str(one.thumbnail), one.order.name) for one in reversed(visit.made)]
        label = "The same picture on the command line"
        if made.stopped:
            label += ", painted to its end"
        return {
            tab.status: words.finished(made),
            tab.preview: gr.update(visible=False, value=None),
            tab.result: gr.update(visible=True),
            tab.slider: (str(made.before), str(made.picture)),
            tab.download: str(made.picture),
            tab.save: gr.update(value="Save to collection", interactive=not made.stopped),
            tab.facts: words.facts(facts_of(made)),
            tab.command: gr.update(
                value=command_for(order, self.easel.desk.workspace), label=label
            ),
            tab.history: gr.update(value=history, visible=True),
        }

    def _preview(self, visit: Visit, moment: Moment) -> Path | None:
        from images import thumbnail

        if moment.preview is None:
            return None
        return visit.write(thumbnail(moment.preview, _PREVIEW_SIDE), ".jpg")
