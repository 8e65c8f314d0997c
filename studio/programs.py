"""The same for programs: the endpoint `/paint`, with plain parameters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from studio.command import command_for
from studio.easel import Easel, facts_of
from studio.errors import StudioError, sentence_of
from studio.painting import Moment
from studio.visits import Visit, Visits
from studio.wiring import IN_LINE, as_given

__all__ = ["lay_out_programs"]


def lay_out_programs(easel: Easel, visits: Visits) -> None:
    """Make the endpoint, in the place where Gradio is laying out a page; nothing of it is seen."""
    import gradio as gr

    desk = easel.desk
    known = desk.weights()
    hidden = {"visible": False}
    inputs = [
        as_given(gr.File(label="photo", **hidden)),
        gr.Textbox("", label="style", **hidden),
        gr.Textbox("default", label="preset", **hidden),
        as_given(gr.Number(desk.size, label="size", precision=0, **hidden)),
        as_given(gr.Number(0.5, label="strength", **hidden)),
        as_given(gr.Number(0, label="seed", precision=0, **hidden)),
        gr.Textbox("style", label="colours", **hidden),
        gr.Textbox(known.first, label="weights", **hidden),
        gr.JSON({}, label="settings", **hidden),
    ]
    outputs = [gr.File(label="picture", **hidden), gr.JSON(label="facts", **hidden)]

    def paint(
        request: Any,
        photo: Any,
        style: str,
        preset: str = "default",
        size: int = 320,
        strength: float = 0.5,
        seed: int = 0,
        colours: str = "style",
        weights: str = "",
        settings: Any = None,
    ) -> tuple[str, dict[str, Any]]:
        recipe = {"size": size, "strength": strength, "seed": seed, "colours": colours}
        try:
            visit = visits.of(request.session_hash)
            given = recipe | _settings(settings)
            preset, weights = preset or "default", weights or known.first
            return _painted(easel, visit, photo, style, preset, given, weights)
        except Exception as error:
            raise gr.Error(sentence_of(error), print_exception=False) from error

    paint.__annotations__ = {"request": gr.Request}
    gr.Button(visible=False).click(
        paint,
        inputs,
        outputs,
        api_name="paint",
        api_description="Paint a photo in a style, or in several: their names with + between.",
        **IN_LINE,
    )


def _painted(
    easel: Easel,
    visit: Visit,
    photo: Any,
    style: str,
    preset: str,
    given: dict[str, Any],
    weights: str,
) -> tuple[str, dict[str, Any]]:
    known = {each.name: each.sha256 for each in easel.styles(visit)}
    names = [name.strip() for name in (style or "").split("+") if name.strip()]
    missing = [name for name in names if name not in known]
    if missing:
        raise StudioError(f"There is no style {missing[0]!r}: use {', '.join(known)}.")
    visit.chosen = [known[name] for name in names]
    order = easel.order(visit, photo, [1.0] * len(names), preset, given, weights)
    ticket = easel.join(visit, order)
    for news in easel.paint(visit, ticket):
        if isinstance(news, Moment):
            continue
        facts = {word.lower(): value for word, value in facts_of(news)}
        facts["command"] = command_for(order, easel.desk.workspace)
        facts["seconds"] = f"{news.statistics.seconds:.1f}"
        return str(Path(news.picture)), facts
    raise StudioError("It was stopped before there was anything to see.")


def _settings(given: Any) -> dict[str, Any]:
    """Further keys of the recipe: an object, or its JSON."""
    if isinstance(given, str) and given.strip():
        try:
            given = json.loads(given)
        except ValueError:
            given = None
            raise StudioError('settings is no JSON object, such as {"steps": [20]}.') from None
    if not isinstance(given or {}, dict):
        raise StudioError('settings is no JSON object, such as {"steps": [20]}.')
    return dict(given or {})
