"""A picture's page in a real browser: the slider, the keys, the colours, small screens."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def walk(hall: Path) -> list[Path]:
    """The pages of the pictures in the order of the wall."""
    text = (hall / "data.js").read_text(encoding="utf-8")
    pictures = json.loads(text.removeprefix("window.atelier=").removesuffix(";\n"))["pictures"]
    return [hall / "pictures" / f"{entry[0]}.html" for entry in pictures if len(entry) < 13]


def at(page: Any) -> int:
    """How much of the photo is seen, as the slider says it and as it is drawn."""
    value = int(page.locator("#slider").input_value())
    drawn = page.evaluate("document.getElementById('frame').style.getPropertyValue('--at')")
    assert drawn == f"{value}%"
    edge, frame = page.locator(".edge").bounding_box(), box(page)
    assert edge["x"] + 1 - frame["x"] == pytest.approx(frame["width"] * value / 100, abs=1)
    return value


def box(page: Any) -> dict[str, float]:
    found: dict[str, float] = page.locator("#frame").bounding_box()
    return found


def test_the_slider_follows_the_mouse(walk: list[Path], visit: Visit) -> None:
    """From where it is pressed to where it is let go, and not beyond the picture."""
    page = visit(walk[0])
    assert at(page) == 30
    place = box(page)
    middle = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + 0.2 * place["width"], middle)
    page.mouse.down()
    assert at(page) == 20
    page.mouse.move(place["x"] + 0.8 * place["width"], middle, steps=3)
    assert at(page) == 80
    page.mouse.move(place["x"] - 50, middle)
    assert at(page) == 0
    page.mouse.up()
    page.mouse.move(place["x"] + 0.5 * place["width"], middle)
    assert at(page) == 0, "let go"


def test_the_slider_follows_a_finger(walk: list[Path], visit: Visit) -> None:
    """A tap sets it, a drag moves it."""
    phone = {"width": 390, "height": 800}
    page = visit(walk[0], viewport=phone, has_touch=True, is_mobile=True)
    place = box(page)
    middle = place["y"] + place["height"] / 2
    page.touchscreen.tap(place["x"] + 0.75 * place["width"], middle)
    assert at(page) == 75
    session = page.context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.7), ("touchMove", 0.5), ("touchMove", 0.25)):
        point = {"x": place["x"] + share * place["width"], "y": middle}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert at(page) == 25


def test_the_slider_follows_the_keys(walk: list[Path], visit: Visit) -> None:
    """It is a slider to assistive technology too, and its arrow keys turn no page."""
    page = visit(walk[1])
    slider = page.get_by_role("slider", name="How much of the photo is seen")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert at(page) == 31
    page.keyboard.press("End")
    assert at(page) == 100
    assert slider.get_attribute("aria-valuetext") == "100 % photo, 0 % picture"
    page.keyboard.press("Home")
    assert at(page) == 0
    page.get_by_role("button", name="Photo", exact=True).press("Enter")
    assert at(page) == 100
    assert page.url == walk[1].as_uri()


def test_arrow_keys_turn_the_pages(walk: list[Path], visit: Visit) -> None:
    """Right to the next picture, left back; at the first there is nothing before."""
    page = visit(walk[0])
    for key, place in (("ArrowLeft", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        page.wait_for_url(walk[place].as_uri())
    assert page.url == walk[1].as_uri()


def test_photo_and_picture_lie_on_each_other(walk: list[Path], visit: Visit) -> None:
    """Both fill the frame, which has the picture's shape."""
    page = visit(walk[0])
    frame = box(page)
    for side in (".after img", ".before img"):
        place = page.locator(side).bounding_box()
        assert all(abs(place[key] - frame[key]) < 1 for key in frame)
    assert frame["width"] / frame["height"] == pytest.approx(128 / 96, abs=0.01)


def test_without_javascript_they_hang_side_by_side(walk: list[Path], visit: Visit) -> None:
    """And nothing that would not work is shown."""
    page = visit(walk[0], java_script_enabled=False)
    after, before = (page.locator(f".{side} img").bounding_box() for side in ("after", "before"))
    assert after["x"] + after["width"] <= before["x"]
    assert after["y"] == before["y"]
    for hidden in ("#control", "#copy", "#theme"):
        assert not page.locator(hidden).is_visible()


def test_without_javascript_every_page_is_reached(hall: Path, visit: Visit) -> None:
    """The wall's pages, the matrix, styles and runs are links."""
    page = visit(hall / "index.html", java_script_enabled=False)
    assert not page.locator("#filters").is_visible()
    page.get_by_role("link", name="Next page").click()
    assert page.locator(".wall li").count() == 39
    page.get_by_role("link", name="Styles").click()
    page.get_by_role("link", name="Mosaic").click()
    assert page.locator(".wall li").count() == 40
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("link", name="harbour").click()
    assert page.get_by_text("Harbour no. 3 × ink_wash: The loss became NaN.").is_visible()


def test_the_curve_is_drawn_and_told(walk: list[Path], visit: Visit) -> None:
    """An image with words for those who cannot see it."""
    page = visit(walk[0])
    curve = page.get_by_role("img", name="The loss goes from 1 at step 1 to 0.025 at step 40.")
    assert curve.is_visible()
    assert page.locator(".curve .line").bounding_box()["width"] > 200


def test_the_command_is_copied_or_marked(walk: list[Path], visit: Visit) -> None:
    """One click, whatever the browser allows a file to do."""
    page = visit(walk[0])
    page.get_by_role("button", name="Copy the command").click()
    expect(page.locator("#copied")).not_to_be_empty()


KINDS = ("index.html", "wall-2.html", "matrix.html", "styles.html", "runs.html", "credits.html")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_page_scrolls_sideways(width: int, hall: Path, walk: list[Path], visit: Visit) -> None:
    """On phones and tablets, with scripts and choices made."""
    style, run = (next((hall / part).iterdir()) for part in ("styles", "runs"))
    page = visit(hall / "index.html", viewport={"width": width, "height": 800})
    paths = [*(hall / kind for kind in KINDS), hall / "failures.html", walk[0], style, run]
    wide = []
    for path in paths:
        for anchor in ("", "#style=Mosaic"):
            page.goto(path.as_uri() + anchor)
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(path.name + anchor)
    assert wide == []


def background(page: Any) -> str:
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def test_colours_follow_the_system_until_a_person_chooses(
    hall: Path, walk: list[Path], visit: Visit
) -> None:
    """The choice is remembered, on every page; choosing on leads back to the system's."""
    light = background(visit(hall / "index.html", color_scheme="light"))
    page = visit(hall / "index.html", color_scheme="dark")
    dark = background(page)
    assert dark != light
    button = page.get_by_role("button", name="Colours: as the system")
    button.click()
    assert background(page) == light
    page.goto(walk[0].as_uri())
    assert background(page) == light
    page.get_by_role("button", name="Colours: light").click()
    page.get_by_role("button", name="Colours: dark").click()
    assert page.get_by_role("button", name="Colours: as the system").is_visible()
    assert background(page) == dark


def test_nothing_from_outside_is_allowed(hall: Path, chromium: Any) -> None:
    """The page's own rules forbid images, scripts and connections of others, and inline scripts."""
    page = chromium.new_page()
    page.goto((hall / "index.html").as_uri())
    page.evaluate(
        """async () => {
            window.refused = [];
            const all = new Promise(resolve => {
                addEventListener("securitypolicyviolation", event => {
                    if (window.refused.push(event.effectiveDirective) === 4) resolve();
                });
            });
            new Image().src = "http://127.0.0.1:9/x.png";
            for (const given of [{ src: "http://127.0.0.1:9/x.js" }, { text: "window.ran = 1" }]) {
                document.head.append(Object.assign(document.createElement("script"), given));
            }
            fetch("http://127.0.0.1:9/x").catch(() => {});
            await all;
        }"""
    )
    kinds = {"img-src", "script-src-elem", "connect-src"}
    assert set(page.evaluate("window.refused")) == kinds
    assert page.evaluate("window.ran === undefined")
    page.close()
