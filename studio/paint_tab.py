"""The tab Paint: what is on it, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from studio import words
from studio.desk import Desk
from studio.look import thumbnails
from studio.order import MOST_STYLES
from studio.recipe_form import Field, fields, shown
from studio.wiring import as_given
from stylize import PRESETS

__all__ = ["COLOURS", "PaintTab", "lay_out", "preset_help"]

COLOURS = (
    ("of the style", "style"),
    ("of the photo (paint light and dark only)", "luma"),
    ("of the photo (recolour the style first)", "linear"),
    ("of the photo (match them at the end)", "histogram"),
)
_SIZES = (64, 2048, 32)


@dataclass
class PaintTab:
    """The components of the tab."""

    photo: Any = None
    photos: Any = None
    styles: Any = None
    chosen: Any = None
    blend: Any = None
    shares: list[Any] = field(default_factory=list)
    own_style: Any = None
    preset: Any = None
    strength: Any = None
    size: Any = None
    colours: Any = None
    seed: Any = None
    weights: Any = None
    advanced: dict[str, Any] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    paint: Any = None
    stop: Any = None
    status: Any = None
    preview: Any = None
    result: Any = None
    slider: Any = None
    download: Any = None
    save: Any = None
    facts: Any = None
    command: Any = None
    history: Any = None
    ticket: Any = None
    timer: Any = None

    @property
    def recipe(self) -> dict[str, Any]:
        """The components that make the recipe, by its keys."""
        sight = {"strength": self.strength, "size": self.size, "colours": self.colours}
        return {**sight, "seed": self.seed, **self.advanced}


def lay_out(desk: Desk) -> PaintTab:
    """Make the tab's components, in the place where Gradio is laying out a page."""
    import gradio as gr

    tab = PaintTab()
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            _inputs(tab, desk)
        with gr.Column(scale=6, min_width=320):
            _outputs(tab)
    tab.ticket = gr.State("")
    tab.timer = gr.Timer(1.0, active=False)
    return tab


def preset_help(name: str) -> str:
    """What a preset is for, as a sentence."""
    summary = PRESETS[name].summary
    return summary[:1].upper() + summary[1:]


def _inputs(tab: PaintTab, desk: Desk) -> None:
    import gradio as gr

    gr.HTML('<h2 class="step">1 · A photo</h2>')
    tab.photo = as_given(
        gr.Image(
            label="Photo",
            show_label=False,
            sources=["upload", "webcam", "clipboard"],
            type="filepath",
            height=280,
            elem_id="photo",
            buttons=["fullscreen"],
            webcam_options=gr.WebcamOptions(mirror=False),
        )
    )
    with gr.Accordion("Or one of the collection", open=False, elem_id="known-photos"):
        tab.photos = thumbnails("photos", 4)
    gr.HTML('<h2 class="step">2 · A style</h2>')
    tab.styles = thumbnails("styles", 3)
    tab.chosen = gr.HTML(elem_id="chosen")
    with gr.Row():
        tab.blend = gr.Checkbox(label="Blend several", elem_id="blend", scale=1, min_width=130)
        tab.own_style = as_given(
            gr.UploadButton(
                "Use a picture of your own",
                file_types=["image"],
                size="sm",
                scale=1,
                min_width=180,
                elem_id="own-style",
            )
        )
    for number in range(MOST_STYLES):
        tab.shares.append(
            gr.Slider(
                0, 1, value=0.5, step=0.05, label="share", visible=False, elem_id=f"share-{number}"
            )
        )
    gr.HTML('<h2 class="step">3 · How</h2>')
    _plain_sight(tab, desk)
    _advanced(tab, desk)


def _plain_sight(tab: PaintTab, desk: Desk) -> None:
    import gradio as gr

    lowest, highest, step = _SIZES
    tab.strength = gr.Slider(
        0,
        1,
        value=0.5,
        step=0.05,
        label="Strength",
        elem_id="strength",
        info="0 keeps the photo, 1 leaves texture only.",
    )
    tab.size = gr.Slider(
        lowest,
        highest,
        value=desk.size,
        step=step,
        label="Size",
        elem_id="size",
        info="Longer side in pixels. Twice the size takes about four times as long.",
    )
    tab.preset = gr.Dropdown(
        list(PRESETS),
        value="default",
        label="Preset",
        info=preset_help("default"),
        elem_id="preset",
    )
    with gr.Row():
        tab.colours = gr.Dropdown(list(COLOURS), value="style", label="Colours", elem_id="colours")
        tab.seed = gr.Number(
            0, label="Seed", elem_id="seed", min_width=120, info="Equal seeds, equal pictures."
        )


def _advanced(tab: PaintTab, desk: Desk) -> None:
    import gradio as gr

    known = desk.weights()
    with gr.Accordion("Advanced", open=False, elem_id="advanced"):
        gr.HTML(
            '<p class="hint">Every other key of the recipe, as the preset has it. '
            "Nothing here needs to be touched.</p>"
        )
        tab.weights = gr.Dropdown(
            list(known.names),
            value=known.first,
            label="weights",
            elem_id="weights",
            info="what the network has learned from",
        )
        tab.fields = fields()
        base = PRESETS["default"].recipe
        for one in tab.fields:
            tab.advanced[one.name] = _component(one, shown(one.name, base))


def _component(one: Field, value: Any) -> Any:
    import gradio as gr

    common = {"label": one.label, "info": one.help, "elem_id": f"key-{one.name}"}
    if one.kind == "choice":
        return gr.Dropdown(list(one.choices), value=value, **common)
    if one.kind == "switch":
        return gr.Checkbox(value, **common)
    if one.kind == "number":
        return gr.Number(value, **common)
    return gr.Textbox(value, **common)


def _outputs(tab: PaintTab) -> None:
    import gradio as gr

    with gr.Row():
        tab.paint = gr.Button("Paint", variant="primary", size="lg", elem_id="paint", scale=3)
        tab.stop = gr.Button(
            "Stop", variant="stop", size="lg", elem_id="stop", visible=False, scale=1, min_width=90
        )
    tab.status = gr.HTML(words.ready(), elem_id="status")
    tab.preview = gr.Image(
        label="Preview",
        show_label=False,
        interactive=False,
        visible=False,
        elem_id="preview",
        buttons=[],
        container=False,
    )
    with gr.Column(visible=False, elem_id="result") as tab.result:
        tab.slider = gr.ImageSlider(
            label="Before and after",
            show_label=False,
            interactive=False,
            elem_id="slider",
            type="filepath",
            max_height=560,
            buttons=["fullscreen"],
        )
        with gr.Row():
            tab.download = gr.DownloadButton("Download PNG", elem_id="download", min_width=140)
            tab.save = gr.Button("Save to collection", elem_id="save", min_width=140)
        tab.facts = gr.HTML(elem_id="facts")
        tab.command = gr.Textbox(
            label="The same picture on the command line",
            lines=2,
            max_lines=6,
            interactive=False,
            buttons=["copy"],
            elem_id="command",
        )
    label = "This visit: click to bring a picture back"
    framed = {"label": label, "show_label": True, "container": True}
    tab.history = thumbnails("history", 5, visible=False, **framed)
