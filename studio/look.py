"""How the page looks: a calm theme of the system's own fonts, in light and dark."""

from __future__ import annotations

from importlib import resources
from typing import Any

__all__ = ["css", "theme", "thumbnails"]

_FONT = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif")
_MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")


def theme() -> Any:
    """Gradio's plain theme without its fonts: nothing is fetched from anywhere."""
    import gradio as gr

    return gr.themes.Base(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="stone",
        radius_size="md",
        font=[gr.themes.Font(name) for name in _FONT],
        font_mono=[gr.themes.Font(name) for name in _MONO],
    ).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        body_text_color_subdued="*neutral_600",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        color_accent="*primary_700",
    )


def css() -> str:
    """The page's own rules."""
    return resources.files("studio").joinpath("studio.css").read_text(encoding="utf-8")


def thumbnails(name: str, columns: int, **more: Any) -> Any:
    """A gallery of small pictures to click on, and nothing else to do with them."""
    import gradio as gr

    plain = {"show_label": False, "container": False}
    return gr.Gallery(
        columns=columns,
        height="auto",
        allow_preview=False,
        object_fit="cover",
        fit_columns=False,
        interactive=False,
        elem_id=name,
        buttons=[],
        **(plain | more),
    )
